import Columns

/// Decides which record of which split comes next, lets time pass up to it, and takes it in.
///
/// A struct with everything that changes from record to record in it, so that the class around it
/// is entered once a round.
struct SplitSequencer {
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

  let schema: Schema
  let spec: ParseSpec
  let parser: BlockParser
  private let clock: ProcessingClock
  // The parts of the spec that are asked for each record.
  let emission: WatermarkSpec.Emission
  let isProcessingTime: Bool
  let hasArrival: Bool
  let hasEventTime: Bool
  private let isClockAsked: Bool
  private let isIdleMeasured: Bool

  var splits: [Split]
  /// The blocks of an only split, where they are read and parsed beside this.
  var ahead: (any Ahead<[PendingBlock]>)?
  var combiner: WatermarkCombiner
  /// How late it is: the latest arrival, or the clock when it was last looked at; nil before.
  private(set) var now: Int64?
  /// The number of the last period whose watermark was passed on, where that is periodic.
  private var emittedPeriod: Int64?
  /// Records read so far, bad ones included: the sequence number of the next.
  var recordsRead: Int64
  /// Splits that had nothing to read when they were last asked.
  private var waiting = 0

  init(
    spec: ParseSpec, schema: Schema, parser: BlockParser, clock: @escaping ProcessingClock,
    splits: [Split], combiner: WatermarkCombiner, now: Int64?
  ) {
    self.spec = spec
    self.schema = schema
    self.parser = parser
    self.clock = clock
    self.splits = splits
    self.combiner = combiner
    self.now = now
    emission = spec.watermark.emission
    isProcessingTime = spec.watermark.isProcessingTime
    hasArrival = spec.arrival != nil
    hasEventTime = spec.eventTime != nil
    isIdleMeasured = spec.watermark.idleAfterMs != nil
    switch spec.watermark.emission {
    case .everyMs: isClockAsked = spec.arrival == nil
    default: isClockAsked = spec.arrival == nil && spec.watermark.isProcessingTime
    }
    recordsRead = splits.reduce(0) { $0 + $1.records }
    guard let now else { return }
    emittedPeriod = period(of: now)
    // A split that the checkpoint did not know is silent from here on.
    if hasArrival { for index in splits.indices { self.combiner.listen(to: index, from: now) } }
  }

  var watermark: Int64 { combiner.output }

  mutating func read(maxRecords: Int, maxBytes: Int, lanes: any Lanes) throws -> [Ingest.Reading] {
    let before = watermark
    var readings: [Ingest.Reading]
    if ahead != nil || splits.count == 1 && splits[0].pending == nil && maxRecords == .max {
      readings = try readSingle(maxBytes: maxBytes, lanes: lanes)
    } else {
      try refill(maxBytes: maxBytes, maxRecords: maxRecords)
      readings = try merge(maxRecords: maxRecords, maxBytes: maxBytes)
    }
    if readings.isEmpty {
      waitQuietly()
      if watermark > before {
        readings = [Ingest.Reading(batch: batch([], [], times: []), dead: [])]
      }
    }
    return readings
  }

  // MARK: blocks

  /// Sees to it that every split has a record at hand, or is known to have ended, or to have
  /// nothing at the moment.
  mutating func refill(maxBytes: Int, maxRecords: Int) throws {
    for index in splits.indices where splits[index].pending == nil && !splits[index].hasEnded {
      try refill(index, maxBytes: maxBytes, maxRecords: maxRecords)
    }
  }

  mutating func refill(_ index: Int, maxBytes: Int, maxRecords: Int) throws {
    let limit = maxRecords == .max ? maxBytes : min(maxBytes, 64 * 1024)
    splits[index].pending = nil
    splits[index].cursor = 0
    while splits[index].pending == nil {
      guard let block = try splits[index].reader.next(maxRecords: .max, maxBytes: limit) else {
        return end(index)
      }
      if block.bytes.count == 0 { return wait(index) }
      setWaiting(index, false)
      let parsed = parser.parse(block, header: splits[index].header)
      if parsed.count == 0 {
        splits[index].position = block.end
      } else {
        splits[index].pending = parsed
        combiner.begin(index)
      }
    }
  }

  mutating func end(_ index: Int) {
    splits[index].hasEnded = true
    setWaiting(index, false)
    combiner.end(index)
    combiner.align(at: now)
    if emission == .perEvent { combiner.combine() }
  }

  /// A split has nothing at the moment: from now on it is silent.
  mutating func wait(_ index: Int) {
    setWaiting(index, true)
    guard !hasArrival, let moment = clockMoment() else { return }
    letPass(to: moment)
    combiner.listen(to: index, from: moment)
  }

  mutating func setWaiting(_ index: Int, _ isWaiting: Bool) {
    guard splits[index].isWaiting != isWaiting else { return }
    splits[index].isWaiting = isWaiting
    waiting += isWaiting ? 1 : -1
  }

  // MARK: time

  /// What the driver's clock says, where the job depends on it: never earlier than before.
  private func clockMoment() -> Int64? {
    guard isClockAsked || isIdleMeasured && !hasArrival && waiting > 0 else { return nil }
    let moment = clock(recordsRead)
    return max(now ?? moment, moment)
  }

  /// Lets time pass where no record is at hand.
  mutating func waitQuietly() {
    if waiting > 0, let moment = clockMoment() { letPass(to: moment) }
  }

  /// The split whose record comes next, with time passed up to that; nil where none has one.
  mutating func nextSplit() -> Int? {
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

  private mutating func letPass(to moment: Int64) {
    while let deadline = combiner.nextDeadline, deadline <= moment { passDeadline(deadline) }
    pass(to: moment)
  }

  /// A split becomes idle at this moment; a period that ends with it sees that.
  private mutating func passDeadline(_ deadline: Int64) {
    emit(through: deadline - 1)
    now = max(now ?? deadline, deadline)
    combiner.pass(to: deadline)
    combiner.align(at: now)
    if emission == .perEvent { combiner.combine() }
  }

  private mutating func pass(to moment: Int64) {
    if now == nil, hasArrival {
      for index in splits.indices { combiner.listen(to: index, from: moment) }
    }
    emit(through: moment)
    now = moment
    if isProcessingTime { combiner.raise(to: moment - 1) }
  }

  /// Passes the watermark on where a period has ended by this moment.
  private mutating func emit(through moment: Int64) {
    guard let current = period(of: moment) else { return }
    if let emittedPeriod, current > emittedPeriod { combiner.combine() }
    emittedPeriod = max(emittedPeriod ?? current, current)
  }

  private func period(of moment: Int64) -> Int64? {
    guard case .everyMs(let length) = emission else { return nil }
    let quotient = moment / length
    return moment % length < 0 ? quotient - 1 : quotient
  }
}
