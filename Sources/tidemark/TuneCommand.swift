import ArgumentParser
import Columns
import Connectors
import Engine
import Expressions
import Foundation
import Pipelines
import Runtime
import Terminal
import VisibleText

struct TuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Read a log once: its disorder, what each out-of-orderness costs, a watermark.",
    discussion: """
      tidemark tune clicks.jsonl            a log: format and time are found in its beginning
      tidemark tune 'logs/*.jsonl'          several files are splits, each with its own watermark
      tidemark tune pipeline.yaml           a pipeline's source, parse, filters and window

      For each bound it counts the rows that would be behind the watermark, and those that would \
      be late for their window, exactly as a run would judge them. Results come as much later as \
      the bound is long.
      """)

  @Argument(help: "A log, several logs, a pattern, or a pipeline (.yaml).")
  var files: [String]

  @Option(help: "The column that says when an event happened.")
  var time: String?

  @Option(help: "The size of the windows to judge rows by, such as '1 m'.")
  var window: String?

  @Option(name: .customLong("try"), help: "A further out-of-orderness to weigh, such as '7 s'.")
  var tries: [String] = []

  @Flag(help: "Draw with ASCII only.")
  var ascii = false

  @Flag(help: "Print JSON: every bound, bar, split and silence, lengths of time in ms.")
  var json = false

  func validate() throws {
    for text in [window].compactMap({ $0 }) + tries where LengthOfTime.milliseconds(text) == nil {
      throw ValidationError("'\(text)' is not a length of time, such as 500 ms, 30 s or 5 m")
    }
    if window.flatMap(LengthOfTime.milliseconds) == 0 {
      throw ValidationError("a window lasts longer than 0 s")
    }
    if files.count > 1, let pipeline = files.first(where: OpenedJob.isPipeline) {
      throw ValidationError("'\(pipeline)' is a pipeline: tune it alone, or give logs only")
    }
  }

  func run() throws {
    let subject = try TuneSubject.open(
      files, time: time, window: window.flatMap(LengthOfTime.milliseconds),
      alsoTry: tries.compactMap(LengthOfTime.milliseconds))
    let report: TuningReport
    var meter = ReadingMeter(name: subject.name)
    do {
      report = try Tuning.run(
        subject.job, lanes: ThreadLanes(width: ProcessInfo.processInfo.activeProcessorCount)
      ) {
        meter.show(read: $0, total: $1)
      }
      meter.clear()
    } catch {
      meter.clear()
      throw CommandFailure(
        status: ExitStatus.failed, message: "tidemark: error: \(error)")
    }
    guard report.events > 0 else {
      throw CommandFailure(
        status: ExitStatus.failed,
        message: "tidemark: error: none of \(Figures.grouped(report.records)) records of "
          + "\(subject.name) has an event time"
          + " (\(Figures.grouped(report.unparsed)) cannot be parsed); name its column: --time NAME")
    }
    let proposal = WatermarkProposal.of(report, takesIdleAfter: TuneSubject.takesIdleAfter)
    let shown = report.candidates(also: subject.asked + [proposal.outOfOrdernessMs])
    if json {
      let text = try TuneJSON.text(report, proposal, shown: shown, subject: subject)
      Console.out(ConsoleText(json: text))
    } else {
      Console.out(
        TuneText(
          report: report, proposal: proposal, shown: shown, subject: subject,
          ink: .output(ascii: ascii)
        ).text)
    }
  }
}

/// What is tuned: a pipeline's beginning, or logs with the parse that was proposed for the first.
struct TuneSubject {
  var name: String
  var job: TuningJob
  /// The event time's column.
  var time: String
  var isPipeline: Bool
  /// Where the window is from, in words.
  var windowOrigin: String
  /// Bounds that somebody has named.
  var asked: [Int64]

  private static let usualWindow = TuningJob.Window(sizeMs: 60_000)

