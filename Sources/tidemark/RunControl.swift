import Glibc
import Runtime

/// Set by SIGINT and SIGTERM; a job looks at it between rounds.
nonisolated(unsafe) private var stopSignal: sig_atomic_t = 0

/// Stops a job by signals, and passes on what `tidemark savepoint` asks.
final class RunControl: JobControl {
  private let requests: RequestFolder
  private let clock = SystemClock()
  private var lastLookNs: UInt64 = 0

  init(_ requests: RequestFolder) {
    self.requests = requests
    // What was asked of a run that is gone is not asked of this one.
    if requests.runningProcess == nil { requests.clear() }
    // The first asks for a clean stop; a second one, while a read blocks say, ends it at once:
    // the last checkpoint is where the next run goes on.
    var asked = sigset_t()
    sigemptyset(&asked)
    for number in [SIGINT, SIGTERM] {
      sigaddset(&asked, number)
      signal(number) { _ in
        if stopSignal != 0 { _exit(ExitStatus.interrupted) }
        stopSignal = 1
      }
    }
    // Whoever started us may have had them blocked, and a mask is inherited.
    pthread_sigmask(SIG_UNBLOCK, &asked, nil)
  }

  var isStopAsked: Bool { stopSignal != 0 }

  func takeRequest() -> SavepointRequest? {
    // A look is a system call: twenty a second are enough.
    let now = clock.monotonicNs
    guard now - lastLookNs >= 50_000_000 else { return nil }
    lastLookNs = now
    return requests.take()
  }

  func answer(_ request: SavepointRequest, _ answer: SavepointAnswer) {
    requests.answer(request.id, answer)
  }
}
