import Dispatch
import Engine
import Foundation
import Pipelines
import Runtime
import Studio
import Synchronization
import Terminal

/// What the studio costs the engine: the same work with its picture on a screen of 120×40 in memory,
/// and without it, in turn, in this process.
struct StudioBench {
  enum Case: String, CaseIterable {
    /// A run into the pipeline's sinks, started from the studio.
    case run = "studio-run"
    /// The replay at its highest speed.
    case replay = "studio-replay"

    var summary: String {
      switch self {
      case .run: "a tumbling run from the studio, with its picture, against the run alone"
      case .replay: "the replay of it at ×max, with its picture, against the replay alone"
      }
    }
  }

  struct Result {
    var benchmark: Case
    var events: Int64 = 0
    /// Seconds with the studio and without it, turn by turn.
    var attached: [Double] = []
    var alone: [Double] = []

    var rate: Double { Double(events) / middle(attached) }
    /// By how much the picture slows the engine, by the median of the turns: 0.1 for a tenth.
    var cost: Double { middle(zip(attached, alone).map { 1 - $1 / $0 }) }
  }

  struct Fault: Error, CustomStringConvertible {
    var description: String
  }

  /// The pipeline's file, whose log and sinks are there.
  var pipeline: String

  func run(_ benchmark: Case, repeats: Int) throws -> Result {
    var result = Result(benchmark: benchmark)
    for turn in 0...max(repeats, 1) {
      let alone = try benchmark == .run ? runAlone() : replayAlone()
      let attached = try attached(benchmark)
      guard turn > 0 else { continue }  // the first warms up
      result.events = alone.events
      result.alone.append(alone.seconds)
      result.attached.append(attached)
    }
    return result
  }

  private typealias Measured = (events: Int64, seconds: Double)

  private static func seconds(since start: ContinuousClock.Instant) -> Double {
    (ContinuousClock.now - start) / .seconds(1)
  }

  private func runAlone() throws -> Measured {
    let run = try RunOpening.open(pipeline)
    let control = NoControl()
    let started = ContinuousClock.now
    _ = try run.run({ _ in }, { control.progress = $0 }, control)
    return (control.progress?.recordsRead ?? 0, Self.seconds(since: started))
  }

  private func replayAlone() throws -> Measured {
    let replay = try Opener.open(PipelineFile(path: pipeline), isIndexed: false).replay
    defer { replay.close() }
    let started = ContinuousClock.now
    while try replay.play(until: nil, maxRecords: 4096) > 0 {}
    return (replay.view.position, Self.seconds(since: started))
  }

  private func attached(_ benchmark: Case) throws -> Double {
    let screen = ScriptedScreen()
    var configuration = StudioApp.Configuration(
      entries: [], path: pipeline, open: { try Opener.open($0, isIndexed: false) },
      openRun: { try RunOpening.open($0) })
    configuration.settings.speed = Speed.max.label
    let app = StudioApp(screen: screen, configuration: configuration)
    var started: ContinuousClock.Instant?
    var seconds: Double?
    screen.next = { [unowned app] in
      guard app.state.run != nil else { return .wait }
      switch (benchmark, started) {
      case (_, nil):
        started = .now
        return .keys(benchmark == .run ? ["R", "Enter"] : ["Space"])
      case (.run, let began?):
        guard let job = app.state.job, !job.isUnderWay else { return .wait }
        seconds = Self.seconds(since: began)
        return .end
      case (.replay, let began?):
        guard app.state.run?.view.isAtEnd == true else { return .wait }
        seconds = Self.seconds(since: began)
        return .end
      }
    }
    _ = app.run()
    if app.state.job?.phase == .failed {
      throw Fault(description: app.state.job?.summary ?? "the run failed")
    }
    guard let seconds else { throw Fault(description: "the studio did not open \(pipeline)") }
    return seconds
  }
}

/// Asks nothing of a run.
private final class NoControl: JobControl {
  var progress: JobProgress?
  var isStopAsked: Bool { false }
  func takeRequest() -> SavepointRequest? { nil }
  func answer(_ request: SavepointRequest, _ answer: SavepointAnswer) {}
}

/// A screen in memory that waits as a terminal does, with a script at its keys.
private final class ScriptedScreen: Screen {
  enum Step {
    case wait
    case keys([String])
    case end
  }

  /// Asked each time the studio waits for an event.
  var next: () -> Step = { .end }
  private var keys: [String] = []
  private let woken = DispatchSemaphore(value: 0)
  private let isWoken = Atomic(false)
  private let memory = HeadlessScreen(Size(120, 40))

  var size: Size { memory.size }
  var depth: ColorDepth { memory.depth }
  var showsUnicode: Bool { memory.showsUnicode }
  var mouseEnabled = false
  var statistics: ScreenStatistics { memory.statistics }

  func draw(_ grid: CellGrid) -> Int { memory.draw(grid) }

  func nextEvent(timeoutMs: Int?) -> InputEvent? {
    if keys.isEmpty {
      switch next() {
      case .wait: break
      case .keys(let more): keys = more
      case .end: return .hangup
      }
    }
    if !keys.isEmpty { return Key(keys.removeFirst()).map { .key($0) } }
    if let timeoutMs {
      _ = woken.wait(timeout: .now() + .milliseconds(timeoutMs))
    } else {
      woken.wait()
    }
    return isWoken.exchange(false, ordering: .acquiringAndReleasing) ? .wake : nil
  }

  nonisolated func wake() {
    if !isWoken.exchange(true, ordering: .acquiringAndReleasing) { woken.signal() }
  }

  func suspend() {}
  func lend<Result>(_ body: () throws -> Result) rethrows -> Result { try body() }
  func copy(_ text: String) -> Clipboard.Outcome { .sent(bytes: text.utf8.count) }
  func close() {}
}
