import ArgumentParser
import Connectors
import Engine
import Glibc
import VisibleText

struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Write a sample's log at any size, the same bytes for the same seed.",
    discussion: "Samples:\n"
      + SampleLog.allCases.map { "  \(Figures.left($0.rawValue, 14))\($0.summary)" }
      .joined(separator: "\n"))

  @Argument(help: "The sample.")
  var sample: String

  @Option(help: "Events, such as 3000, 50k or 10m.")
  var events: String?

  @Option(help: "The most that an event is out of order, such as 2s; without it, the log's story.")
  var disorder: String?

  @Option(help: "Files to deal the events to.")
  var splits: Int?

  @Option(help: "The seed.")
  var seed: UInt64 = GenerateOptions.defaultSeed

  @Option(help: "How many keys there are.")
  var keys: Int?

  @Option(
    name: [.short, .long],
    help: "The folder for the files; '-' for standard output (one split). Default: here.")
  var output: String = "."

  @Flag(help: "Overwrite files that are there.")
  var force = false

  func run() throws {
    guard let log = SampleLog(rawValue: sample) else {
      let known = SampleLog.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("'\(sample)' is no sample; samples: \(known)")
    }
    let options = try options(for: log)
    do {
      if output == "-" {
        guard options.splits == 1 else {
          throw ValidationError(
            "standard output takes one split, not \(options.splits); give --splits 1")
        }
        let writer = GeneratedFiles(descriptor: STDOUT_FILENO)
        try log.generate(options) { try writer.write($0, $1) }
        return
      }
      let names = (0..<options.splits).map { log.fileName(split: $0, of: options.splits) }
      let writer = try GeneratedFiles(folder: output, names: names, overwriting: force)
      try log.generate(options) { try writer.write($0, $1) }
      try writer.close()
      for name in names { Console.err("wrote \(output == "." ? name : "\(output)/\(name)")\n") }
    } catch let error as ValidationError {
      throw error
    } catch let error as GenerateError {
      throw ValidationError("\(error)")
    } catch {
      throw CommandFailure.failed(error)
    }
  }

  private func options(for log: SampleLog) throws -> GenerateOptions {
    var options = GenerateOptions(for: log)
    if let events {
      guard let count = Self.count(events) else {
        throw ValidationError("--events takes a number such as 3000, 50k or 10m, not '\(events)'")
      }
      options.events = count
    }
    if let disorder {
      guard let ms = Self.duration(disorder) else {
        throw ValidationError(
          "--disorder takes a length of time such as 2s or 500ms, not '\(disorder)'")
      }
      options.disorderMs = ms
    }
    if let splits { options.splits = splits }
    if let keys { options.keys = keys }
    options.seed = seed
    return options
  }

  /// `3000`, `50k`, `10m`, `1g`.
  static func count(_ text: String) -> Int? {
    let lower = text.lowercased().filter { $0 != "_" && $0 != "," }
    for (suffix, factor) in [("k", 1000), ("m", 1_000_000), ("g", 1_000_000_000)]
    where lower.hasSuffix(suffix) {
      guard let number = Int(lower.dropLast()), number > 0 else { return nil }
      let (result, overflow) = number.multipliedReportingOverflow(by: factor)
      return overflow ? nil : result
    }
    return Int(lower).flatMap { $0 > 0 ? $0 : nil }
  }

  /// `500ms`, `2s`, `5 m`, `1h`.
  static func duration(_ text: String) -> Int64? {
    let lower = text.lowercased().filter { $0 != " " }
    for (suffix, factor) in [("ms", Int64(1)), ("s", 1000), ("m", 60_000), ("h", 3_600_000)]
    where lower.hasSuffix(suffix) {
      guard let number = Int64(lower.dropLast(suffix.count)), number >= 0 else { continue }
      let (result, overflow) = number.multipliedReportingOverflow(by: factor)
      return overflow ? nil : result
    }
    return nil
  }
}
