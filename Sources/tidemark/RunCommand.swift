import ArgumentParser
import Columns
import Connectors
import Engine
import Glibc
import Pipelines
import Runtime
import Terminal
import VisibleText

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a pipeline headless, to the end of its input.",
    discussion: """
      Goes on where an earlier run was cut off. Results go to the pipeline's sinks; everything said \
      to you goes to standard error. `tidemark savepoint` asks a running job for a savepoint, or to \
      stop. Exit status: 0 done, 1 the job failed, 2 the pipeline is wrong, 130 stopped by you after \
      a last checkpoint.
      """)

  @Argument(help: "The pipeline file.")
  var file: String

  @Flag(help: "Start over, whatever an earlier run left.")
  var fresh = false

  @Option(name: .customLong("from"), help: "Go on from this savepoint, or checkpoint: a folder.")
  var savepoint: String?

  @Flag(help: "Forget state of operators that the pipeline no longer has.")
  var allowNonRestoredState = false

  @Option(help: "Restarts in a row after faults that may pass; in place of the pipeline's.")
  var restarts: Int?

  @Option(help: "Subtasks of each keyed operator, 1 to 128; in place of the pipeline's.")
  var parallelism: Int?

  @Option(help: "The folder for checkpoints; in place of the pipeline's.")
  var checkpoints: String?

  @Flag(help: "Let the pipeline write outside of its own folder.")
  var allowOutside = false

  @Flag(name: [.short, .long], help: "Say nothing but errors.")
  var quiet = false

  func validate() throws {
    if let parallelism, !(1...128).contains(parallelism) {
      throw ValidationError("--parallelism is 1 to 128, not \(parallelism)")
    }
    if let restarts, restarts < 0 {
      throw ValidationError("--restarts is 0 or more, not \(restarts)")
    }
    if fresh, savepoint != nil {
      throw ValidationError("--fresh starts over and --from goes on: only one of them")
    }
  }

  func run() throws {
    let bounds = WriteBounds(folders: checkpoints.map { [$0] } ?? [])
    var job = try OpenedJob.pipeline(
      file,
      options: PlanOptions(
        parallelism: parallelism, bounds: allowOutside ? nil : bounds, checkpoints: checkpoints))
    if let restarts { job.graph.restart.attempts = restarts }
    let warnings = job.document.renderedDiagnostics
    if !quiet, !warnings.isEmpty { Console.err("\(lines: warnings)\n") }
    var options = JobRunner.Options(
      checkpointDirectory: checkpoints ?? job.checkpointDirectory)
    options.isFresh = fresh
    options.savepoint = savepoint
    options.allowsNonRestoredState = allowNonRestoredState
    options.stateLimitBytes = job.graph.stateLimitBytes ?? MachineMemory.bytes.map { $0 / 2 }
    MachineMemory.keepFreed()
    let control = RunControl(
      RequestFolder(directory: options.checkpointDirectory, job: job.graph.name))
    let line = ProgressLine(name: job.graph.name, isQuiet: quiet)
    do {
      let summary = try JobRunner(graph: job.graph, options: options).run(
        notify: { if !quiet { line.say("tidemark: \($0)") } },
        progress: { line.show($0) },
        control: control)
      line.clear()
      if !quiet { Console.err(ConsoleText(lines: RunSummary.text(summary, graph: job.graph))) }
      guard summary.accounting.isBalanced else {
        throw CommandFailure(
          status: ExitStatus.failed,
          message: "tidemark: error: records are unaccounted for; this is a fault of Tidemark")
      }
      if summary.wasStopped { throw CommandFailure(status: ExitStatus.interrupted, message: "") }
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      line.clear()
      if let gone = error as? ConnectError, gone.isReaderGone {
        throw CommandFailure(status: ExitStatus.failed, message: "")
      }
      throw CommandFailure(
        status: ExitStatus.failed, message: "tidemark: error: \(lines: "\(error)")")
    }
  }
}

