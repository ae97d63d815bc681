import Columns

/// What made the watermark pass a moment: the place of its consequences in the one order of results.
struct Cause {
  /// The number of the source record after which the watermark had passed.
  var record: Int64
  /// The watermark from then on.
  var risen: Int64
  /// The watermark until then, which operators downstream still know when the results reach them.
  var before: Int64

  /// - Parameters:
  ///   - due: the moment that the watermark reaches.
  ///   - prepared: the batch in which it does; nil at the end of the input.
  ///   - work: knows what was reached before the batch.
  init(of due: Int64, _ prepared: PreparedBatch?, _ work: WindowWork) {
    guard let prepared else {
      (record, risen, before) = (work.lastCause, maxWatermark, work.watermark)
      return
    }
    // A timer that was set for a time already passed goes off when the watermark next moves.
    let needed = work.watermark == .max ? due : max(due, work.watermark + 1)
    (record, risen, before) = (work.lastCause, prepared.endWatermark, work.watermark)
    for origin in prepared.risings {
      if origin.endWatermark < needed {
        before = max(before, origin.endWatermark)
        continue
      }
      var (low, high) = (0, origin.watermarks.count)
      while low < high {
        let middle = (low + high) / 2
        if origin.watermarks[middle] < needed { low = middle + 1 } else { high = middle }
      }
      record = origin.firstSequence + Int64(low) - 1
      risen = low < origin.watermarks.count ? origin.watermarks[low] : origin.endWatermark
      if low > 0 { before = max(before, origin.watermarks[low - 1]) }
      return
    }
  }
}
