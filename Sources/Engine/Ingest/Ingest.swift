public import Columns

/// The first operator of a job: reads the splits of a source, parses their records, assigns event
/// times, and states the watermark before and after every record.
///
/// Several splits are read in one fixed order: **the next record is taken from the split whose
/// newest event time is lowest** (one that has given none yet comes first; ties go by the order of
/// the splits). So no split runs ahead of the others, and the order is a function of the log alone.
/// The combined watermark is the minimum over the splits that have not ended.
public final class Ingest {
  /// Rows of the log, in reading order, with the records that did not become rows.
  public struct Reading {
    public var batch: Batch
    public var dead: [DeadLetter]
  }

  /// What a split has reached: part of a checkpoint.
  public struct SplitState: Sendable, Hashable {
    public var name: String
    public var position: SplitPosition
    public var maxEventTime: Int64?
    /// Records read, bad ones included.
    public var records: Int64

    public init(name: String, position: SplitPosition, maxEventTime: Int64?, records: Int64) {
      self.name = name
      self.position = position
      self.maxEventTime = maxEventTime
      self.records = records
    }
  }

  private struct Split {
    var description: SplitDescription
    var reader: any SplitReader
    var header: CsvHeader?
    var pending: ParsedBlock?
    var cursor = 0
    var position: SplitPosition
    var maxEventTime: Int64?
    var records: Int64
    var hasEnded = false
  }

  public let schema: Schema
  private let source: any Source
  private let spec: ParseSpec
  private let parser: any RecordParser
  private var splits: [Split] = []
  /// Records read so far, bad ones included: the sequence number of the next.
  public private(set) var recordsRead: Int64 = 0
  /// The combined watermark.
  public private(set) var watermark = minWatermark

  /// Opens every split, at the start or where a checkpoint left it.
  ///
  /// - Throws: ``ConnectError`` for a split that cannot be opened, or a pattern that is wrong.
  public init(
    source: any Source, spec: ParseSpec, restoring states: [SplitState]? = nil,
    watermark: Int64 = minWatermark
  ) throws {
    self.source = source
    self.spec = spec
    parser = try spec.makeParser()
    schema = Schema(spec.columns.map { Field($0.name, $0.type) })
    self.watermark = watermark
    for description in try source.splits() {
      let state =
        states?.first { $0.name == description.name }
        ?? SplitState(name: description.name, position: .start, maxEventTime: nil, records: 0)
      recordsRead += state.records
      splits.append(
        Split(
          description: description,
          reader: try source.open(description, at: state.position, framing: spec.framing),
          header: try header(of: description), position: state.position,
          maxEventTime: state.maxEventTime, records: state.records))
    }
    let isLost = { (state: SplitState) in
      !self.splits.contains { $0.description.name == state.name }
    }
    if let lost = states?.first(where: isLost) {
      throw ConnectError(
        "\(lost.name) was read before the checkpoint and is no longer there",
        remedy: "put it back, or start over with --fresh")
    }
  }

  deinit { for split in splits { split.reader.close() } }

  private func header(of split: SplitDescription) throws -> CsvHeader? {
    guard case .csv(let options) = spec.format, options.hasHeader else { return nil }
    let reader = try source.open(split, at: .start, framing: .quotedLines)
    defer { reader.close() }
    return try reader.next(maxRecords: 1, maxBytes: 64 * 1024).map(options.header)
  }

  /// Where every split stands.
  public var splitStates: [SplitState] {
    splits.map {
      SplitState(
        name: $0.description.name, position: $0.position, maxEventTime: $0.maxEventTime,
        records: $0.records)
    }
  }

  /// Whether each split has ended, in their order.
  public var endedSplits: [Bool] { splits.map(\.hasEnded) }
  public var isAtEnd: Bool { splits.allSatisfy(\.hasEnded) }
  public var maxEventTime: Int64? { splits.compactMap(\.maxEventTime).max() }

  /// Bytes read, and bytes there are where that is known.
  public var progress: (read: Int64, total: Int64?) {
    let total = splits.reduce(Int64?(0)) { sum, split in
      sum.flatMap { sum in split.description.size.map { sum + $0 } }
    }
    return (splits.reduce(0) { $0 + $1.position.offset }, total)
  }

