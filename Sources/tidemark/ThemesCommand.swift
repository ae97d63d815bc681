import ArgumentParser
import Glibc
import Terminal
import VisibleText

struct ThemesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "themes",
    abstract: "List the studio's themes, preview one, or validate theme files.")

  @Argument(help: "Themes by name to preview, or theme files (.yaml) to validate.")
  var names: [String] = []

  func run() throws {
    if names.isEmpty {
      Console.out(ConsoleText(lines: list()))
      return
    }
    var isFaulty = false
    for name in names {
      if name.hasSuffix(".yaml") || name.contains("/") {
        let faults = Theme.validate(name)
        isFaulty = isFaulty || !faults.isEmpty
        Console.err(
          faults.isEmpty
            ? "\(name): no faults\n"
            : "\(lines: faults.map(\.description).joined(separator: "\n"))\n")
        if faults.isEmpty, let theme = load(file: name) { Console.out(preview(theme)) }
      } else {
        do {
          Console.out(preview(try Theme.load(named: name, searching: Folders.themes)))
        } catch {
          Console.err("\(lines: "\(error)")\n")
          isFaulty = true
        }
      }
    }
    if isFaulty { throw CommandFailure(status: ExitStatus.usage, message: "") }
  }

  private func load(file: String) -> Theme? {
    let parts = file.split(separator: "/", omittingEmptySubsequences: false)
    let folder = parts.dropLast().joined(separator: "/")
    guard let name = parts.last?.split(separator: ".").first else { return nil }
    return try? Theme.load(named: String(name), searching: [folder.isEmpty ? "." : folder])
  }

  private func list() -> String {
    let entries = ThemeCatalog.list(searching: Folders.themes)
    let width = entries.map(\.name.count).max() ?? 0
    return entries.map { entry in
      let state =
        entry.faults.isEmpty ? entry.summary : "cannot be used: \(entry.faults[0].description)"
      return "\(Figures.left(entry.name, width))  \(state)\n"
    }.joined()
  }

  /// The roles in their colours, where standard output shows them.
  private func preview(_ theme: Theme) -> ConsoleText {
    let depth: ColorDepth =
      Console.isOutputTerminal
      ? .detect(environment: Folders.environment, terminalColors: 256) : .mono
    let resolved = theme.resolved(for: depth)
    var text: ConsoleText = "\(theme.name): \(theme.summary)\n"
    for role in ThemeRole.allCases {
      let style = resolved.style(role)
      let codes =
        Self.codes(style.foreground, isForeground: true)
        + Self.codes(style.background, isForeground: false)
      let name = Figures.left("\(role)", 14)
      text +=
        codes.isEmpty
        ? "   \(name) \n"
        : "  \(TerminalCommand.style(codes)) \(name) \(TerminalCommand.style([]))\n"
    }
    return text
  }

  private static func codes(_ color: Color, isForeground: Bool) -> [UInt8] {
    switch color {
    case .terminal: []
    case .ansi(let index): [isForeground ? 38 : 48, 5, index]
    case .rgb(let red, let green, let blue): [isForeground ? 38 : 48, 2, red, green, blue]
    }
  }
}
