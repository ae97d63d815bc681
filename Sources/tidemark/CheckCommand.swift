import ArgumentParser
import Pipelines
import VisibleText

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check pipeline files: every fault with its place and a remedy.",
    discussion: "Exit status: 0 where no file has an error (warnings pass), 2 otherwise.")

  @Argument(help: "The pipeline files.")
  var files: [String]

  @Flag(help: "Print the diagnostics as JSON, for editors and CI.")
  var json = false

  func run() throws {
    var diagnostics: [Diagnostic] = []
    var text = ""
    for file in files {
      let document = PipelineDocument.load(path: file)
      let found =
        document.diagnostics + (document.hasErrors ? [] : document.outsideWarnings())
      diagnostics += found
      let rendered = DiagnosticRenderer.text(found, source: document.text)
      text += rendered.isEmpty ? "" : "\(rendered)\n"
    }
    if json {
      Console.out("\(json: DiagnosticRenderer.json(diagnostics))\n")
    } else if diagnostics.isEmpty {
      Console.err(
        files.count == 1 ? "\(files[0]): no faults\n" : "\(files.count) files: no faults\n")
    } else {
      Console.err("\(lines: text)\(DiagnosticRenderer.summary(diagnostics))\n")
    }
    if diagnostics.contains(where: { $0.severity == .error }) {
      throw CommandFailure(status: ExitStatus.usage, message: "")
    }
  }
}
