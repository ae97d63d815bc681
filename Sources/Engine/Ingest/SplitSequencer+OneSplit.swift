import Columns

/// One split: blocks are parsed side by side and become batches as they are.
extension SplitSequencer {
  mutating func readSingle(maxBytes: Int, lanes: any Lanes) throws -> [Ingest.Reading] {
    let parsed: [PendingBlock]?
    if ahead == nil, canReadAhead {
      let blocks = SplitBlocks(splits[0], parser, maxBytes: maxBytes)
      ahead = lanes.ahead { try blocks.next($0) }
    }
    if let ahead {
      parsed = try ahead.next()
    } else {
      parsed = try SplitBlocks(splits[0], parser, maxBytes: maxBytes).next(lanes)
    }
    guard let parsed else {
      end(0)
      return []
    }
    if parsed.isEmpty { wait(0) }
    return parsed.map { block in
      setWaiting(0, false)
      combiner.begin(0)
      defer { splits[0].position = block.parsed.block.end }
      return isPlain ? assign(block.parsed) : step(through: block)
    }
  }

  /// Whether nothing is lost by reading on before what was read is wanted: not from a pipe, whose
  /// next record may be long in coming, nor where reading is measured.
  private var canReadAhead: Bool {
    splits[0].description.size != nil && !(splits[0].reader is TimedReader)
  }

  /// Whether the split's own bounded watermark after each event is all there is to it.
  private var isPlain: Bool {
    guard case .bounded = spec.watermark.strategy else { return false }
    return emission == .perEvent && !hasArrival
  }

  /// Makes a batch of a whole block, judging its event times row by row.
  private mutating func assign(_ parsed: ParsedBlock) -> Ingest.Reading {
    let count = parsed.count
    var rejected: [BadRecord] = parsed.bad
    let watermarks = Longs(count: count)
    if let column = spec.eventTime, let times = parsed.columns[column] {
      if parsed.bad.isEmpty, !times.hasNulls {
        rejected = splits[0].assigner.assignAll(times.integers, count, watermarks.values)
      } else {
        var assigner = splits[0].assigner
        let bad = Set(parsed.bad.map(\.row))
        for row in 0..<count {
          watermarks.values[row] = assigner.watermark
          if bad.contains(row) { continue }
          let time = times.isNull(row) ? nil : times.integers[row]
          if let fault = assigner.assign(time, combined: assigner.watermark) {
            rejected.append(BadRecord(row: row, error: fault.message))
          }
        }
        rejected.sort { $0.row < $1.row }
        splits[0].assigner = assigner
      }
      combiner.hear(0, watermark: splits[0].assigner.watermark, at: nil)
      combiner.combine()
    } else {
      watermarks.values.update(repeating: watermark, count: count)
    }
    let first = recordsRead
    recordsRead += Int64(count)
    splits[0].records += Int64(count)
    return reading(of: parsed, columns: parsed.columns, watermarks, rejected, first: first)
  }

  /// The same, record by record as several splits are read.
  private mutating func step(through block: PendingBlock) -> Ingest.Reading {
    let count = block.count
    let watermarks = Longs(count: count)
    var rejected: [BadRecord] = []
    var times: [Int64?] = []
    let first = recordsRead
    splits[0].pending = block
    splits[0].cursor = 0
    for row in 0..<count {
      _ = nextSplit()
      watermarks.values[row] = watermark
      if let fault = take(0) { rejected.append(BadRecord(row: row, error: fault)) }
      if isProcessingTime { times.append(now) }
    }
    splits[0].pending = nil
    splits[0].cursor = 0
    let columns = block.parsed.columns + readingTimes(times)
    return reading(of: block.parsed, columns: columns, watermarks, rejected, first: first)
  }

  private func reading(
    of parsed: ParsedBlock, columns: [Column?], _ watermarks: Longs, _ rejected: [BadRecord],
    first: Int64
  ) -> Ingest.Reading {
    let name = splits[0].description.name
    let dead = rejected.map { letter(name, parsed, $0, sequence: first + Int64($0.row)) }
    return Ingest.Reading(
      batch: Batch(
        schema: schema, columns: columns, count: parsed.count,
        selection: good(parsed.count, without: rejected), watermarks: watermarks,
        endWatermark: watermark, firstSequence: first, eventTimeColumn: spec.eventTime),
      dead: dead)
  }
}

/// The blocks of a split, parsed.
private final class SplitBlocks: @unchecked Sendable {
  // Unchecked: the reader is used by whoever calls next, one at a time.
  private let reader: any SplitReader
  private let parser: BlockParser
  private let header: CsvHeader?
  private let maxBytes: Int

  init(_ split: SplitSequencer.Split, _ parser: BlockParser, maxBytes: Int) {
    reader = split.reader
    header = split.header
    self.parser = parser
    self.maxBytes = maxBytes
  }

  /// As many blocks as there are lanes; none where nothing is at hand, nil at the end.
  func next(_ lanes: any Lanes) throws -> [PendingBlock]? {
    var blocks: [RecordBlock] = []
    while blocks.count < lanes.width {
      guard let block = try reader.next(maxRecords: .max, maxBytes: maxBytes) else {
        if blocks.isEmpty { return nil }
        break
      }
      if block.bytes.count == 0 { break }
      blocks.append(block)
    }
    let toParse = blocks
    return lanes.map(toParse.count) { parser.parse(toParse[$0], header: header) }
  }
}