/// One line on a terminal that shows how far a run is; lines now and then elsewhere.
final class ProgressLine {
  let name: String
  let isQuiet: Bool
  private let width = Console.errorWidth
  private let isTerminal = Console.isErrorTerminal
  private var lastNs: UInt64 = 0
  private var isShown = false

  init(name: String, isQuiet: Bool) {
    self.name = SafeText.visible(name)
    self.isQuiet = isQuiet
  }

  func show(_ progress: JobProgress) {
    // Ten times a second on a terminal, every ten seconds in a log.
    let interval: UInt64 = isTerminal ? 100_000_000 : 10_000_000_000
    guard !isQuiet, progress.elapsedNs - lastNs >= interval else { return }
    lastNs = progress.elapsedNs
    let text = Self.text(progress, name: name, width: width ?? 100, isTerminal: isTerminal)
    if isTerminal {
      Console.err("\(TerminalCommand.clearLine)\(text)")
      isShown = true
    } else {
      Console.err("\(text)\n")
    }
  }

  func say(_ text: String) {
    clear()
    Console.err("\(text)\n")
  }

  func clear() {
    if isShown { Console.err("\(TerminalCommand.clearLine)") }
    isShown = false
  }

  static func text(_ progress: JobProgress, name: String, width: Int, isTerminal: Bool) -> String {
    let seconds = max(Double(progress.elapsedNs) / 1e9, 1e-9)
    var parts = ["\(Figures.grouped(progress.recordsRead)) read"]
    parts.append("\(Figures.rate(Double(progress.recordsThisRun) / seconds))/s")
    parts.append(
      "wm \(progress.watermark == minWatermark ? "—" : formatTimestamp(progress.watermark))")
    parts.append(
      progress.checkpoints == 0 ? "no checkpoint yet" : "\(progress.checkpoints) checkpoints")
    if progress.failedCheckpoints > 0 { parts.append("\(progress.failedCheckpoints) failed") }
    if progress.restarts > 0 { parts.append("\(progress.restarts) restarts") }
    parts.append("state \(formatBytes(Int64(progress.stateBytes)))")
    let tail = parts.joined(separator: " · ")
    guard let total = progress.bytesTotal, total > 0 else { return "\(name)  \(tail)" }
    let share = min(1, Double(progress.bytesRead) / Double(total))
    let percent = "\(Figures.right(String(Int(share * 100)), 3)) %"
    let room = width - name.count - percent.count - tail.count - 6
    guard isTerminal, room >= 10 else { return "\(name)  \(percent)  \(tail)" }
    let cells = min(room, 40)
    let filled = Int(share * Double(cells))
    let bar =
      String(repeating: "━", count: filled) + String(repeating: "─", count: cells - filled)
    return "\(name)  \(bar)  \(percent)  \(tail)"
  }
}

