import Connectors
import Engine
import Foundation
import Glibc
import Runtime
import Synchronization
import TestSupport

/// The process was killed: nothing it does has an effect any more.
struct SimulatedCrash: Error {}

/// Everything around a job that a seed decides: when it dies, which operations fail, when the
/// checkpoint's writer gets to run, how fast time passes, what is asked of it.
final class SimulatedWorld: Sendable {
  struct State {
    var random: SeededRandom
    var isDead = false
    /// Nothing happens any more: the job must come to its end.
    var isCalm = false
    /// Of so many operations, one kills; 0 for none.
    var crashIn = 0
    /// Of so many operations, one fails; 0 for none.
    var faultIn = 0
    /// Of so many checkpoints, one is never written; 0 for none.
    var hangIn = 0
    var stopIn = 0
    var savepointIn = 0
    var nowNs: UInt64 = 0
    var savepoints: [String] = []
    var seen: [Event: Int] = [:]
    var folder = ""
  }

  /// What a campaign must have met.
  enum Event: String, CaseIterable {
    case crash, crashInRecovery, fault, retry, failedCheckpoint, timeout, fallback, stop, savepoint,
      fromSavepoint, lateUpdate, late, idleSplit, rescaled, severalHandles
  }

  private let state: Mutex<State>

  init(seed: UInt64, folder: String) {
    var state = State(random: SeededRandom(seed: seed))
    state.folder = folder
    state.crashIn = [0, 40, 150, 600].randomElement(using: &state.random) ?? 0
    state.faultIn = [0, 0, 60, 200].randomElement(using: &state.random) ?? 0
    state.hangIn = [0, 0, 6].randomElement(using: &state.random) ?? 0
    state.stopIn = [0, 30].randomElement(using: &state.random) ?? 0
    state.savepointIn = [0, 20].randomElement(using: &state.random) ?? 0
    self.state = Mutex(state)
  }

  func with<Result: Sendable>(_ body: (inout sending State) -> sending Result) -> Result {
    state.withLock { body(&$0) }
  }

  func saw(_ event: Event) { with { $0.seen[event, default: 0] += 1 } }

  /// Tells what happens, where one seed is looked at.
  func tell(_ what: @autoclosure () -> String) {
    guard Self.isTold else { return }
    print(what().replacing(with { $0.folder }, with: ""))
  }

  private static let isTold = ProcessInfo.processInfo.environment["TIDEMARK_SEED"] != nil

  var seen: [Event: Int] { with { $0.seen } }

  /// Whether something happens that happens once in so many times.
  func happens(_ oneIn: any KeyPath<State, Int> & Sendable) -> Bool {
    with { state in
      let bound = state[keyPath: oneIn]
      guard !state.isCalm, !state.isDead, bound > 0 else { return false }
      return Int.random(in: 0..<bound, using: &state.random) == 0
    }
  }

  func pick(_ range: ClosedRange<Int>) -> Int {
    with { Int.random(in: range, using: &$0.random) }
  }

  // MARK: its parts

  static let faults: [Int32] = [ENOSPC, EIO, EMFILE]

  var files: FileSystem {
    FileSystem(maxWriteBytes: 1 + pick(20...400)) { [self] operation in
      if with({ $0.isDead }) { throw SimulatedCrash() }
      tell("  \(operation)")
      if happens(\.crashIn) {
        with { $0.isDead = true }
        saw(.crash)
        tell("    is the last")
        throw SimulatedCrash()
      }
      if happens(\.faultIn) {
        saw(.fault)
        tell("    fails")
        throw SystemFault.error("do \(operation)", code: Self.faults[pick(0...2)])
      }
    }
  }

  /// Whether an error may end a run here.
  static func isOurs(_ error: any Error) -> Bool {
    if error is SimulatedCrash { return true }
    guard let error = error as? ConnectError, error.isTransient else { return false }
    return error.message.hasPrefix("cannot do ") || error.message.contains("within its timeout")
  }

  /// Time passes with each look, and faster now and then.
  struct Clock: RunClock {
    let world: SimulatedWorld

    var monotonicNs: UInt64 {
      world.with { state in
        state.nowNs += UInt64(Int.random(in: 0...8, using: &state.random)) * 1_000_000
        return state.nowNs
      }
    }

    var wallMs: Int64 { 0 }

    func sleep(ms: Int64, unless isWoken: () -> Bool) {
      world.with { $0.nowNs += UInt64(ms) * 1_000_000 }
    }
  }

  /// Writes a checkpoint when the seed says so: at once, some rounds later, or never.
  struct Writer: CheckpointWriter {
    let world: SimulatedWorld

    final class Writing: CheckpointWriting {
      private let world: SimulatedWorld
      private let hangs: Bool
      private let work: Mutex<(@Sendable () -> Void)?>

      init(_ world: SimulatedWorld, hangs: Bool, _ work: @escaping @Sendable () -> Void) {
        self.world = world
        self.hangs = hangs
        self.work = Mutex(work)
      }

      func wait(limitNs: UInt64) -> Bool {
        if hangs {
          world.with { $0.nowNs += limitNs }
          return false
        }
        if limitNs == 0, world.pick(0...2) > 0 { return false }
        let work = work.withLock { work in
          defer { work = nil }
          return work
        }
        work?()
        return true
      }
    }

    func start(_ work: @escaping @Sendable () -> Void) -> any CheckpointWriting {
      Writing(world, hangs: world.happens(\.hangIn), work)
    }
  }

  /// Asks for stops and savepoints.
  final class Control: JobControl {
    private let world: SimulatedWorld
    private var isStopping = false
    init(_ world: SimulatedWorld) { self.world = world }

    var isStopAsked: Bool {
      if !isStopping, world.happens(\.stopIn) {
        isStopping = true
        world.saw(.stop)
      }
      return isStopping
    }

    func takeRequest() -> SavepointRequest? {
      guard world.happens(\.savepointIn) else { return nil }
      let number = world.pick(0...1_000_000_000)
      let folder = world.with { $0.folder }
      return SavepointRequest(id: "\(number)", path: "\(folder)/savepoint-\(number)")
    }

    func answer(_ request: SavepointRequest, _ answer: SavepointAnswer) {
      guard let path = answer.path else { return }
      world.saw(.savepoint)
      world.with { $0.savepoints.append(path) }
    }
  }
}