  /// Reads on.
  ///
  /// - Parameters:
  ///   - maxRecords: at most so many records; 1 steps.
  ///   - maxBytes: about how much a block holds.
  ///   - lanes: parses blocks side by side where there is one split.
  /// - Returns: nothing at the end of the input.
  public func read(maxRecords: Int, maxBytes: Int, lanes: any Lanes) throws -> [Reading] {
    if splits.count == 1, splits[0].pending == nil, maxRecords == .max {
      return try readSingle(maxBytes: maxBytes, lanes: lanes)
    }
    try refill(maxBytes: maxBytes, maxRecords: maxRecords)
    let reading = try merge(maxRecords: maxRecords, maxBytes: maxBytes)
    return reading.map { [$0] } ?? []
  }

  // MARK: one split

  private func readSingle(maxBytes: Int, lanes: any Lanes) throws -> [Reading] {
    var blocks: [RecordBlock] = []
    while blocks.count < lanes.width {
      guard let block = try splits[0].reader.next(maxRecords: .max, maxBytes: maxBytes) else {
        splits[0].hasEnded = true
        break
      }
      blocks.append(block)
    }
    let (parser, header) = (parser, splits[0].header)
    let toParse = blocks
    let parsed = lanes.map(toParse.count) { parser.parse(toParse[$0], header: header) }
    return parsed.map { block in
      let reading = assign(block)
      splits[0].position = block.block.end
      return reading
    }
  }

  /// Makes a batch of a whole block, judging its event times row by row.
  private func assign(_ parsed: ParsedBlock) -> Reading {
    let count = parsed.count
    var rejected: [BadRecord] = parsed.bad
    let watermarks = Longs(count: count)
    var selection: Selection?
    if let column = spec.eventTime, let times = parsed.columns[column] {
      var assigner = WatermarkAssigner(
        spec: spec.watermark, newest: splits[0].maxEventTime, watermark: watermark)
      if parsed.bad.isEmpty, !times.hasNulls {
        rejected = assigner.assignAll(times.integers, count, watermarks.values)
      } else {
        let bad = Set(parsed.bad.map(\.row))
        for row in 0..<count {
          watermarks.values[row] = assigner.watermark
          if bad.contains(row) { continue }
          if let fault = assigner.assign(times.isNull(row) ? nil : times.integers[row]) {
            rejected.append(BadRecord(row: row, error: fault.message))
          }
        }
        rejected.sort { $0.row < $1.row }
      }
      splits[0].maxEventTime = assigner.newest
      watermark = assigner.watermark
    } else {
      watermarks.values.update(repeating: watermark, count: count)
    }
    if !rejected.isEmpty { selection = good(count, without: rejected) }
    let first = recordsRead
    recordsRead += Int64(count)
    splits[0].records += Int64(count)
    let name = splits[0].description.name
    let dead = rejected.map { letter(name, parsed, $0, sequence: first + Int64($0.row)) }
    return Reading(
      batch: Batch(
        schema: schema, columns: parsed.columns, count: count, selection: selection,
        watermarks: watermarks, endWatermark: watermark, firstSequence: first,
        eventTimeColumn: spec.eventTime), dead: dead)
  }

  private func good(_ count: Int, without rejected: [BadRecord]) -> Selection {
    let selection = Selection(capacity: count)
    var next = 0
    for row in 0..<count {
      if next < rejected.count, rejected[next].row == row {
        next += 1
      } else {
        selection.append(Int32(row))
      }
    }
    return selection
  }

  private func letter(_ name: String, _ parsed: ParsedBlock, _ bad: BadRecord, sequence: Int64)
    -> DeadLetter
  {
    DeadLetter(
      sequence: sequence, error: bad.error,
      position: "\(name):\(parsed.position(of: bad.row).line)", raw: parsed.raw(bad.row),
      owner: parsed.block.owner)
  }

  // MARK: several splits

  /// Sees to it that every split has a parsed record at hand or is known to have ended.
  private func refill(maxBytes: Int, maxRecords: Int) throws {
    for index in splits.indices {
      while !splits[index].hasEnded,
        splits[index].pending.map({ splits[index].cursor >= $0.count }) ?? true
      {
        let limit = maxRecords == .max ? maxBytes : min(maxBytes, 64 * 1024)
        if let block = try splits[index].reader.next(maxRecords: .max, maxBytes: limit) {
          splits[index].pending = parser.parse(block, header: splits[index].header)
          splits[index].cursor = 0
          if splits[index].pending?.count == 0 { splits[index].position = block.end }
        } else {
          splits[index].pending = nil
          splits[index].hasEnded = true
        }
      }
    }
    combineWatermarks()
  }

