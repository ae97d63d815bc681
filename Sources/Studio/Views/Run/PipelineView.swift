import Engine
import Runtime
import Terminal
import VisibleText

/// The pipeline as a chain of boxes with what passed each of them, and the branches below.
struct PipelineView {
  let run: RunState
  let area: Rect
  let isCompact: Bool

  /// One box of the chain with its columns.
  private struct Placed {
    var index: Int
    var words: BoxWords
    var x: Int
    var width: Int
  }

  func draw(on canvas: inout Canvas) {
    let boxes = run.view.boxes
    let chain = PipelineChain(boxes)
    guard !area.isEmpty else { return }
    guard !chain.chain.isEmpty else {
      canvas.put("The pipeline has no steps.", in: area, .muted)
      return
    }
    let framed = !isCompact && area.height >= 3
    let placed = place(chain.chain, boxes, framed: framed)
    for (position, box) in placed.enumerated() {
      if framed { drawBox(box, boxes[box.index], &canvas) } else { drawText(box, boxes, &canvas) }
      guard position > 0 else { continue }
      let before = placed[position - 1]
      // Without frames the arrow begins where the word ends.
      let word = DisplayWidth.columns(of: before.words.title) + 1
      let start = before.x + (framed ? before.width : min(word, before.width))
      let gap = start..<max(start, framed ? box.x : box.x - 1)
      let row = area.y + (framed ? 1 : 0)
      canvas.put(
        arrow(boxes[box.index].shipping, gap.count), gap.lowerBound, row,
        boxes[box.index].shipping == .hash ? .accent : .muted, clip: area)
    }
    let rows = framed ? 3 : 2
    for (line, index) in chain.branches.prefix(max(0, area.height - rows)).enumerated() {
      drawBranch(index, boxes, placed, row: area.y + rows + line, &canvas)
    }
  }

  /// Widths of boxes and arrows: what they need, then what is left over is shared.
  private func place(_ chain: [Int], _ boxes: [BoxView], framed: Bool) -> [Placed] {
    let words = chain.map { index in
      BoxWords(boxes[index], rate: run.isPlaying ? run.rates.element(at: index) : nil)
    }
    var widths = words.map { words -> Int in
      let texts =
        framed
        ? [words.title + "  ", words.count + "  " + words.rate, words.note]
        : [words.title, words.count + (words.loss.isEmpty ? "" : "  " + words.loss)]
      let inner = texts.map { DisplayWidth.columns(of: $0) }.max() ?? 0
      return max(framed ? 10 : 3, inner + (framed ? 4 : 0))
    }
    var gaps = chain.enumerated().map { position, index in
      position == 0 ? 0 : boxes[index].shipping == .hash ? 10 : 5
    }
    var spare = area.width - widths.reduce(0, +) - gaps.reduce(0, +)
    // Too wide: short arrows first, then narrower boxes.
    if spare < 0 {
      for index in gaps.indices.dropFirst() {
        gaps[index] = framed || boxes[chain[index]].shipping == .hash ? 4 : 3
      }
      spare = area.width - widths.reduce(0, +) - gaps.reduce(0, +)
    }
    while spare < 0, let widest = widths.max(), widest > 6 {
      for index in widths.indices where widths[index] == widest && spare < 0 {
        widths[index] -= 1
        spare += 1
      }
    }
    // What is left over says more of each operator, shortest words first, then makes the boxes
    // roomier, as long as they look like boxes.
    if framed, spare > 0, widths.count > 0 {
      let wanted = words.indices.filter { !words[$0].extra.isEmpty }.map { index in
        (index, DisplayWidth.columns(of: words[index].title + words[index].extra) + 7)
      }
      for (index, width) in wanted.sorted(by: { $0.1 < $1.1 })
      where width - widths[index] <= spare && width > widths[index] {
        spare -= width - widths[index]
        widths[index] = width
      }
      let more = min(5, spare / max(1, widths.count))
      for index in widths.indices { widths[index] += more }
    }
    var x = area.x
    return chain.indices.map { position in
      x += gaps[position]
      defer { x += widths[position] }
      return Placed(
        index: chain[position], words: words[position], x: x, width: widths[position])
    }
  }

