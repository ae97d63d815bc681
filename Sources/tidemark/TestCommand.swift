import ArgumentParser
import Columns
import Engine
import Glibc
import Pipelines
import Runtime
import Terminal
import VisibleText

struct TestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Run the tests of pipelines: given events, expected rows.",
    discussion: """
      Tests stand in the pipeline's own file, under `tests:`; 'tidemark explain tests' shows how. \
      They run through the pipeline's steps and touch no file. Exit status: 0 all passed, 1 some \
      failed, 2 a pipeline is wrong or there was nothing to run.
      """)

  @Argument(help: "The pipeline files.")
  var files: [String]

  @Option(help: "Only tests whose name has this in it; * and ? stand for anything.")
  var name: String?

  @Flag(help: "Draw with ASCII only.")
  var ascii = false

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    var outcomes: [TestedFile] = []
    var isFaulty = false
    let ink = Ink.output(ascii: ascii)
    for file in files {
      let document = PipelineDocument.load(path: file)
      switch document.planTests() {
      case .failure:
        isFaulty = true
        outcomes.append(TestedFile(path: file, outcomes: [], diagnostics: document.diagnostics))
        if !json {
          let summary = DiagnosticRenderer.summary(document.diagnostics)
          Console.err("\(lines: document.renderedDiagnostics)\n\(summary)\n")
        }
      case .success(let tests):
        if !json { Console.out(TestText.head(file, ink)) }
        var tested = TestedFile(path: file, outcomes: [], diagnostics: [])
        for test in tests where isMeant(test.name) {
          let outcome = TestOutcome.of(test)
          tested.outcomes.append(outcome)
          if !json { Console.out(TestText(outcome: outcome, ink: ink).text) }
        }
        if !json, tested.outcomes.isEmpty { Console.out(TestText.nothing(tests.count, ink)) }
        outcomes.append(tested)
      }
    }
    let all = outcomes.flatMap(\.outcomes)
    let failed = all.count { !$0.hasPassed }
    Console.out(
      json
        ? ConsoleText(json: try TestJSON.text(outcomes))
        : TestText.summary(all.count, failed, ink))
    if isFaulty || all.isEmpty {
      let message: ConsoleText =
        isFaulty
        ? ""
        : "tidemark: error: there was no test to run"
          + (name.map { ": none is named '\($0)'" }
            ?? "; 'tidemark explain tests' shows how they are written")
      throw CommandFailure(status: ExitStatus.usage, message: message)
    }
    if failed > 0 { throw CommandFailure(status: ExitStatus.failed, message: "") }
  }

  private func isMeant(_ test: String) -> Bool {
    guard let name else { return true }
    let pattern = name.contains(where: { "*?".contains($0) }) ? name : "*\(name)*"
    return fnmatch(pattern.lowercased(), test.lowercased(), 0) == 0
  }
}

/// A file whose tests were run.
struct TestedFile {
  var path: String
  var outcomes: [TestOutcome]
  var diagnostics: [Diagnostic]
}

/// How a test went.
struct TestOutcome {
  var test: PlannedTest
  /// Nil where it could not be run.
  var run: CapturedRun?
  var comparisons: [TestComparison] = []
  var error: String?
  var elapsedNs: UInt64 = 0

  var hasPassed: Bool { error == nil && comparisons.allSatisfy(\.isAsExpected) }

  static func of(_ test: PlannedTest) -> TestOutcome {
    let clock = SystemClock()
    let started = clock.monotonicNs
    var outcome = TestOutcome(test: test)
    do {
      let run = try CapturedRun.run(
        test.graph, stopAfter: test.stopAfter,
        marker: test.stopAfter == nil ? nil : PlannedTest.endMarker)
      outcome.run = run
      outcome.comparisons = test.checks.map { check in
        switch check.rows {
        case .sink(let node): TestComparison(check, got: run.rows[node] ?? [])
        case .dead(let node):
          TestComparison(
            check,
            got: run.dead.filter { node == nil || $0.node == node }.map {
              [.string($0.error), .string($0.position), .string($0.raw)]
            })
        }
      }
    } catch {
      outcome.error = "\(error)"
    }
    outcome.elapsedNs = clock.monotonicNs - started
    return outcome
  }

  /// Where the records are, in words: `read 5: 3 into windows, 1 filtered, 1 late`.
  var accounting: String {
    guard let run else { return "" }
    let account = JobAccounting(graph: test.graph, counters: run.counters)
    let hasWindow = test.graph.nodes.contains {
      if case .window = $0.logic { true } else { false }
    }
    let parts = [
      (account.emitted, hasWindow ? "into windows" : "to sinks"),
      (account.lateUpdates, "of them late and in time for an update"),
      (account.partlyLate, "of them late for some of their windows"),
      (account.filtered, "filtered"), (account.late, "too late"),
      (account.unassigned, "between windows"), (account.bad, "dead letters"),
    ]
    let words = parts.filter { $0.0 > 0 }.map { "\(Figures.grouped($0.0)) \($0.1)" }
    return "read \(Figures.grouped(run.read))"
      + (words.isEmpty ? "" : ": " + words.joined(separator: ", "))
  }

  /// What may explain a failure.
  var hints: [String] {
    guard let run else { return [] }
    var hints: [String] = []
    for late in run.late.prefix(3) {
      var lateness: Int64 = 0
      if case .window(let spec) = test.graph.nodes[late.node].logic {
        lateness = spec.allowedLatenessMs
      }
      let span = "[\(Self.clock(late.start)), \(Self.clock(late.end)))"
      let kept =
        lateness > 0
        ? "allowed_lateness is \(formatDuration(lateness))" : "no window is kept for late rows"
      let key = late.key.isEmpty ? "a row" : late.key
      let missed =
        late.missedByMs > 0
        ? "missed \(span) by \(formatDuration(late.missedByMs))"
        : "just missed \(span): the watermark had reached its last millisecond"
      hints.append("\(key) at \(Self.clock(late.time)) \(missed); \(kept)")
    }
    let showsDead = comparisons.contains { comparison in
      if case .dead = comparison.check.rows { !comparison.isAsExpected } else { false }
    }
    for dead in run.dead.prefix(showsDead ? 0 : 3) {
      hints.append("dead letter \(dead.position): \(dead.error)")
    }
    for comparison in comparisons where !comparison.isAsExpected && comparison.check.isOrdered {
      var check = comparison.check
      check.isOrdered = false
      if TestComparison(check, got: comparison.got).isAsExpected {
        hints.append(
          "the \(check.title) are right but for their order; `order: any` compares without it")
      }
    }
    if test.stopAfter != nil, comparisons.contains(where: Self.isMissingRows) {
      hints.append("the input does not end here: only what the watermark has reached comes out")
    }
    return hints
  }

  private static func isMissingRows(_ comparison: TestComparison) -> Bool {
    comparison.lines.contains { if case .missing = $0 { true } else { false } }
  }

  /// The time of day, with milliseconds where there are some.
  private static func clock(_ ms: Int64) -> String {
    let text = formatTimestamp(ms)
    guard text.count == 24 else { return text }
    return String(text.dropFirst(11).dropLast(text.hasSuffix(".000Z") ? 5 : 1))
  }
}
