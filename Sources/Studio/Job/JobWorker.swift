import Foundation
import Runtime

/// Runs a job on a thread of its own, at full speed, and hands over how it goes ten times a second.
///
/// `@unchecked Sendable`: everything that two threads touch is only read and written while `gate`
/// is held.
final class JobWorker: JobDriving, JobControl, @unchecked Sendable {
  private let opener: RunOpener
  private let clock: any StudioClock
  private let wake: @Sendable () -> Void

  /// Seconds that a last checkpoint may take when the studio has to leave.
  private static let longestStop = 10.0

  // MARK: held under the gate
  private let gate = NSCondition()
  private var outcome: [JobNews] = []
  private var progress: JobProgress?
  private var isStopping = false
  private var isRunning = false

  // MARK: of the job's thread
  private var requests: RequestFolder?
  private var lastLookNs: UInt64 = 0
  private var lastWakeNs: UInt64 = 0

  init(
    opener: @escaping RunOpener, clock: any StudioClock, wake: @escaping @Sendable () -> Void
  ) {
    self.opener = opener
    self.clock = clock
    self.wake = wake
  }

  // MARK: the studio's side

  func start(path: String) {
    gate.lock()
    defer { gate.unlock() }
    guard !isRunning else { return }
    (isRunning, isStopping) = (true, false)
    let thread = Thread { [self] in run(path) }
    thread.name = "tidemark job"
    thread.stackSize = 8 << 20
    thread.start()
  }

  func stop() {
    gate.lock()
    isStopping = true
    gate.unlock()
  }

  func takeEvents() -> [StudioEvent] {
    gate.lock()
    defer { gate.unlock() }
    let news = (progress.map { [JobNews.progress($0)] } ?? []) + outcome
    (progress, outcome) = (nil, [])
    return news.map { .job($0) }
  }

  func close() {
    gate.lock()
    isStopping = true
    let last = Date(timeIntervalSinceNow: Self.longestStop)
    while isRunning, gate.wait(until: last) {}
    gate.unlock()
  }

  // MARK: the job's side

  private func run(_ path: String) {
    do {
      let job = try opener(path)
      requests = job.requests
      // What was asked of a run that is gone is not asked of this one.
      if let requests, requests.runningProcess == nil { requests.clear() }
      post(.started(job.name))
      let text = try job.run({ self.post(.note($0)) }, { self.report($0) }, self)
      finish(.ended(text))
    } catch {
      finish(.failed("\(error)"))
    }
  }

  private func report(_ next: JobProgress) {
    gate.lock()
    progress = next
    gate.unlock()
    let now = clock.nowNs
    guard now - lastWakeNs >= 100_000_000 else { return }
    lastWakeNs = now
    wake()
  }

  private func post(_ news: JobNews) {
    gate.lock()
    outcome.append(news)
    gate.unlock()
    wake()
  }

  private func finish(_ news: JobNews) {
    gate.lock()
    outcome.append(news)
    isRunning = false
    gate.broadcast()
    gate.unlock()
    wake()
  }

  var isStopAsked: Bool {
    gate.lock()
    defer { gate.unlock() }
    return isStopping
  }

  func takeRequest() -> SavepointRequest? {
    // A look is a system call: twenty a second are enough.
    let now = clock.nowNs
    guard now - lastLookNs >= 50_000_000 else { return nil }
    lastLookNs = now
    return requests?.take()
  }

  func answer(_ request: SavepointRequest, _ answer: SavepointAnswer) {
    requests?.answer(request.id, answer)
  }
}