  private func drawBox(_ placed: Placed, _ box: BoxView, _ canvas: inout Canvas) {
    let frame = Rect(placed.x, area.y, placed.width, 3).intersection(area)
    guard frame.width > 4, frame.height == 3 else { return }
    let line = String(repeating: "─", count: frame.width - 2)
    let border: ThemeRole = placed.index == run.selectedBox ? .focus : .border
    canvas.put("╭" + line + "╮", frame.x, frame.y, border, clip: frame)
    canvas.put("│", frame.x, frame.y + 1, border, clip: frame)
    canvas.put("│", frame.right - 1, frame.y + 1, border, clip: frame)
    canvas.put("╰" + line + "╯", frame.x, frame.y + 2, border, clip: frame)
    canvas.hit(frame, .box(placed.index))
    let inner = Rect(frame.x + 2, frame.y, frame.width - 4, 3)
    let title = TextFit.truncated(placed.words.title, to: inner.width - 1)
    let top = frame.inset(horizontally: 1, vertically: 0)
    let sign = placed.index == run.selectedBox ? "▸" : " "
    let end = canvas.put("\(sign)\(title) ", frame.x + 1, frame.y, .title, clip: top)
    let extra = placed.words.extra
    if !extra.isEmpty, end + DisplayWidth.columns(of: extra) + 1 <= top.right {
      canvas.put("\(extra) ", end, frame.y, .muted, clip: top)
    }
    canvas.put(placed.words.count, in: inner, row: 1, .text)
    if DisplayWidth.columns(of: placed.words.count + placed.words.rate) < inner.width {
      canvas.put(placed.words.rate, in: inner, row: 1, .muted, align: .trailing)
    }
    let note = placed.words.note
    guard !note.isEmpty else { return }
    let shown = TextFit.truncated(note, to: inner.width)
    canvas.put(
      " \(shown) ", frame.x + 1, frame.y + 2, lossRole(box),
      clip: frame.inset(horizontally: 1, vertically: 0))
  }

  private func drawText(_ placed: Placed, _ boxes: [BoxView], _ canvas: inout Canvas) {
    let column = Rect(placed.x, area.y, placed.width, area.height)
    let isSelected = placed.index == run.selectedBox
    canvas.put(placed.words.title, in: column, isSelected ? .selection : .title)
    canvas.hit(column, .box(placed.index))
    guard area.height >= 2 else { return }
    canvas.put(placed.words.count, in: column, row: 1, .text)
    let box = boxes[placed.index]
    let end = placed.x + DisplayWidth.columns(of: placed.words.count) + 1
    let note = placed.words.loss.isEmpty ? "" : "−" + placed.words.loss
    let room = Rect(end, area.y + 1, max(0, placed.x + placed.width + 3 - end), 1)
    if DisplayWidth.columns(of: note) <= room.width { canvas.put(note, in: room, lossRole(box)) }
  }

  private func lossRole(_ box: BoxView) -> ThemeRole {
    if (box.losses["bad"] ?? 0) > 0 { return .bad }
    if (box.losses["late"] ?? 0) > 0 { return .late }
    if !box.losses.isEmpty { return .muted }
    return box.guarantee == .exactlyOnce ? .good : .muted
  }

  private func arrow(_ shipping: BoxView.Shipping, _ width: Int) -> String {
    guard width > 0 else { return "" }
    if shipping == .hash {
      if width >= 8 {
        let line = String(repeating: "═", count: (width - 5) / 2)
        let rest = width - 5 - line.count
        return line + "HASH" + String(repeating: "═", count: rest) + "▸"
      }
      return width >= 3 ? String(repeating: "═", count: width - 1) + "▸" : "▸"
    }
    return String(repeating: "─", count: width - 1) + "▸"
  }

  /// `╰─ late ──▸ file late.jsonl 12 exactly-once`, below the box it leaves.
  private func drawBranch(
    _ index: Int, _ boxes: [BoxView], _ placed: [Placed], row: Int, _ canvas: inout Canvas
  ) {
    let box = boxes[index]
    let parent = placed.first { $0.index == box.input }
    let port = box.inputPort == .main ? "" : " \(box.inputPort.rawValue) "
    let words = BoxWords(box, rate: nil)
    let pieces: [(String, ThemeRole)] = [
      ("╰─", .border), (port, box.inputPort == .dead ? .bad : .late), ("──▸ ", .border),
      (words.title, index == run.selectedBox ? .selection : .title), (" ", .text),
      (box.detail, .muted), ("  \(words.count)", .text),
      (box.guarantee.map { "  \($0.rawValue)" } ?? "", .good),
    ]
    let width = pieces.reduce(0) { $0 + DisplayWidth.columns(of: $1.0) }
    let anchor = (parent?.x ?? area.x) + 2
    let column = max(area.x, min(anchor, area.right - width))
    canvas.put(pieces, column, row, clip: area)
    canvas.hit(Rect(column, row, width, 1), .box(index))
  }
}

extension Array {
  /// The element, or nil where there is none.
  func element(at index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
