import Engine
import Runtime
import Terminal
import VisibleText

/// The pipeline as a chain of boxes with what passed each of them, and the branches below.
struct PipelineView {
  let run: RunState
  let area: Rect
  let isCompact: Bool

  func draw(on canvas: inout Canvas) {
    let boxes = run.view.boxes
    guard !area.isEmpty else { return }
    guard !boxes.isEmpty else {
      canvas.put("The pipeline has no steps.", in: area, .muted)
      return
    }
    let layout = PipelineLayout(run: run, area: area, isCompact: isCompact)
    for (position, box) in layout.placed.enumerated() {
      if layout.isFramed {
        drawBox(box, boxes[box.index], layout.boxRows, &canvas)
      } else {
        drawText(box, boxes, &canvas)
      }
      guard position > 0 else { continue }
      drawArrow(to: box, from: layout.placed[position - 1], boxes, layout.isFramed, &canvas)
    }
    for branch in layout.branches { drawBranch(branch, layout, &canvas) }
    if layout.hidden > 0, area.height > layout.boxRows {
      canvas.put(
        "+\(layout.hidden) \(layout.hidden == 1 ? "branch" : "branches")",
        in: Rect(area.x, area.bottom - 1, area.width, 1), .muted, align: .trailing)
    }
  }

  private func drawBox(
    _ placed: PipelineLayout.Placed, _ box: BoxView, _ rows: Int, _ canvas: inout Canvas
  ) {
    let frame = Rect(placed.x, area.y, placed.width, rows).intersection(area)
    guard frame.width > 4, frame.height == rows else { return }
    let line = String(repeating: "─", count: frame.width - 2)
    let border: ThemeRole = placed.index == run.selectedBox ? .focus : .border
    canvas.put("╭" + line + "╮", frame.x, frame.y, border, clip: frame)
    for row in frame.y + 1..<frame.bottom - 1 {
      canvas.put("│", frame.x, row, border, clip: frame)
      canvas.put("│", frame.right - 1, row, border, clip: frame)
    }
    canvas.put("╰" + line + "╯", frame.x, frame.bottom - 1, border, clip: frame)
    canvas.hit(frame, .box(placed.index))
    let words = placed.words
    let inner = Rect(frame.x + 2, frame.y, frame.width - 4, rows)
    let title = words.title(in: frame.width - 3)
    let top = frame.inset(horizontally: 1, vertically: 0)
    let sign = placed.index == run.selectedBox ? "▸" : " "
    let end = canvas.put("\(sign)\(title) ", frame.x + 1, frame.y, .title, clip: top)
    if !words.extra.isEmpty, end + DisplayWidth.columns(of: words.extra) + 1 <= top.right {
      canvas.put("\(words.extra) ", end, frame.y, .muted, clip: top)
    }
    let count = words.count(in: inner.width)
    canvas.put(count, in: inner, row: 1, .text)
    if DisplayWidth.columns(of: count + words.rate) < inner.width {
      canvas.put(words.rate, in: inner, row: 1, .muted, align: .trailing)
    }
    if rows > 3 {
      let line = Rect(inner.x, frame.y + 2, inner.width + 1, 1)
      if let busy = words.busy.first(where: { DisplayWidth.columns(of: $0) <= line.width }) {
        canvas.put(busy, in: line, words.busyRole)
      }
    }
    let note = words.notes.first { DisplayWidth.columns(of: $0) <= inner.width } ?? words.notes[0]
    guard !note.isEmpty else { return }
    canvas.put(
      " \(TextFit.truncated(note, to: inner.width)) ", frame.x + 1, frame.bottom - 1,
      lossRole(box), clip: frame.inset(horizontally: 1, vertically: 0))
  }

  private func drawText(
    _ placed: PipelineLayout.Placed, _ boxes: [BoxView], _ canvas: inout Canvas
  ) {
    let column = Rect(placed.x, area.y, placed.width, area.height)
    let isSelected = placed.index == run.selectedBox
    canvas.put(placed.words.title(in: column.width), in: column, isSelected ? .selection : .title)
    canvas.hit(column, .box(placed.index))
    guard area.height >= 2 else { return }
    let count = placed.words.count(in: column.width)
    canvas.put(count, in: column, row: 1, .text)
    let box = boxes[placed.index]
    let end = placed.x + DisplayWidth.columns(of: count) + 1
    let room = Rect(end, area.y + 1, max(0, placed.x + placed.width + 2 - end), 1)
    guard !placed.words.loss.isEmpty else { return }
    let notes = ["−" + placed.words.loss, placed.words.notes[1]]
    if let note = notes.first(where: { DisplayWidth.columns(of: $0) <= room.width }) {
      canvas.put(note, in: room, lossRole(box))
    }
  }

  private func lossRole(_ box: BoxView) -> ThemeRole {
    if (box.losses["bad"] ?? 0) > 0 { return .bad }
    if (box.losses["late"] ?? 0) > 0 { return .late }
    if !box.losses.isEmpty { return .muted }
    return box.guarantee == .exactlyOnce ? .good : .muted
  }

  private func drawArrow(
    to box: PipelineLayout.Placed, from before: PipelineLayout.Placed, _ boxes: [BoxView],
    _ isFramed: Bool, _ canvas: inout Canvas
  ) {
    let isHash = boxes[box.index].shipping == .hash
    let end = isFramed ? box.x : box.x - 1
    var start = before.x + before.width
    if !isFramed {
      // Without frames the arrow begins behind the word, with a space where there is room for one.
      let word = before.x + DisplayWidth.columns(of: before.words.title(in: before.width))
      start = end - (word + 1) >= (isHash ? 6 : 2) ? word + 1 : min(word + 1, start)
    }
    let gap = start..<max(start, end)
    canvas.put(
      arrow(isHash: isHash, gap.count), gap.lowerBound, area.y + (isFramed ? 1 : 0),
      isHash ? .accent : .muted, clip: area)
  }

  private func arrow(isHash: Bool, _ width: Int) -> String {
    guard width > 0 else { return "" }
    guard isHash else { return String(repeating: "─", count: width - 1) + "▸" }
    let word = width >= 5 ? "HASH" : ""
    let line = String(repeating: "═", count: (width - word.count) / 2)
    let rest = width - 1 - word.count - line.count
    return line + word + String(repeating: "═", count: rest) + "▸"
  }

  /// Its words, and the line down to them past the branches above.
  private func drawBranch(
    _ branch: PipelineLayout.Branch, _ layout: PipelineLayout, _ canvas: inout Canvas
  ) {
    let top = area.y + layout.boxRows
    let row = top + branch.row
    if branch.x == branch.anchor {
      for above in top..<row where canvas.grid[branch.x, above].glyph.text == " " {
        canvas.put("│", branch.x, above, .border, clip: area)
      }
    }
    canvas.put(branch.pieces, branch.x, row, clip: area)
    canvas.hit(Rect(branch.x, row, branch.width, 1), .box(branch.index))
  }
}

extension Array {
  /// The element, or nil where there is none.
  func element(at index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
