import Runtime
import Terminal

/// Gives the events of a session their turn.
struct SessionPlayer {
  /// What is to be done now.
  enum Step: Equatable {
    /// Nothing before this many ms have passed; nil until the replay says something.
    case wait(ms: Int?)
    /// The replay goes to this record first.
    case goTo(Int64)
    case handle(InputEvent)
    case ended
  }

  private let entries: [SessionLog.Entry]
  /// Whether every event comes when it came; else as soon as it can.
  private let isTimed: Bool
  private var next = 0
  private var startNs: UInt64?
  /// Where the replay was sent for the next event.
  private var sentTo: Int64?

  init(_ log: SessionLog, isTimed: Bool) {
    entries = log.entries
    self.isTimed = isTimed
  }

  mutating func step(_ run: RunState?, nowNs: UInt64) -> Step {
    guard next < entries.count else { return .ended }
    let entry = entries[next]
    let start = startNs ?? nowNs
    startNs = start
    if isTimed {
      let due = start + UInt64(entry.ms) * 1_000_000
      if nowNs < due { return .wait(ms: Int((due - nowNs) / 1_000_000) + 1) }
    }
    if let position = entry.position {
      guard let run else { return .wait(ms: nil) }
      if run.isMoving { return .wait(ms: nil) }
      if run.isPlaying {
        // It comes there by itself.
        if run.view.position < position, !run.view.isAtEnd { return .wait(ms: nil) }
      } else if run.view.position != position, sentTo != position {
        sentTo = position
        return .goTo(position)
      }
    }
    sentTo = nil
    next += 1
    return .handle(entry.event)
  }
}
