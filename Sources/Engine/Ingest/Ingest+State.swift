import Columns

extension Ingest {
  /// Everything that a checkpoint keeps of it.
  public struct State: Sendable, Hashable {
    public var splits: [SplitState]
    /// The combined watermark.
    public var watermark: Int64
    /// How late it is by the arrivals, or by the clock; nil where neither was asked.
    public var now: Int64?

    public init(splits: [SplitState], watermark: Int64, now: Int64? = nil) {
      self.splits = splits
      self.watermark = watermark
      self.now = now
    }
  }

  /// What a split has reached: part of a checkpoint.
  public struct SplitState: Sendable, Hashable {
    public var name: String
    public var position = SplitPosition.start
    public var maxEventTime: Int64?
    /// Records read, bad ones included.
    public var records: Int64 = 0
    /// Its own watermark; nil where the checkpoint is of a version that had only bounded ones,
    /// which follow from ``maxEventTime``.
    public var watermark: Int64?
    /// The latest arrival.
    public var arrival: Int64?
    public var isIdle = false
    /// Whether it counts towards the combined watermark: false after it was idle, until it has
    /// caught up.
    public var isAligned = true
    public var isPaused = false
    /// Since when it has been silent, less what does not count; nil while that is not measured.
    public var silentSince: Int64?
    /// How long it had been silent when it was paused, ms.
    public var silentBeforePauseMs: Int64?
    /// Whether everything in it was read. It is asked again after a restore: a file may have grown
    /// meanwhile.
    public var hasEnded = false

    public init(
      name: String, position: SplitPosition = .start, maxEventTime: Int64? = nil,
      records: Int64 = 0
    ) {
      self.name = name
      self.position = position
      self.maxEventTime = maxEventTime
      self.records = records
    }

    func input(_ spec: WatermarkSpec) -> WatermarkCombiner.Input {
      var input = WatermarkCombiner.Input()
      input.watermark = watermark ?? WatermarkAssigner.watermark(after: maxEventTime, spec)
      input.isIdle = isIdle
      input.isAligned = isAligned
      input.isPaused = isPaused
      input.hasEnded = hasEnded
      input.timer = IdleTimer(startedAt: silentSince, heldMs: silentBeforePauseMs)
      if spec.maxDriftMs == nil {
        // Nobody would let it go again: the pipeline has lost its max_drift since.
        input.isPaused = false
        input.timer.heldMs = nil
      }
      return input
    }
  }

  /// Where it stands between two readings.
  public var state: State {
    let states = zip(sequencer.splits, sequencer.combiner.inputs).map { split, input in
      var state = SplitState(
        name: split.description.name, position: split.position,
        maxEventTime: split.assigner.newest, records: split.records)
      state.watermark = input.watermark
      state.arrival = split.arrival
      state.isIdle = input.isIdle
      state.isAligned = input.isAligned
      state.isPaused = input.isPaused
      state.silentSince = input.timer.startedAt
      state.silentBeforePauseMs = input.timer.heldMs
      state.hasEnded = input.hasEnded
      return state
    }
    return State(splits: states, watermark: watermark, now: sequencer.now)
  }
}
