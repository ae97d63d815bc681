import Columns

/// Rows under construction: columns that grow, and for each row its place in the one order in
/// which results come out, whatever the number of subtasks.
final class ResultBuilder: @unchecked Sendable {
  // Unchecked: filled by one subtask, then only read.

  /// Where a result stands: by the record that caused it; then, for what a watermark caused, by
  /// the moment it was due and the window's end; then by the record that made the entry, or for
  /// what a row caused, by the row.
  struct Order: Comparable {
    var cause: Int64
    var due: Int64
    var windowEnd: Int64
    var first: Int64

    @inline(__always)
    static func < (left: Order, right: Order) -> Bool {
      if left.cause != right.cause { return left.cause < right.cause }
      if left.due != right.due { return left.due < right.due }
      if left.windowEnd != right.windowEnd { return left.windowEnd < right.windowEnd }
      return left.first < right.first
    }
  }

  let schema: Schema
  private(set) var columns: [Column?]
  private(set) var order: [Order] = []
  /// The watermark that operators downstream know as each row reaches them.
  private(set) var watermarks: [Int64] = []
  private(set) var count = 0
  /// Texts that results make: its columns own it.
  let texts = Arena()
  private var capacity: Int

  /// - Parameter isRead: which columns somebody reads; the others are not filled.
  init(schema: Schema, isRead: [Bool]) {
    self.schema = schema
    capacity = 0
    columns = zip(schema.fields, isRead).map { field, isRead in
      isRead ? Column(field.type, capacity: 0) : nil
    }
    hold(texts)
  }

  /// Makes room for so many more rows; they are filled by column afterwards.
  ///
  /// - Returns: the first of them.
  func extend(_ more: Int) -> Int {
    let first = count
    count += more
    if count > capacity {
      capacity = max(count, capacity * 2, 64)
      columns = columns.map { $0?.grown(to: capacity, keeping: first) }
    }
    return first
  }

  /// The places of the rows that were filled last.
  func append(_ firings: [WindowWork.Firing]) {
    order.append(contentsOf: firings.lazy.map(\.order))
    watermarks.append(contentsOf: firings.lazy.map(\.before))
  }

  /// Takes the last row back: what it announced did not happen.
  func removeLast() {
    count -= 1
    order.removeLast()
    watermarks.removeLast()
  }

  func hold(_ owner: AnyObject) {
    for column in columns where column?.type.physical == .bytes {
      if column?.owners.last !== owner { column?.owners.append(owner) }
    }
  }

  /// The rows of several subtasks as one batch, in order; nil where there are none.
  ///
  /// - Parameters:
  ///   - firstSequence: the number of the first row in the stream of results.
  ///   - inputs: the batches that they came of.
  static func merge(
    _ builders: [ResultBuilder], firstSequence: Int64, endWatermark: Int64, of inputs: [Batch]
  ) -> Batch? {
    let filled = builders.filter { $0.count > 0 }
    guard let first = filled.first else { return nil }
    let merged = filled.count == 1 ? first.whole : interleave(filled)
    var batch = Batch(
      schema: first.schema, columns: merged.columns, count: merged.causes.count,
      watermarks: merged.watermarks, endWatermark: endWatermark, firstSequence: firstSequence,
      eventTimeColumn: first.schema.index(of: "window_time"))
    batch.causes = merged.causes
    batch.carriedOrigins = inputs.flatMap(\.origins)
    return batch
  }

  private typealias Merged = (columns: [Column?], causes: Longs, watermarks: Longs)

  private var whole: Merged { (columns, Longs(order.map(\.cause)), Longs(watermarks)) }

  private static func interleave(_ filled: [ResultBuilder]) -> Merged {
    let total = filled.reduce(0) { $0 + $1.count }
    var cursors = [Int](repeating: 0, count: filled.count)
    var picks: [(builder: Int, row: Int)] = []
    picks.reserveCapacity(total)
    let (causes, watermarks) = (Longs(count: total), Longs(count: total))
    for row in 0..<total {
      var best = -1
      for (index, builder) in filled.enumerated() where cursors[index] < builder.count {
        if best < 0 || builder.order[cursors[index]] < filled[best].order[cursors[best]] {
          best = index
        }
      }
      picks.append((best, cursors[best]))
      causes.values[row] = filled[best].order[cursors[best]].cause
      watermarks.values[row] = filled[best].watermarks[cursors[best]]
      cursors[best] += 1
    }
    let fields = filled[0].schema.fields
    let columns = fields.indices.map { index -> Column? in
      guard filled[0].columns[index] != nil else { return nil }
      let result = Column(fields[index].type, capacity: total)
      let sources = filled.compactMap { $0.columns[index] }
      for source in sources { result.retain(ownersOf: source) }
      for (row, pick) in picks.enumerated() {
        result.copyValue(row, from: sources[pick.builder], pick.row)
      }
      return result
    }
    return (columns, causes, watermarks)
  }
}