  static func open(
    _ files: [String], time: String?, window: Int64?, alsoTry: [Int64]
  ) throws -> TuneSubject {
    let isPipeline = OpenedJob.isPipeline(files[0])
    var names = files
    if !isPipeline {
      for file in files where !file.contains(where: { "*?[".contains($0) }) {
        try OpenedJob.mustBeFile(file)
      }
      do { names = try FileSource(paths: files).splits().map(\.name) } catch {
        throw failure("\(error)")
      }
    }
    let opened = try OpenedJob.any(names[0])
    let asked = window.map { TuningJob.Window(sizeMs: $0) }
    guard var job = TuningJob.of(opened.graph, window: asked, otherwise: usualWindow) else {
      throw failure("the pipeline has no source")
    }
    if job.spec.watermark.isProcessingTime {
      throw failure(
        "\(files[0]) goes by processing time, the time of reading, in which nothing is late")
    }
    let column = try eventTime(time, in: job.spec, of: isPipeline ? files[0] : names[0])
    job.spec.eventTime = column
    job.spec.columns[column].isRead = true
    job.alsoTry = alsoTry
    if !isPipeline {
      job.source = FileSource(paths: files)
      job.spec.watermark = WatermarkSpec()
      for index in job.spec.columns.indices
      where index != column && index != job.spec.arrival {
        job.spec.columns[index].isRead = false
      }
    }
    let origin =
      asked != nil
      ? "as asked"
      : job.window.name.map { isPipeline ? "of \($0)" : "as proposed for this log" }
        ?? "a usual size: --window changes it"
    return TuneSubject(
      name: isPipeline ? opened.document.name : files.joined(separator: " "), job: job,
      time: job.spec.columns[column].name, isPipeline: isPipeline, windowOrigin: origin,
      asked: alsoTry + (isPipeline ? [job.spec.watermark.outOfOrdernessMs] : []))
  }

  private static func eventTime(_ name: String?, in spec: ParseSpec, of file: String) throws -> Int
  {
    let times = spec.columns.filter(\.type.isTime).map(\.name)
    let known = spec.columns.map(\.name)
    guard let name else {
      if let column = spec.eventTime { return column }
      throw failure(
        "\(file) has no event time; name its column: --time NAME"
          + (times.isEmpty ? "" : " (times: \(times.joined(separator: ", ")))"))
    }
    guard let column = known.firstIndex(of: name) else {
      let hint = Expressions.Suggestion.hint(name, among: known, called: "columns") ?? ""
      throw failure("\(file) has no column '\(name)'; \(hint)")
    }
    guard spec.columns[column].type.isTime else {
      throw failure(
        "column '\(name)' is \(spec.columns[column].type.name), not a time"
          + (times.isEmpty ? "" : "; times: \(times.joined(separator: ", "))")
          + "; in a pipeline it can be declared as TIMESTAMP_LTZ(3) with a `unit`")
    }
    return column
  }

  private static func failure(_ message: String) -> CommandFailure {
    CommandFailure(
      status: ExitStatus.usage, message: "tidemark: error: \(message)")
  }

  /// Whether a parse knows `idle_after`: nothing is proposed that the check would refuse.
  static var takesIdleAfter: Bool {
    OperatorDescriptors.formats.contains { format in
      format.options.contains { option in
        guard option.name == "watermark", case .group(let members) = option.kind else {
          return false
        }
        return members.contains { $0.name == "idle_after" }
      }
    }
  }
}

/// A line on a terminal that says how far a log is read.
struct ReadingMeter {
  private let name: String
  private let clock = SystemClock()
  private var lastNs: UInt64
  private var isShown = false

  init(name: String) {
    self.name = SafeText.visible(name)
    lastNs = clock.monotonicNs
  }

  mutating func show(read: Int64, total: Int64?) {
    guard Console.isErrorTerminal, clock.monotonicNs - lastNs >= 100_000_000 else { return }
    lastNs = clock.monotonicNs
    let share = total.map { $0 > 0 ? "\(min(100, read * 100 / $0)) %" : "" } ?? ""
    let line = "reading \(name)  \(share)  \(Figures.rate(Double(read)))B"
    let shown = TextFit.truncated(line, to: Console.errorWidth ?? 80)
    Console.err("\(TerminalCommand.clearLine)\(shown)")
    isShown = true
  }

  mutating func clear() {
    if isShown { Console.err("\(TerminalCommand.clearLine)") }
    isShown = false
  }
}
