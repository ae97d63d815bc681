import ArgumentParser
import Connectors
import Engine
import Foundation
import Glibc
import Runtime
import VisibleText

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure this machine: parse, aggregate, end to end, snapshots, time travel.",
    discussion: """
      Makes a log of JSON lines (124 bytes an event, 10,000 keys), runs each case once to warm up \
      and then some times more, and prints the median.
      """)

  @Argument(
    help: """
      Cases: parse, aggregate, end-to-end; keyed, saved, freeze, encode, restore, with the state of \
      1,000,000 keys; index, jump, back, firing: time travel in the studio. All where none is named.
      """)
  var cases: [String] = []

  @Option(help: "Events in the log.")
  var events: Int = 2_000_000

  @Option(help: "Counted runs of each case.")
  var repeats: Int = 5

  @Option(help: "Subtasks.")
  var parallelism: Int = 1

  @Option(help: "A log made by 'tidemark generate bench', in place of making one.")
  var log: String?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard events > 0, repeats > 0, (1...128).contains(parallelism) else {
      throw ValidationError("--events and --repeats are at least 1, --parallelism is 1 to 128")
    }
    for name in cases where Benchmark.Case(rawValue: name) == nil {
      let known = Benchmark.Case.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("'\(name)' is no case; cases: \(known)")
    }
  }

  func run() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("tidemark-bench-\(getpid())").path
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let path = try log ?? makeLog(in: folder)
      let benchmark = Benchmark(
        log: path, folder: folder, parallelism: parallelism, keys: min(events, 1_000_000))
      let chosen = cases.isEmpty ? Benchmark.Case.allCases : cases.compactMap(Benchmark.Case.init)
      let results = try chosen.map { try benchmark.run($0, repeats: repeats) }
      Console.out(
        json ? ConsoleText(json: try encode(results)) : ConsoleText(lines: table(results)))
    } catch {
      throw CommandFailure.failed(error)
    }
  }

  private func makeLog(in folder: String) throws -> String {
    let path = "\(folder)/bench.jsonl"
    Console.err("making \(Figures.grouped(Int64(events))) events …\n")
    let writer = try GeneratedFiles(folder: folder, names: ["bench.jsonl"])
    try SampleLog.bench.generate(GenerateOptions(for: .bench, events: events)) {
      try writer.write($0, $1)
    }
    try writer.close()
    return path
  }

  private func table(_ results: [Benchmark.Result]) -> String {
    var text = "case          events/s     MB/s     median      worst   spread   (\(repeats) runs, "
    text += "parallelism \(parallelism))\n"
    for result in results {
      text += Figures.left(result.benchmark.rawValue, 12)
      text += Figures.right(Figures.rate(result.eventsPerSecond), 10)
      text += Figures.right(Figures.rounded(result.bytesPerSecond / 1e6, digits: 0), 9)
      text += Figures.right("\(Figures.rounded(result.median, digits: 4)) s", 11)
      text += Figures.right("\(Figures.rounded(result.worst, digits: 4)) s", 11)
      text += Figures.right("\(Figures.rounded(result.spread * 100, digits: 0)) %", 9)
      text += "   \(result.benchmark.summary)\n"
    }
    return text
  }

  private struct Row: Encodable {
    var `case`: String
    var events: Int64
    var eventsPerSecond: Double
    var megabytesPerSecond: Double
    var medianSeconds: Double
    var worstSeconds: Double
    var seconds: [Double]
    var parallelism: Int
  }

  private func encode(_ results: [Benchmark.Result]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let rows = results.map { result in
      Row(
        case: result.benchmark.rawValue, events: result.events,
        eventsPerSecond: result.eventsPerSecond, megabytesPerSecond: result.bytesPerSecond / 1e6,
        medianSeconds: result.median, worstSeconds: result.worst, seconds: result.seconds,
        parallelism: parallelism)
    }
    return String(decoding: try encoder.encode(rows), as: UTF8.self) + "\n"
  }
}
