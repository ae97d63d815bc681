import ArgumentParser
import Engine
import Glibc
import Pipelines
import Runtime
import VisibleText

struct CheckpointsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoints",
    abstract: "List, show and verify the checkpoints and savepoints of jobs.",
    discussion: """
      tidemark checkpoints [FILE|FOLDER]           what is there, and what the next run goes on from
      tidemark checkpoints show N|PATH             one checkpoint: sources, operators, sinks, counters
      tidemark checkpoints verify [FILE|FOLDER]    reads every byte; exit status 1 if one is damaged

      FILE is a pipeline; FOLDER a job's checkpoints, those of several jobs, or a savepoint. Without \
      one: the checkpoints in this folder.
      """,
    subcommands: [List.self, Show.self, Verify.self], defaultSubcommand: List.self)

  struct Place: ParsableArguments {
    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Draw with ASCII only.")
    var ascii = false
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List checkpoints, oldest first. Files are counted and measured, not read.")

    @Argument(help: "A pipeline, or a folder.")
    var place: String?

    @OptionGroup var options: Place

    func run() throws {
      let found = try CheckpointsCommand.find(place, .sizes)
      if options.json {
        Console.out("\(json: try CheckpointsJSON.list(found))")
      } else {
        let ink = Ink.output(ascii: options.ascii)
        Console.out(
          CheckpointsText(places: found, place: place, ink: ink, nowMs: SystemClock().wallMs).list)
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what a checkpoint holds.")

    @Argument(help: "The checkpoint's number, or the path of its folder.")
    var which: String

    @Argument(help: "Where to look for a number: a pipeline, or a folder.")
    var place: String?

    @OptionGroup var options: Place

    func run() throws {
      let report = try CheckpointsCommand.one(which, place)
      if options.json {
        Console.out("\(json: try CheckpointsJSON.show(report))")
      } else {
        let ink = Ink.output(ascii: options.ascii)
        Console.out(
          CheckpointText(report: report, ink: ink, nowMs: SystemClock().wallMs).text)
      }
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read every byte of every checkpoint and compare the checksums.",
      discussion: "Exit status: 0 all are sound, 1 one is damaged, 2 there is nothing to verify.")

    @Argument(help: "A pipeline, a folder, or a checkpoint.")
    var place: String?

    @OptionGroup var options: Place

    func run() throws {
      let found = try CheckpointsCommand.find(place, .checksums)
      if found.jobs.allSatisfy({ $0.all.isEmpty }) {
        throw CommandFailure(
          status: ExitStatus.usage,
          message: "tidemark: error: there are no checkpoints in \(place ?? "this folder")")
      }
      if options.json {
        Console.out("\(json: try CheckpointsJSON.verify(found))")
      } else {
        let ink = Ink.output(ascii: options.ascii)
        Console.out(
          CheckpointsText(places: found, place: place, ink: ink, nowMs: SystemClock().wallMs)
            .verified)
      }
      if found.jobs.contains(where: { $0.all.contains(where: \.isDamaged) }) {
        throw CommandFailure(status: ExitStatus.failed, message: "")
      }
    }
  }

  // MARK: Finding

  /// The checkpoints of a pipeline, or those at a folder.
  static func find(_ place: String?, _ depth: CheckpointReport.Depth) throws -> CheckpointPlaces {
    do {
      let place = place ?? "."
      if OpenedJob.isPipeline(place), !isFolder(place) {
        let job = try OpenedJob.pipeline(place)
        return try .find(job: job.graph.name, in: job.checkpointDirectory, depth: depth)
      }
      return try .find(at: place, depth: depth)
    } catch let error as ConnectError {
      throw wrong("\(error)")
    }
  }

  /// One checkpoint by its number or its folder, with every byte read.
  static func one(_ which: String, _ place: String?) throws -> CheckpointReport {
    guard let number = Int64(which) else {
      let report = CheckpointReport.of(which, depth: .checksums)
      if !isFolder(which) { throw wrong("there is no folder \(which); give a number or a path") }
      return report
    }
    let found = try find(place, .sizes)
    let matches = found.jobs.flatMap(\.reports).filter { $0.number == number }
    guard let match = matches.first else {
      let numbers = found.jobs.flatMap(\.reports).compactMap(\.number).map(String.init)
      throw wrong(
        "there is no checkpoint \(number) in \(place ?? "this folder")"
          + (numbers.isEmpty ? "" : "; there are \(numbers.joined(separator: ", "))"))
    }
    if matches.count > 1 {
      throw wrong(
        "several jobs have a checkpoint \(number); name one: "
          + matches.map { "tidemark checkpoints show \($0.path)" }.joined(separator: ", "))
    }
    return .of(match.path, depth: .checksums)
  }

  private static func isFolder(_ path: String) -> Bool {
    var info = stat()
    return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
  }

  private static func wrong(_ message: String) -> CommandFailure {
    CommandFailure(
      status: ExitStatus.usage, message: "tidemark: error: \(message)")
  }
}
