internal import Foundation

/// Writes diagnostics for people and for programs.
public enum DiagnosticRenderer {
  /// The longest part of a line that is shown, in characters.
  private static let maxShown = 160

  /// Each diagnostic with its line and a caret under the text.
  ///
  /// - Parameter text: the text of the file; nil where it could not be read.
  public static func text(_ diagnostics: [Diagnostic], source text: String?) -> String {
    let source = text.map { SourceText($0) }
    return diagnostics.map { render($0, source: source) }.joined(separator: "\n")
  }

  /// A JSON object a diagnostic: one array.
  public static func json(_ diagnostics: [Diagnostic]) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(diagnostics) else { return "[]" }
    return String(decoding: data, as: UTF8.self)
  }

  /// `2 errors, 1 warning`.
  public static func summary(_ diagnostics: [Diagnostic]) -> String {
    let errors = diagnostics.count { $0.severity == .error }
    let warnings = diagnostics.count - errors
    func count(_ number: Int, _ word: String) -> String {
      "\(number) \(word)\(number == 1 ? "" : "s")"
    }
    return [(errors, "error"), (warnings, "warning")].filter { $0.0 > 0 }
      .map { count($0.0, $0.1) }.joined(separator: ", ")
  }

  private static func render(_ diagnostic: Diagnostic, source: SourceText?) -> String {
    let place = "\(diagnostic.file):\(diagnostic.line):\(diagnostic.column)"
    let message = printable(diagnostic.message)
    let head = "\(place): \(diagnostic.severity.rawValue): \(message)"
    guard let source, diagnostic.line <= source.lineCount, !source.bytes.isEmpty else {
      return head + (diagnostic.hint.map { "\n  \(printable($0))" } ?? "")
    }
    let (shown, before, marked) = excerpt(source.line(diagnostic.line), of: diagnostic)
    let number = String(diagnostic.line)
    let gutter = String(repeating: " ", count: number.count)
    let padding = String(
      before.flatMap { character -> String in
        character == "\t" ? "\t" : String(repeating: " ", count: DisplayWidth.of(character))
      })
    let carets = String(repeating: "^", count: max(1, DisplayWidth.of(marked)))
    let hint = diagnostic.hint.map { " \(printable($0))" } ?? ""
    return "\(head)\n  \(number) | \(shown)\n  \(gutter) | \(padding)\(carets)\(hint)"
  }

  /// The part of the line that is shown, what stands in it before the caret, and what is marked.
  private static func excerpt(
    _ line: String, of diagnostic: Diagnostic
  ) -> (shown: String, before: String, marked: String) {
    let scalars = Array(line.unicodeScalars)
    let start = min(max(0, diagnostic.column - 1), scalars.count)
    let end = min(start + max(0, diagnostic.length), scalars.count)
    // A very long line is cut on both sides of the place.
    let from = scalars.count > maxShown ? max(0, start - maxShown / 2) : 0
    let to = min(scalars.count, from + maxShown)
    func text(_ range: Range<Int>) -> String {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars[range])
      return printable(String(view), keepingTabs: true)
    }
    let lead = from > 0 ? "…" : ""
    let tail = to < scalars.count ? "…" : ""
    let shownEnd = min(max(end, start), max(to, start))
    return (
      lead + text(from..<max(from, to)) + tail, lead + text(from..<start), text(start..<shownEnd)
    )
  }

  /// Control characters as visible ones: a file's text must not reach a terminal as commands.
  private static func printable(_ text: String, keepingTabs: Bool = false) -> String {
    var view = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 9 where keepingTabs: view.append(scalar)
      case 0..<32: view.append(Unicode.Scalar(UInt8(scalar.value)).picture)
      case 127...159, 0x200B...0x200F, 0x202A...0x202E, 0x2066...0x2069: view.append("\u{FFFD}")
      default: view.append(scalar)
      }
    }
    return String(view)
  }
}

extension Unicode.Scalar {
  /// The Unicode picture of a control character, such as ␛.
  fileprivate var picture: Unicode.Scalar { Unicode.Scalar(0x2400 + value) ?? "\u{FFFD}" }
}