/// What a run says at its end: where every record is.
enum RunSummary {
  static func text(_ summary: JobSummary, graph: JobGraph) -> String {
    let account = summary.accounting
    let seconds = max(Double(summary.elapsedNs) / 1e9, 1e-9)
    let rate = Figures.rate(Double(summary.recordsThisRun) / seconds)
    let verb =
      summary.wasDrained ? "drained after" : summary.wasStopped ? "stopped after" : "done in"
    var lines = [
      "\(SafeText.visible(graph.name)): \(verb) \(Figures.seconds(summary.elapsedNs)), \(rate) records/s"
        + (summary.restoredFrom.map { ", from checkpoint \($0)" } ?? "")
    ]
    var rows: [(String, Int64, String)] = [
      ("read", account.read, ""),
      ("emitted", account.emitted, hasWindow(graph) ? "into windows" : "to sinks"),
      ("filtered", account.filtered, ""),
      ("late", account.late, lateNote(account)),
      ("gaps", account.unassigned, "between windows: the slide is over the size"),
      ("bad", account.bad, "dead letters"),
    ]
    rows = rows.filter {
      $0.1 > 0 || $0.0 == "read" || $0.0 == "emitted" || $0.0 == "late" && !$0.2.isEmpty
    }
    let width = rows.map { Figures.grouped($0.1).count }.max() ?? 0
    for (name, count, note) in rows {
      let number = Figures.right(Figures.grouped(count), width)
      lines.append("  \(Figures.left(name, 9)) \(number)\(note.isEmpty ? "" : "   \(note)")")
    }
    if account.isLinear {
      let gaps = account.unassigned > 0 ? " + gaps" : ""
      lines.append(
        "  read = emitted + filtered + late\(gaps) + bad: every record is accounted for")
    }
    lines += summary.sources.flatMap(splits)
    lines += safety(summary)
    for (index, node) in graph.nodes.enumerated() {
      guard case .sink(let sink) = node.logic else { continue }
      let rows = Figures.grouped(account.lines[index].counters.rowsIn)
      lines.append(
        "  → \(SafeText.visible(sink.target.isEmpty ? sink.kind : sink.target)): \(rows) rows, \(sink.guarantee.rawValue)"
      )
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func lateNote(_ account: JobAccounting) -> String {
    var notes: [String] = []
    if account.lateUpdates > 0 {
      notes.append(
        "\(Figures.grouped(account.lateUpdates)) more came late and updated their window")
    }
    if account.partlyLate > 0 {
      notes.append(
        "\(Figures.grouped(account.partlyLate)) more were late for some of their windows")
    }
    return notes.joined(separator: "; ")
  }

  /// What the state took, and what checkpoints did.
  private static func safety(_ summary: JobSummary) -> [String] {
    var lines: [String] = []
    if !summary.peakState.isEmpty {
      let parts = summary.peakState.map {
        "\(SafeText.visible($0.id)) \(formatBytes(Int64($0.bytes)))"
      }
      lines.append("  state at its largest: \(parts.joined(separator: ", "))")
    }
    var words = ["\(summary.checkpoints) checkpoint\(summary.checkpoints == 1 ? "" : "s")"]
    if summary.sharedBytes > 0 {
      words[0] += " of \(formatBytes(summary.checkpointBytes))"
      words.append("\(formatBytes(summary.sharedBytes)) of it shared with earlier ones")
    }
    if let bytes = summary.lastCheckpointBytes, let taken = summary.lastCheckpointNs,
      let freeze = summary.lastFreezeNs
    {
      words.append(
        "the last \(formatBytes(bytes)) in \(Figures.milliseconds(taken)), of which the stream stood"
          + " still for \(Figures.milliseconds(freeze))")
    }
    if summary.failedCheckpoints > 0 { words.append("\(summary.failedCheckpoints) failed") }
    if summary.restarts > 0 { words.append("restarted \(summary.restarts)×") }
    if summary.checkpoints > 0 || words.count > 1 {
      lines.append("  \(words.joined(separator: ", "))")
    }
    return lines
  }

  /// How far each of several splits was read, and who held the watermark.
  private static func splits(_ status: WatermarkStatus) -> [String] {
    guard status.splits.count > 1 else { return [] }
    let shown = status.splits.prefix(20)
    let width = shown.map { Figures.grouped($0.records).count }.max() ?? 0
    var lines = shown.enumerated().map { index, split in
      let newest = split.newest.map { ", newest \(formatTimestamp($0))" } ?? ""
      let holds = index == status.holder ? ", holds the watermark" : ""
      return "  split \(Figures.right(Figures.grouped(split.records), width)) records"
        + "   \(SafeText.visible(split.name))\(newest), \(split.state.words())\(holds)"
    }
    let more = status.splits.count - shown.count
    if more > 0 { lines.append("  … and \(more) splits more") }
    return lines
  }

  private static func hasWindow(_ graph: JobGraph) -> Bool {
    graph.nodes.contains { if case .window = $0.logic { true } else { false } }
  }
}
