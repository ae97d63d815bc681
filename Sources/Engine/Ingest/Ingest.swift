public import Columns
import Expressions

/// The first operator of a job: reads the splits of a source, parses their records, assigns event
/// times, and states the watermark before and after every record.
///
/// Several splits are read in one fixed order, a function of the log alone:
/// - where the log has an arrival column, **in the order of arrival**;
/// - else **the next record is taken from the split whose newest event time is lowest** (one that
///   has given none yet comes first), so that no split runs ahead of the others;
/// - in processing time without arrivals, from the split that has given fewest records.
///
/// Ties go by the order of the splits, and a split that is paused for being too far ahead waits
/// whatever the order. The combined watermark is ``WatermarkCombiner``'s.
///
/// Time passes only from record to record: to the record's arrival, or to what the driver's clock
/// says as it is read. So it does not matter how many records a round has.
public final class Ingest {
  /// Rows of the log, in reading order, with the records that did not become rows.
  public struct Reading {
    public var batch: Batch
    public var dead: [DeadLetter]
  }

  struct Split {
    var description: SplitDescription
    var reader: any SplitReader
    var header: CsvHeader?
    var pending: PendingBlock?
    var cursor = 0
    var position: SplitPosition
    var assigner: WatermarkAssigner
    /// The latest arrival so far.
    var arrival: Int64?
    var records: Int64
    var hasEnded = false
    /// Whether it had nothing to read when it was last asked, and has not ended.
    var isWaiting = false

    var isReadable: Bool { pending != nil && !hasEnded }
  }

  public let schema: Schema
  let spec: ParseSpec
  private let source: any Source
  let parser: BlockParser
  private let clock: ProcessingClock
  var splits: [Split] = []
  var combiner: WatermarkCombiner
  /// How late it is: the latest arrival, or the clock when it was last looked at; nil before.
  private(set) var now: Int64?
  /// The number of the last period whose watermark was passed on, where that is periodic.
  private var emittedPeriod: Int64?
  /// Records read so far, bad ones included: the sequence number of the next.
  public internal(set) var recordsRead: Int64 = 0

  /// Opens every split, at the start or where a checkpoint left it.
  ///
  /// - Parameter clock: what time it is; asked only for processing time, and for a period or an
  ///   idle time where the log has no arrivals. It may stand still or go back: time does not.
  /// - Throws: ``ConnectError`` for a split that cannot be opened, or a pattern that is wrong.
  public init(
    source: any Source, spec: ParseSpec, restoring state: State? = nil,
    clock: @escaping ProcessingClock = { _ in 0 }
  ) throws {
    self.source = source
    self.spec = spec
    self.clock = clock
    schema = Schema(spec.columns.map { Field($0.name, $0.type) })
    parser = BlockParser(parser: try spec.makeParser(), spec: spec, schema: schema)
    now = state?.now
    combiner = WatermarkCombiner([])
    var inputs: [WatermarkCombiner.Input] = []
    for description in try source.splits() {
      let known = state?.splits.first { $0.name == description.name }
      let split = known ?? SplitState(name: description.name)
      let input = split.input(spec.watermark)
      recordsRead += split.records
      inputs.append(input)
      splits.append(
        Split(
          description: description,
          reader: try source.open(description, at: split.position, framing: spec.framing),
          header: try header(of: description), position: split.position,
          assigner: WatermarkAssigner(
            spec: spec.watermark, newest: split.maxEventTime, watermark: input.watermark),
          arrival: split.arrival, records: split.records))
    }
    let isLost = { (state: SplitState) in
      !self.splits.contains { $0.description.name == state.name }
    }
    if let lost = state?.splits.first(where: isLost) {
      throw ConnectError(
        "\(lost.name) was read before the checkpoint and is no longer there",
        remedy: "put it back, or start over with --fresh")
    }
    combiner = WatermarkCombiner(
      inputs, output: state?.watermark ?? minWatermark, idleAfterMs: spec.watermark.idleAfterMs,
      maxDriftMs: spec.watermark.maxDriftMs)
    if let now { emittedPeriod = period(of: now) }
  }

  deinit { for split in splits { split.reader.close() } }

  private func header(of split: SplitDescription) throws -> CsvHeader? {
    guard case .csv(let options) = spec.format, options.hasHeader else { return nil }
    let reader = try source.open(split, at: .start, framing: .quotedLines)
    defer { reader.close() }
    return try reader.next(maxRecords: 1, maxBytes: 64 * 1024).map(options.header)
  }

