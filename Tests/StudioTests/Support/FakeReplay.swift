import Columns
public import Engine
public import Runtime

/// A replay of made-up ad clicks: 10 s windows of six keys, a watermark 4 s behind, lateness 6 s.
///
/// Every picture is computed afresh from the position, so going back is exact by construction.
public final class FakeReplay: ReplayControlling {
  public static let start: Int64 = 1_767_268_800_000  // 2026-01-01T12:00:00Z
  public let total: Int64
  public private(set) var view = ReplayView()
  /// What is measured, as a test says.
  public var workNs: [UInt64?] = []
  /// Moves that were asked for, the oldest first.
  public private(set) var moves: [ReplayMove] = []
  /// Questions that were asked, the oldest first.
  public internal(set) var questions: [ReplayQuery] = []
  /// Thrown by the next move.
  public var failure: ConnectError?
  private(set) var furthest: Int64 = 0
  let events: [Event]

  struct Event {
    var key: String
    var time: Int64
    var isFiltered: Bool
  }

  public init(total: Int64 = 1200) {
    self.total = total
    events = Self.makeEvents(Int(total))
    view = picture(0)
  }

  private static func makeEvents(_ count: Int) -> [Event] {
    var seed: UInt64 = 42
    func random(_ bound: UInt64) -> UInt64 {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (seed >> 33) % bound
    }
    let keys = ["ad-17", "ad-17", "ad-17", "ad-3", "ad-3", "ad-8", "ad-21", "ad-40", "ad-5"]
    return (0..<count).map { index in
      let jitter: UInt64 =
        index % 23 == 22 ? 9000 + random(4000) : index % 61 == 60 ? 19_000 : random(3500)
      return Event(
        key: keys[Int(random(UInt64(keys.count)))],
        time: start + Int64(index) * 420 - Int64(jitter), isFiltered: index % 5 == 4)
    }
  }

  public func move(_ move: ReplayMove, isCancelled: () -> Bool) throws {
    moves.append(move)
    if let failure {
      self.failure = nil
      throw failure
    }
    let here = view.position
    switch move {
    case .events(let count): show(here + count)
    case .position(let position): show(position)
    case .end: show(total)
    case .nextFiring:
      seek(1) {
        $1.narration.contains { [.fired, .updated].contains($0.kind) && $0.position > here }
      }
    case .previousFiring: seek(-1) { before, now in now.nextFiring != before.nextFiring }
    case .nextWatermark: seek(1) { before, now in now.watermark != before.watermark }
    case .previousWatermark: seek(-1) { before, now in now.watermark != before.watermark }
    case .nextLate: seek(1) { before, now in now.accounting.late > before.accounting.late }
    case .previousLate: seek(-1) { before, now in now.accounting.late < before.accounting.late }
    case .nextCheckpoint: seek(1) { $1.checkpoints.count > $0.checkpoints.count }
    case .previousCheckpoint: seek(-1) { $1.checkpoints.count < $0.checkpoints.count }
    case .window(let id): show(Int64(events.firstIndex { $0.time >= id.end } ?? events.count))
    case .eventTime(let time):
      show(Int64(events.firstIndex { $0.time >= time } ?? events.count))
    }
  }

  public func play(until playhead: Int64?, maxRecords: Int) throws -> Int {
    let before = view.position
    var end = min(total, before + Int64(maxRecords))
    if let playhead {
      let reached = events.indices.first { events[...$0].contains { $0.time >= playhead } }
      end = min(end, max(before, Int64(reached ?? events.count) + 1))
    }
    show(end)
    return Int(view.position - before)
  }

  public var position: ReplayPosition {
    ReplayPosition(records: view.position, isAtEnd: view.isAtEnd)
  }

  public func show(windowNode: Int) {}
  public func close() {}

  private func show(_ position: Int64) {
    let position = min(max(0, position), total)
    furthest = max(furthest, position)
    view = picture(position)
  }

  private func seek(_ step: Int64, until: (ReplayView, ReplayView) -> Bool) {
    let before = view
    repeat {
      show(view.position + step)
    } while view.position > 0 && view.position < total
      && !until(before, view)
  }
}
