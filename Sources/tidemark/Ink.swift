import Glibc
import Terminal
import VisibleText

/// How a report is drawn on standard output: with which signs, in colour or not, how wide.
///
/// Colour only where a person looks at it: on a terminal, without `NO_COLOR`. Signs outside ASCII
/// only where the locale is UTF-8.
struct Ink {
  /// By the number of the terminal's style.
  enum Tone: UInt8 {
    case good = 32
    case bad = 31
    case notice = 33
    case accent = 36
    case strong = 1
    case faint = 2
  }

  var hasColor: Bool
  var isUnicode: Bool
  var width: Int

  /// For standard output.
  ///
  /// - Parameter ascii: nothing but ASCII, whatever the locale.
  static func output(ascii: Bool) -> Ink {
    let environment = Folders.environment
    let isPlain = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
    return Ink(
      hasColor: Console.isOutputTerminal && !isPlain,
      isUnicode: !ascii && speaksUTF8(environment), width: outputWidth)
  }

  /// Whether the locale's letters are UTF-8: the first of these variables that is set counts.
  static func speaksUTF8(_ environment: [String: String]) -> Bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"]
    let locale = names.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    let upper = locale.uppercased()
    return upper.contains("UTF-8") || upper.contains("UTF8")
  }

  /// The terminal's columns, 60 to 120; 100 elsewhere.
  private static var outputWidth: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
    return min(max(Int(size.ws_col), 60), 120)
  }

  func paint(_ text: String, _ tone: Tone) -> ConsoleText { paint(ConsoleText(text), tone) }

  func paint(_ text: ConsoleText, _ tone: Tone) -> ConsoleText {
    guard hasColor, !text.isEmpty else { return text }
    return "\(TerminalCommand.style([tone.rawValue]))\(text)\(TerminalCommand.style([]))"
  }

  /// A sign, or what stands for it in ASCII.
  func sign(_ unicode: String, _ ascii: String) -> String { isUnicode ? unicode : ascii }

  /// A bar of this share of some cells, to an eighth of a cell; anything above 0 shows.
  func bar(_ share: Double, cells: Int) -> String {
    guard share > 0, cells > 0 else { return "" }
    if !isUnicode {
      return String(repeating: "#", count: max(1, Int((share * Double(cells)).rounded())))
    }
    let eighths = max(1, Int((share * Double(cells) * 8).rounded()))
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
  }

  /// Text from elsewhere as it will be shown, so that its columns can be counted; ASCII where that
  /// is all.
  func safe(_ text: String) -> String {
    let visible = SafeText.visible(text)
    if isUnicode { return visible }
    return String(
      visible.unicodeScalars.map { scalar -> Character in
        switch scalar {
        case "–", "—": "-"
        case "…": "~"
        case "→": ">"
        default: scalar.isASCII ? Character(scalar) : "?"
        }
      })
  }

  /// Pads to a number of columns, cutting what is longer.
  func fitted(_ text: String, _ columns: Int) -> String {
    var text = text
    if DisplayWidth.columns(of: text) > columns {
      while DisplayWidth.columns(of: text) > max(0, columns - 1) { text.removeLast() }
      text += sign("…", "~")
    }
    return text
      + String(repeating: " ", count: max(0, columns - DisplayWidth.columns(of: text)))
  }

  /// Breaks a text into lines of at most so many columns.
  func wrapped(_ text: String, indent: String) -> ConsoleText {
    var lines: [String] = []
    var line = indent
    for word in text.split(separator: " ") {
      if line != indent,
        DisplayWidth.columns(of: line) + DisplayWidth.columns(of: String(word)) + 1 > width
      {
        lines.append(line)
        line = indent
      }
      line += (line == indent ? "" : " ") + word
    }
    return (lines + [line]).map { ConsoleText($0) }.joined(separator: "\n")
  }
}