  /// The combined watermark.
  public var watermark: Int64 { combiner.output }
  /// Whether each split has ended, in their order.
  public var endedSplits: [Bool] { splits.map(\.hasEnded) }
  public var isAtEnd: Bool { splits.allSatisfy(\.hasEnded) }
  public var maxEventTime: Int64? { splits.compactMap(\.assigner.newest).max() }

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
  /// - Returns: nothing at the end of the input, or where no record is at hand.
  public func read(maxRecords: Int, maxBytes: Int, lanes: any Lanes) throws -> [Reading] {
    let before = watermark
    var readings: [Reading]
    if splits.count == 1, splits[0].pending == nil, maxRecords == .max {
      readings = try readSingle(maxBytes: maxBytes, lanes: lanes)
    } else {
      try refill(maxBytes: maxBytes, maxRecords: maxRecords)
      readings = try merge(maxRecords: maxRecords, maxBytes: maxBytes)
    }
    if readings.isEmpty {
      if splits.contains(where: \.isWaiting), let moment = clockMoment() { letPass(to: moment) }
      if watermark > before { readings = [Reading(batch: batch([], [], times: []), dead: [])] }
    }
    return readings
  }

  // MARK: blocks

  /// Sees to it that every split has a record at hand, or is known to have ended, or to have
  /// nothing at the moment.
  private func refill(maxBytes: Int, maxRecords: Int) throws {
    for index in splits.indices where splits[index].pending == nil && !splits[index].hasEnded {
      try refill(index, maxBytes: maxBytes, maxRecords: maxRecords)
    }
  }

  func refill(_ index: Int, maxBytes: Int, maxRecords: Int) throws {
    let limit = maxRecords == .max ? maxBytes : min(maxBytes, 64 * 1024)
    splits[index].pending = nil
    splits[index].cursor = 0
    while splits[index].pending == nil {
      guard let block = try splits[index].reader.next(maxRecords: .max, maxBytes: limit) else {
        return end(index)
      }
      if block.bytes.count == 0 { return wait(index) }
      splits[index].isWaiting = false
      let parsed = parser.parse(block, header: splits[index].header)
      if parsed.count == 0 {
        splits[index].position = block.end
      } else {
        splits[index].pending = parsed
        combiner.begin(index)
      }
    }
  }

  func end(_ index: Int) {
    splits[index].hasEnded = true
    splits[index].isWaiting = false
    combiner.end(index)
    combiner.align(at: now)
    if spec.watermark.emission == .perEvent { combiner.combine() }
  }

  /// A split has nothing at the moment: from now on it is silent.
  func wait(_ index: Int) {
    splits[index].isWaiting = true
    guard spec.arrival == nil, let moment = clockMoment() else { return }
    letPass(to: moment)
    combiner.listen(to: index, from: moment)
  }

  // MARK: time

  /// What the driver's clock says, where the job depends on it: never earlier than before.
  private func clockMoment() -> Int64? {
    guard spec.arrival == nil else { return nil }
    let isAsked: Bool
    switch (spec.watermark.strategy, spec.watermark.emission) {
    case (.processingTime, _), (_, .everyMs): isAsked = true
    default: isAsked = spec.watermark.idleAfterMs != nil && splits.contains(where: \.isWaiting)
    }
    guard isAsked else { return nil }
    let moment = clock(recordsRead)
    return max(now ?? moment, moment)
  }

  /// The split whose record comes next, with time passed up to that; nil where none has one.
  func nextSplit() -> Int? {
    let clocked = clockMoment()
    while true {
      guard let split = firstReadable() else { return nil }
      guard let moment = clocked ?? arrivalMoment(of: split) else { return split }
      if let deadline = combiner.nextDeadline, deadline <= moment {
        passDeadline(deadline)
        continue  // whoever waited for the split that is idle now may come first
      }
      pass(to: moment)
      return split
    }
  }

  private func letPass(to moment: Int64) {
    while let deadline = combiner.nextDeadline, deadline <= moment { passDeadline(deadline) }
    pass(to: moment)
  }

  /// A split becomes idle at this moment; a period that ends with it sees that.
  private func passDeadline(_ deadline: Int64) {
    emit(through: deadline - 1)
    now = max(now ?? deadline, deadline)
    combiner.pass(to: deadline)
    combiner.align(at: now)
    if spec.watermark.emission == .perEvent { combiner.combine() }
  }

  private func pass(to moment: Int64) {
    if now == nil, spec.arrival != nil {
      for index in splits.indices { combiner.listen(to: index, from: moment) }
    }
    emit(through: moment)
    now = moment
    if spec.watermark.isProcessingTime { combiner.raise(to: moment - 1) }
  }

  /// Passes the watermark on where a period has ended by this moment.
  private func emit(through moment: Int64) {
    guard let current = period(of: moment) else { return }
    if let emittedPeriod, current > emittedPeriod { combiner.combine() }
    emittedPeriod = max(emittedPeriod ?? current, current)
  }

  private func period(of moment: Int64) -> Int64? {
    guard case .everyMs(let length) = spec.watermark.emission else { return nil }
    let quotient = moment / length
    return moment % length < 0 ? quotient - 1 : quotient
  }
}
