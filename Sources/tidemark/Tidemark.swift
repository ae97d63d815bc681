import ArgumentParser
import Glibc
import VisibleText

/// The program: subcommands, and the studio where none is named.
@main
struct Tidemark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tidemark",
    abstract: "Compose, replay and watch stream jobs; run them exactly once on one machine.",
    usage: """
      tidemark [FILE]
      tidemark <command> …
      """,
    discussion: """
      Without a command the studio opens: on the gallery of samples, or on FILE, which is a \
      pipeline (.yaml) or a log, for which a pipeline is proposed.
      """,
    version: "0.1.0",
    subcommands: [
      StudioCommand.self, RunCommand.self, SavepointCommand.self, CheckCommand.self,
      CheckpointsCommand.self, TestCommand.self, TuneCommand.self,
      ExplainCommand.self,
      GenerateCommand.self, BenchCommand.self, ThemesCommand.self,
    ],
    defaultSubcommand: StudioCommand.self)

  static func main() {
    signal(SIGPIPE, SIG_IGN)  // a closed pipe is an error of the write, not the end of the program
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let failure as CommandFailure {
      failure.report()
      exit(withError: ExitCode(failure.status))
    } catch {
      exitStandard(error)
    }
  }

  /// Help, version and wrong usage: the argument parser's words, with our exit codes.
  private static func exitStandard(_ error: any Error) -> Never {
    let code = exitCode(for: error)
    if code == .success {
      Console.out("\(lines: fullMessage(for: error))\n")
      exit(withError: ExitCode.success)
    }
    let message = fullMessage(for: error)
    if !message.isEmpty { Console.err("\(lines: message)\n") }
    exit(withError: code == .validationFailure ? ExitCode(ExitStatus.usage) : code)
  }
}

/// What the program ends with.
enum ExitStatus {
  static let failed: Int32 = 1
  /// The command or the pipeline is wrong.
  static let usage: Int32 = 2
  /// Stopped by the user, cleanly.
  static let interrupted: Int32 = 130
}

/// A failure with its words and its exit status.
struct CommandFailure: Error {
  var status: Int32
  /// Printed on standard error as it stands; empty where everything has been said.
  var message: ConsoleText

  func report() {
    if !message.isEmpty { Console.err(message.hasSuffix("\n") ? message : message + "\n") }
  }

  /// A job or a file that failed.
  static func failed(_ error: any Error) -> CommandFailure {
    CommandFailure(status: ExitStatus.failed, message: "tidemark: error: \(error)")
  }
}
