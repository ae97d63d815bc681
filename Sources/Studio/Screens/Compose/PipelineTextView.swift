import Pipelines
import Terminal
import VisibleText

/// The pipeline file, with the selected step marked.
struct PipelineTextView {
  let compose: ComposeState
  let area: Rect

  private var document: PipelineDocument { compose.edit.map(\.candidate) ?? compose.document }

  private var lines: [String] {
    document.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  private var rows: Int { max(0, area.height - 2) }

  /// The line that is drawn first, before anybody scrolls: what is no YAML is in view, else the
  /// selected step.
  private var home: Int {
    let marked = compose.place.flatMap { document.stepLines(at: $0) }
    return min(max(0, (document.yamlFault?.line ?? marked?.lowerBound ?? 1) - 1 - rows / 4), last)
  }

  private var last: Int { max(0, lines.count - rows) }

  /// How far it is moved from the selected step after so many lines more.
  func moved(_ offset: Int, by step: Int) -> Int {
    min(max(0, home + offset + step), last) - home
  }

  /// The furthest that it can be scrolled to the right.
  var lastColumn: Int {
    let widest = lines.map { DisplayWidth.columns(of: $0) }.max() ?? 0
    return max(0, widest - max(8, area.width - 2 - gutter - 1))
  }

  private var gutter: Int { "\(lines.count)".count + 1 }

  func draw(on canvas: inout Canvas) {
    let document = document
    let lines = lines
    let column = min(compose.textPlace.column, lastColumn)
    let inside = canvas.panel(
      area, title: compose.fileName,
      note: compose.edit != nil ? "as it would be" : column > 0 ? "from column \(column + 1)" : "",
      focused: compose.focus == .rows)
    canvas.hit(area, .composeRows(0))
    let marked = compose.place.flatMap { document.stepLines(at: $0) }
    let faulty = Dictionary(
      document.diagnostics.map { ($0.line, $0) }, uniquingKeysWith: { first, _ in first })
    let first = home + moved(compose.textPlace.top, by: 0)
    for row in 0..<inside.height {
      guard let text = lines.element(at: first + row) else { break }
      let number = first + row + 1
      let y = inside.y + row
      let isMarked = marked?.contains(number) ?? false
      let fault = faulty[number]
      canvas.put(
        fault == nil ? (isMarked ? "▌" : " ") : fault?.severity == .error ? "✗" : "!", inside.x, y,
        fault == nil ? .accent : fault?.severity == .error ? .bad : .warning, clip: inside)
      canvas.put(
        "\(number)", in: Rect(inside.x + 1, y, gutter - 1, 1), .muted, align: .trailing)
      let place = Rect(inside.x + gutter + 1, y, max(0, inside.width - gutter - 1), 1)
      canvas.put(Self.scrolled(GalleryText.yaml(text), column), in: place)
    }
    if first > 0 { canvas.put("▲", area.right - 1, inside.y, .muted, clip: area) }
    if first + inside.height < lines.count {
      canvas.put("▼", area.right - 1, inside.bottom - 1, .muted, clip: area)
    }
  }

  /// The pieces without so many characters at their beginning.
  private static func scrolled(
    _ pieces: [(String, ThemeRole)], _ characters: Int
  ) -> [(String, ThemeRole)] {
    var left = characters
    return pieces.compactMap { text, role in
      let shown = text.dropFirst(left)
      left -= min(left, text.count)
      return shown.isEmpty ? nil : (String(shown), role)
    }
  }
}
