internal import Foundation
internal import VisibleText

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
    let head = SafeText.visible(
      "\(place): \(diagnostic.severity.rawValue): \(diagnostic.message)")
    guard let source, diagnostic.line <= source.lineCount, !source.bytes.isEmpty else {
      return head + (diagnostic.hint.map { "\n  \(SafeText.visible($0))" } ?? "")
    }
    let (shown, before, marked) = excerpt(source.line(diagnostic.line), of: diagnostic)
    let number = String(diagnostic.line)
    let gutter = String(repeating: " ", count: number.count)
    // What is shown is visible already, so the columns are those of the terminal.
    let padding = String(repeating: " ", count: DisplayWidth.columns(of: before))
    let carets = String(repeating: "^", count: max(1, DisplayWidth.columns(of: marked)))
    let hint = diagnostic.hint.map { " \(SafeText.visible($0))" } ?? ""
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
      return SafeText.visible(String(view).replacing("\t", with: "    "))
    }
    let lead = from > 0 ? "…" : ""
    let tail = to < scalars.count ? "…" : ""
    let shownEnd = min(max(end, start), max(to, start))
    return (
      lead + text(from..<max(from, to)) + tail, lead + text(from..<start), text(start..<shownEnd)
    )
  }
}
