import Pipelines
import Terminal
import VisibleText

/// The pipeline file, with the selected step marked.
struct PipelineTextView {
  let compose: ComposeState
  let area: Rect

  func draw(on canvas: inout Canvas) {
    let document = compose.edit.map(\.candidate) ?? compose.document
    let lines = document.text.split(separator: "\n", omittingEmptySubsequences: false)
    let inside = canvas.panel(
      area, title: compose.fileName, note: compose.edit == nil ? "" : "as it would be",
      focused: compose.focus == .rows)
    canvas.hit(area, .composePanel(.rows))
    let marked = compose.place.flatMap { document.stepLines(at: $0) }
    let faulty = Dictionary(
      document.diagnostics.map { ($0.line, $0) }, uniquingKeysWith: { first, _ in first })
    let gutter = "\(lines.count)".count + 1
    let wanted = (document.yamlFault?.line ?? marked?.lowerBound ?? 1) - 1 - inside.height / 4
    let scrolled = compose.focus == .rows ? compose.rowOffset : 0
    let first = min(max(0, wanted + scrolled), max(0, lines.count - inside.height))
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
      canvas.put(GalleryText.yaml(String(text)), place.x, y, clip: place)
    }
  }
}
