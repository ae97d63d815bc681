import Terminal
import VisibleText

/// A page of text that lies on top, broken into lines: what is drawn of it, and how far it scrolls.
struct OverlayPage {
  let title: String
  let lines: [WhyLine]
  let size: Size
  let scroll: Int

  /// Rows of text that are seen at once.
  var rows: Int { max(0, size.height - 2) }
  var lastScroll: Int { max(0, lines.count - rows) }

  /// The page of the overlay; nil where that is no page.
  init?(_ state: StudioState) {
    let content: [WhyLine]
    switch state.overlay {
    case .why(let subject, let scroll):
      (title, content, self.scroll) = ("why?", state.explain(subject), scroll)
    case .job(let scroll): (title, content, self.scroll) = ("a real run", state.jobLines(), scroll)
    case .message(let title, let text, let scroll):
      (self.title, self.scroll) = (title, scroll)
      content = text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { WhyLine(.text, String($0)) }
    default: return nil
    }
    let width = min(state.size.width - 2, 78)
    lines = content.flatMap { line in
      // A line that fits is left alone: diagnostics point at columns.
      DisplayWidth.columns(of: line.text) <= width - 4
        ? [line] : TextFit.wrapped(line.text, to: max(1, width - 4)).map { WhyLine(line.role, $0) }
    }
    size = Size(width, max(0, min(state.size.height - 2, lines.count + 2)))
  }
}
