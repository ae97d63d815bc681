import Columns

/// Makes one watermark of several splits' own: the lowest over those that count, never backwards.
///
/// A pure state machine; it is told what happens and never asks the time. What counts follows
/// Flink's valve of watermarks and statuses:
///
/// | a split | holds the output back |
/// |---|---|
/// | active, its watermark at or above the output | yes |
/// | idle | no |
/// | back from idle, its watermark behind the output | not before it has caught up |
/// | ended | no |
///
/// When the last active split becomes idle, the output rises to the highest watermark of them all,
/// so that it does not matter in which order they fell silent.
struct WatermarkCombiner: Sendable, Equatable {
  struct Input: Sendable, Equatable {
    /// The split's own watermark.
    var watermark = minWatermark
    var isIdle = false
    /// Whether it has caught up with the output, and so counts.
    var isAligned = true
    /// Whether it has to wait for slower splits; it still counts, and is not idle.
    var isPaused = false
    var hasEnded = false
    var timer = IdleTimer()

    var isActive: Bool { !isIdle && !hasEnded }
  }

  let idleAfterMs: Int64?
  let maxDriftMs: Int64?
  private(set) var inputs: [Input]
  /// The combined watermark.
  private(set) var output: Int64
  /// The lowest watermark that counted when the output was last made; nil where it may be another
  /// now, so that a row which does not move it costs nothing.
  private var lowest: Int64?

  init(
    _ inputs: [Input], output: Int64 = minWatermark, idleAfterMs: Int64? = nil,
    maxDriftMs: Int64? = nil
  ) {
    self.inputs = inputs
    self.output = output
    self.idleAfterMs = idleAfterMs
    self.maxDriftMs = maxDriftMs
  }

  /// Whether no split is left that could move the output.
  var isIdle: Bool {
    inputs.contains { $0.isIdle && !$0.hasEnded } && !inputs.contains(where: \.isActive)
  }

  // MARK: what happens

  /// A row of a split was read, after which its watermark is this.
  ///
  /// - Parameter now: where silence is measured from here on; nil where it is not measured while
  ///   records are at hand.
  mutating func hear(_ index: Int, watermark: Int64, at now: Int64?) {
    let before = inputs[index].watermark
    if inputs[index].isIdle {
      inputs[index].isIdle = false
      inputs[index].isAligned = before >= output
      lowest = nil
    }
    if idleAfterMs != nil { inputs[index].timer.restart(at: now) }
    guard watermark > before else { return }
    inputs[index].watermark = watermark
    if before == lowest { lowest = nil }
    if !inputs[index].isAligned, watermark >= output {
      inputs[index].isAligned = true
      lowest = nil
    }
  }

  /// A split has been silent for too long.
  mutating func silence(_ index: Int) {
    inputs[index].isIdle = true
    inputs[index].isAligned = false
    lowest = nil
  }

  /// A split that had ended has rows again: it counts once it has caught up.
  mutating func begin(_ index: Int) {
    guard inputs[index].hasEnded else { return }
    inputs[index].hasEnded = false
    inputs[index].isIdle = false
    inputs[index].isAligned = inputs[index].watermark >= output
    lowest = nil
  }

  /// A split has given its last row.
  mutating func end(_ index: Int) {
    guard !inputs[index].hasEnded else { return }
    inputs[index].hasEnded = true
    inputs[index].isPaused = false
    inputs[index].timer = IdleTimer()
    lowest = nil
  }

  /// The clock itself is the watermark.
  mutating func raise(to watermark: Int64) { output = max(output, watermark) }

  /// Brings the output up to date.
  ///
  /// - Returns: whether it grew.
  @discardableResult
  mutating func combine() -> Bool {
    if lowest != nil { return false }
    var least: Int64?
    var highest: Int64?
    var hasActive = false
    for input in inputs where !input.hasEnded {
      if input.isIdle {
        highest = max(highest ?? input.watermark, input.watermark)
      } else {
        hasActive = true
        if input.isAligned { least = min(least ?? input.watermark, input.watermark) }
      }
    }
    lowest = least
    guard let next = hasActive ? least : highest, next > output else { return false }
    output = next
    return true
  }

  // MARK: silence

  /// The moment at which the next split becomes idle if nothing is heard of it; nil where none can.
  var nextDeadline: Int64? {
    guard let idleAfterMs else { return nil }
    var next: Int64?
    for input in inputs where input.isActive {
      guard let deadline = input.timer.deadline(idleAfterMs) else { continue }
      next = min(next ?? deadline, deadline)
    }
    return next
  }

  /// Measures the silence of splits that are not measured yet.
  mutating func listen(to index: Int, from now: Int64) {
    guard idleAfterMs != nil, inputs[index].isActive else { return }
    inputs[index].timer.startIfStopped(at: now)
  }

  /// It is so late now: who was silent for too long becomes idle.
  mutating func pass(to now: Int64) {
    guard let idleAfterMs else { return }
    for index in inputs.indices where inputs[index].isActive {
      guard let deadline = inputs[index].timer.deadline(idleAfterMs), deadline <= now else {
        continue
      }
      silence(index)
    }
  }

  // MARK: alignment

  /// Pauses the splits that are too far ahead of the slowest active one, and lets go those that
  /// are no longer. The idle time of a paused one stands still.
  mutating func align(at now: Int64?) {
    guard let maxDriftMs else { return }
    var slowest: Int64?
    for input in inputs where input.isActive {
      slowest = min(slowest ?? input.watermark, input.watermark)
    }
    for index in inputs.indices where !inputs[index].hasEnded {
      let isAhead = slowest.map { inputs[index].watermark > $0 + maxDriftMs } ?? false
      if isAhead == inputs[index].isPaused { continue }
      inputs[index].isPaused = isAhead
      guard let now else { continue }
      if isAhead {
        inputs[index].timer.pause(at: now)
      } else {
        inputs[index].timer.resume(at: now)
      }
    }
  }
}

/// Measures the silence of one split; stands still while the split is paused.
struct IdleTimer: Sendable, Hashable {
  /// Since when it has been silent, less what does not count; nil while it is not measured.
  var startedAt: Int64?
  /// The silence before a pause, ms; nil while there is none.
  var heldMs: Int64?

  /// The first moment at which the silence is longer than `idleAfterMs`.
  func deadline(_ idleAfterMs: Int64) -> Int64? {
    heldMs == nil ? startedAt.map { $0 + idleAfterMs + 1 } : nil
  }

  /// - Parameter now: nil stops it.
  mutating func restart(at now: Int64?) {
    startedAt = now
    heldMs = nil
  }

  mutating func startIfStopped(at now: Int64) {
    if startedAt == nil, heldMs == nil { startedAt = now }
  }

  mutating func pause(at now: Int64) {
    guard let startedAt else { return }
    heldMs = now - startedAt
  }

  mutating func resume(at now: Int64) {
    guard let heldMs else { return }
    startedAt = now - heldMs
    self.heldMs = nil
  }
}
