import Columns

/// Where the watermark of a source stands, who holds it there, and why: a picture between two
/// readings, for metrics and for people.
public struct WatermarkStatus: Sendable, Equatable {
  public enum State: Sendable, Hashable {
    case active
    /// Back from idle; it does not count before its watermark has reached the combined one.
    case catchingUp
    /// Silent for longer than `idle_after`; since when it has been silent.
    case idle(since: Int64?)
    /// Waits because it is ahead of the slowest split by more than `max_drift`. How far ahead, ms;
    /// nil where the slowest has no watermark yet.
    case paused(aheadOf: String, byMs: Int64?)
    case ended
  }

  public struct Split: Sendable, Equatable {
    public var name: String
    /// Records read, bad ones included.
    public var records: Int64
    /// The newest event time.
    public var newest: Int64?
    /// Its own watermark; ``minWatermark`` before the first.
    public var watermark: Int64
    public var state: State

    public init(name: String, records: Int64, newest: Int64?, watermark: Int64, state: State) {
      self.name = name
      self.records = records
      self.newest = newest
      self.watermark = watermark
      self.state = state
    }

    /// Whether it can still move the combined watermark without anybody waiting for it.
    public var isActive: Bool {
      switch state {
      case .active, .catchingUp, .paused: true
      case .idle, .ended: false
      }
    }
  }

  public var splits: [Split]
  /// The combined watermark: the operator's `currentOutputWatermark`.
  public var combined: Int64
  /// Which split the combined watermark comes from: the lowest that counts, or where all are idle
  /// the highest; nil where none does (at the end of the input, in processing time).
  public var holder: Int?
  /// Between the watermarks of the fastest and the slowest active split, ms: Flink's watermark
  /// alignment drift. Nil where fewer than two have one.
  public var driftMs: Int64?
  /// How late it is by the arrivals or the clock; nil where neither was asked.
  public var now: Int64?
  /// The rule.
  public var spec: WatermarkSpec

  public init(
    splits: [Split], combined: Int64, holder: Int?, driftMs: Int64?, now: Int64?,
    spec: WatermarkSpec
  ) {
    self.splits = splits
    self.combined = combined
    self.holder = holder
    self.driftMs = driftMs
    self.now = now
    self.spec = spec
  }
}

extension Ingest {
  /// Where the watermark stands, and why.
  public var watermarkStatus: WatermarkStatus { sequencer.watermarkStatus }
}

extension SplitSequencer {
  var watermarkStatus: WatermarkStatus {
    let slowest = combiner.inputs.indices.filter { combiner.inputs[$0].isActive }
      .min { combiner.inputs[$0].watermark < combiner.inputs[$1].watermark }
    let isClock = isProcessingTime
    let states = splits.indices.map { index in
      WatermarkStatus.Split(
        name: splits[index].description.name, records: splits[index].records,
        newest: splits[index].assigner.newest,
        watermark: isClock ? watermark : combiner.inputs[index].watermark,
        state: state(of: index, slowest: slowest))
    }
    let active = states.filter { $0.isActive && $0.watermark != minWatermark }.map(\.watermark)
    var drift: Int64?
    if active.count > 1, let high = active.max(), let low = active.min() { drift = high - low }
    return WatermarkStatus(
      splits: states, combined: watermark, holder: isClock ? nil : combiner.holder, driftMs: drift,
      now: now, spec: spec.watermark)
  }

  private func state(of index: Int, slowest: Int?) -> WatermarkStatus.State {
    let input = combiner.inputs[index]
    if input.hasEnded { return .ended }
    if input.isIdle { return .idle(since: input.timer.startedAt) }
    if input.isPaused, let slowest {
      let low = combiner.inputs[slowest].watermark
      return .paused(
        aheadOf: splits[slowest].description.name,
        byMs: low == minWatermark ? nil : input.watermark - low)
    }
    return input.isAligned ? .active : .catchingUp
  }
}

extension WatermarkCombiner {
  /// The input that the output comes from: the lowest that counts, or with every one idle the
  /// highest; nil where none is left.
  var holder: Int? {
    let counting = inputs.indices.filter { inputs[$0].isActive && inputs[$0].isAligned }
    if let first = counting.min(by: { inputs[$0].watermark < inputs[$1].watermark }) {
      return first
    }
    if inputs.contains(where: \.isActive) { return nil }
    return inputs.indices.filter { !inputs[$0].hasEnded }.reversed()
      .max { inputs[$0].watermark < inputs[$1].watermark }
  }
}