  private func combineWatermarks() {
    guard spec.eventTime != nil else { return }
    var lowest = maxWatermark
    for split in splits where !split.hasEnded {
      guard let newest = split.maxEventTime else { return }
      lowest = min(lowest, newest - spec.watermark.outOfOrdernessMs - 1)
    }
    if lowest != maxWatermark { watermark = max(watermark, lowest) }
  }

  private func merge(maxRecords: Int, maxBytes: Int) throws -> Reading? {
    let limit = min(maxRecords, 8192)
    var taken: [(block: Int, row: Int32)] = []
    var blocks: [ParsedBlock] = []
    var blockOf = [Int?](repeating: nil, count: splits.count)
    var watermarks: [Int64] = []
    var rejected: [BadRecord] = []
    var dead: [DeadLetter] = []
    let first = recordsRead
    while taken.count < limit {
      guard let next = nextSplit(), let parsed = splits[next].pending else { break }
      let row = splits[next].cursor
      let block: Int
      if let known = blockOf[next] {
        block = known
      } else {
        block = blocks.count
        blocks.append(parsed)
        blockOf[next] = block
      }
      watermarks.append(watermark)
      let fault = faultOfRow(row, in: parsed, split: next)
      if let fault {
        let bad = BadRecord(row: taken.count, error: fault)
        rejected.append(bad)
        dead.append(
          letter(
            splits[next].description.name, parsed, BadRecord(row: row, error: fault),
            sequence: recordsRead))
      }
      taken.append((block, Int32(row)))
      splits[next].cursor += 1
      splits[next].records += 1
      recordsRead += 1
      splits[next].position = parsed.position(of: splits[next].cursor)
      // The last record of a split still moves the watermark, before the split's end lets it go.
      combineWatermarks()
      if splits[next].cursor >= parsed.count {
        blockOf[next] = nil
        try refill(maxBytes: maxBytes, maxRecords: maxRecords)
      }
    }
    guard !taken.isEmpty else { return nil }
    let batch = Batch(
      schema: schema, columns: gather(taken, blocks), count: taken.count,
      selection: rejected.isEmpty ? nil : good(taken.count, without: rejected),
      watermarks: Longs(watermarks), endWatermark: watermark, firstSequence: first,
      eventTimeColumn: spec.eventTime)
    return Reading(batch: batch, dead: dead)
  }

  /// The split to read next: the one whose newest event time is lowest.
  private func nextSplit() -> Int? {
    var best: Int?
    var lowest = Int64.max
    for index in splits.indices where !splits[index].hasEnded {
      let newest = splits[index].maxEventTime ?? Int64.min
      if best == nil || newest < lowest {
        best = index
        lowest = newest
      }
    }
    return best
  }

  private func faultOfRow(_ row: Int, in parsed: ParsedBlock, split: Int) -> String? {
    if let bad = parsed.badRecord(at: row) { return bad.error }
    guard let column = spec.eventTime, let times = parsed.columns[column] else { return nil }
    var assigner = WatermarkAssigner(
      spec: spec.watermark, newest: splits[split].maxEventTime, watermark: watermark)
    if let fault = assigner.assign(times.isNull(row) ? nil : times.integers[row]) {
      return fault.message
    }
    splits[split].maxEventTime = assigner.newest
    return nil
  }

  private func gather(_ taken: [(block: Int, row: Int32)], _ blocks: [ParsedBlock]) -> [Column?] {
    schema.fields.indices.map { index in
      guard spec.columns[index].isRead else { return nil }
      let result = Column(schema.fields[index].type, capacity: taken.count)
      let sources = blocks.compactMap { $0.columns[index] }
      for source in sources { result.retain(ownersOf: source) }
      for (row, from) in taken.enumerated() {
        result.copyValue(row, from: sources[from.block], Int(from.row))
      }
      return result
    }
  }
}

extension ParsedBlock {
  /// The fault of a record, by binary search.
  func badRecord(at row: Int) -> BadRecord? {
    if bad.isEmpty { return nil }
    var (low, high) = (0, bad.count)
    while low < high {
      let middle = (low + high) / 2
      if bad[middle].row < row { low = middle + 1 } else { high = middle }
    }
    return low < bad.count && bad[low].row == row ? bad[low] : nil
  }
}
