import ArgumentParser
import Engine
import Foundation
import Runtime
import Terminal

struct SavepointCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "savepoint",
    abstract: "Keep a job's state for yourself; stop a running job, or drain it.",
    discussion: """
      A running job takes a checkpoint at once and copies it; of one that does not run, the last \
      checkpoint is copied. Nothing removes a savepoint. `tidemark run FILE --from SAVEPOINT` goes on \
      from it, also after the pipeline was changed, as far as its state fits. With --stop the job then \
      ends, and the next run goes on from there; with --drain it fires every open window before, as \
      at the end of the input. Exit status: 0 done, 1 there is no savepoint, 2 the command is wrong.
      """)

  @Argument(help: "The pipeline file.")
  var file: String

  @Argument(
    help:
      "The folder of the savepoint; it must not be there. Without it, one beside the checkpoints.")
  var path: String?

  @Flag(help: "End the job then.")
  var stop = false

  @Flag(help: "Fire every open window, then end the job.")
  var drain = false

  @Option(help: "The folder of checkpoints; in place of the pipeline's.")
  var checkpoints: String?

  @Option(help: "Seconds to wait for a running job.")
  var timeout = 60

  func validate() throws {
    if stop, drain { throw ValidationError("--drain ends the job too: only one of the two") }
    if timeout < 1 { throw ValidationError("--timeout is 1 or more, not \(timeout)") }
  }

  func run() throws {
    let job = try OpenedJob.pipeline(file)
    let directory = checkpoints ?? job.checkpointDirectory
    let target = path.map { URL(fileURLWithPath: $0).path }
    do {
      let requests = RequestFolder(directory: directory, job: job.graph.name)
      if requests.runningProcess != nil {
        try ask(requests, target)
      } else {
        try copy(CheckpointStore(directory: directory, job: job.graph.name), target)
      }
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure(
        status: ExitStatus.failed, message: "tidemark: error: \(SafeText.visible("\(error)"))")
    }
  }

  private func ask(_ requests: RequestFolder, _ target: String?) throws {
    let then: SavepointRequest.Then = drain ? .drain : stop ? .stop : .goOn
    let clock = SystemClock()
    let end = clock.monotonicNs + UInt64(timeout) * 1_000_000_000
    let request = SavepointRequest(id: UUID().uuidString, path: target, then: then)
    let answer = try requests.ask(request) {
      clock.sleep(ms: 20) { false }
      return clock.monotonicNs < end
    }
    if let fault = answer.fault { throw ConnectError("the savepoint failed: \(fault)") }
    let records = answer.recordsRead.map { " at record \(Figures.grouped($0))" } ?? ""
    let what =
      switch then {
      case .goOn: "the job goes on"
      case .stop: "the job ended; the next run goes on from there"
      case .drain: "the job fired every open window and ended"
      }
    Console.out("\(SafeText.visible(answer.path ?? ""))\n")
    Console.err("savepoint\(records); \(what)\n")
  }

  private func copy(_ store: CheckpointStore, _ target: String?) throws {
    if stop || drain {
      throw CommandFailure(
        status: ExitStatus.failed,
        message: "tidemark: error: the job \(SafeText.visible(store.job)) is not running;"
          + " without --\(drain ? "drain" : "stop") its last checkpoint is copied")
    }
    let latest = try store.latest()
    for fault in latest.faults {
      Console.err(
        SafeText.visible("checkpoint \(fault.checkpoint) cannot be used: \(fault.error)") + "\n")
    }
    guard let manifest = latest.checkpoint?.manifest else {
      throw ConnectError(
        "there is no checkpoint in \(store.folder) to copy",
        remedy: "start the job with `tidemark run`; it takes checkpoints as it goes")
    }
    let path = target ?? store.savepointPath(of: manifest.checkpoint)
    try store.copy(manifest.checkpoint, toSavepoint: path)
    Console.out("\(SafeText.visible(path))\n")
    Console.err("a copy of checkpoint \(manifest.checkpoint); the job is not running\n")
  }
}
