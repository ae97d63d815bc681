import Terminal
import VisibleText

/// The steps as boxes below each other, with lines to those that branch off.
struct ChainView {
  let compose: ComposeState
  let area: Rect

  private static let boxRows = 3

  func draw(on canvas: inout Canvas) {
    let chain = ComposeChain(compose)
    let inside = canvas.panel(
      area, title: "steps", note: note(chain), focused: compose.focus == .chain)
    canvas.hit(area, .composePanel(.chain))
    guard inside.width > 8, inside.height > 0 else { return }
    let isBoxed = chain.items.count * Self.boxRows <= inside.height
    let rows = isBoxed ? Self.boxRows : 1
    let room = max(1, inside.height / rows)
    let selected = chain.items.firstIndex { $0.place == compose.place } ?? 0
    let first = min(max(0, selected - room / 2), max(0, chain.items.count - room))
    let columns = (chain.gutters.values.max() ?? -1) + 1
    let left = inside.x + (columns > 0 ? columns + 1 : 0)
    func top(_ index: Int) -> Int { inside.y + (index - first) * rows }
    func middle(_ index: Int) -> Int { top(index) + (isBoxed ? 1 : 0) }
    for index in chain.items.indices where (first..<(first + room)).contains(index) {
      let place = Rect(left, top(index), inside.right - left, rows)
      if isBoxed {
        drawBox(chain, index, place, &canvas)
      } else {
        drawLine(chain.items[index], place, &canvas)
      }
      canvas.hit(
        Rect(inside.x, place.y, inside.width, rows), .composeStep(chain.items[index].place))
    }
    drawBranches(chain, inside, left, middle, arrow: isBoxed ? "▸" : "─", &canvas)
    if first > 0 { canvas.put("▲", area.right - 2, area.y, .muted, clip: area) }
    if first + room < chain.items.count {
      canvas.put("▼", area.right - 2, area.bottom - 1, .muted, clip: area)
    }
  }

  private func note(_ chain: ComposeChain) -> String {
    let count = chain.items.count - 1
    return count == 0 ? "" : "\(count)"
  }

  private func drawBox(
    _ chain: ComposeChain, _ index: Int, _ place: Rect, _ canvas: inout Canvas
  ) {
    let item = chain.items[index]
    let isSelected = item.place == compose.place
    // Others read it by its name: of a long one at least the beginning is seen.
    let nameRoom = place.width - 2 - DisplayWidth.columns(of: item.title) - 2 - 3
    let name = item.name.map { nameRoom < 4 ? "" : TextFit.truncated($0, to: nameRoom) }
    let inside = canvas.panel(
      place, title: item.title, note: name ?? "", focused: isSelected)
    var pieces = outcome(item)
    // The words give way to what became of the rows, down to a few letters.
    while pieces.count > 1, Self.width(pieces) + 8 > inside.width { pieces.removeFirst() }
    let right = inside.right - Self.width(pieces) - 1
    canvas.put(pieces, right, inside.y, clip: inside)
    let words = Rect(inside.x + 1, inside.y, max(0, right - inside.x - 2), 1)
    canvas.put(item.words, in: words, isSelected ? .text : .muted)
    drawShare(item, place, &canvas)
    // What is below reads it.
    if chain.items.element(at: index + 1)?.follows == true {
      canvas.put("▼", place.x + place.width / 2, place.bottom - 1, .accent, clip: area)
    }
  }

  private func drawLine(_ item: ComposeChain.Item, _ place: Rect, _ canvas: inout Canvas) {
    let isSelected = item.place == compose.place
    if isSelected { canvas.grid.fill(place, canvas.theme[.selection]) }
    func look(_ role: ThemeRole) -> Style {
      isSelected ? canvas.selected(canvas.theme[role]) : canvas.theme[role]
    }
    let sign = item.place == nil ? "■" : item.follows ? "▼" : item.branches.isEmpty ? "●" : "▸"
    canvas.put("\(sign) ", place.x, place.y, look(.accent), clip: place)
    var right = place.right
    let pieces = outcome(item)
    if !pieces.isEmpty {
      right -= Self.width(pieces)
      var x = right
      for (text, role) in pieces { x = canvas.put(text, x, place.y, look(role), clip: place) }
      right -= 1
    }
    let title = Rect(place.x + 2, place.y, max(0, right - place.x - 2), 1)
    let words = item.name ?? item.words
    var shown = item.title
    // The name, by which others read it, says more than the kind.
    if item.name != nil, title.width < DisplayWidth.columns(of: shown) + 6 {
      shown = String(shown.prefix { $0 != ":" })
    }
    let titleWidth = DisplayWidth.columns(of: shown)
    canvas.put(shown, in: title, look(.title))
    guard title.width > titleWidth + 3 else { return }
    canvas.put(
      words, in: Rect(title.x + titleWidth + 1, title.y, title.width - titleWidth - 1, 1),
      look(.muted))
  }

  /// What became of the first rows: those that do not go on, and how many do. A fault stands in
  /// the place of both; a warning is but a dot, for the line below the screen tells it.
  private func outcome(_ item: ComposeChain.Item) -> [(String, ThemeRole)] {
    if item.errors > 0 {
      return [(item.errors == 1 ? "✗ fault" : "✗ \(item.errors) faults", .bad)]
    }
    var pieces: [(String, ThemeRole)] = []
    if item.warnings > 0 { pieces.append(("• ", .muted)) }
    if item.lost.filtered > 0 { pieces.append(("−\(formatCount(item.lost.filtered)) ", .muted)) }
    if item.lost.late > 0 { pieces.append(("!\(formatCount(item.lost.late)) ", .late)) }
    if item.lost.bad > 0 { pieces.append(("✗\(formatCount(item.lost.bad)) ", .bad)) }
    let count = counted(item)
    if !count.0.isEmpty { pieces.append(count) }
    return pieces
  }

  private static func width(_ pieces: [(String, ThemeRole)]) -> Int {
    pieces.reduce(0) { $0 + DisplayWidth.columns(of: $1.0) }
  }

  /// The share of the rows that go on, in the lower border, where some do not.
  private func drawShare(_ item: ComposeChain.Item, _ place: Rect, _ canvas: inout Canvas) {
    guard item.errors == 0, let passed = item.passed, item.lost != ComposeChain.Lost(),
      passed.rowsIn > 0
    else {
      return
    }
    let width = 8
    let share = Double(min(passed.rowsOut, passed.rowsIn)) / Double(passed.rowsIn)
    // Only all of them fill it, and only none leave it empty.
    var full = Int((share * Double(width)).rounded())
    if passed.rowsOut > 0 { full = max(1, full) }
    if passed.rowsOut < passed.rowsIn { full = min(width - 1, full) }
    let x = place.right - width - 2
    guard x > place.x + place.width / 2 + 1 else { return }
    canvas.put(String(repeating: "▬", count: full), x, place.bottom - 1, .good, clip: place)
    let role: ThemeRole = item.lost.bad > 0 ? .bad : item.lost.late > 0 ? .late : .muted
    canvas.put(
      String(repeating: "▬", count: width - full), x + full, place.bottom - 1, role, clip: place)
  }

  /// How many of the first rows go on.
  private func counted(_ item: ComposeChain.Item) -> (String, ThemeRole) {
    guard let passed = item.passed else { return ("", .muted) }
    let role: ThemeRole = passed.rowsOut < passed.rowsIn ? .accent : .good
    return (formatCount(passed.rowsOut), passed.rowsOut == 0 ? .warning : role)
  }

  // MARK: branches

  private func drawBranches(
    _ chain: ComposeChain, _ inside: Rect, _ left: Int, _ row: (Int) -> Int, arrow: String,
    _ canvas: inout Canvas
  ) {
    for (parent, gutter) in chain.gutters.sorted(by: { $0.value < $1.value }) {
      let x = inside.x + gutter
      let children = chain.items.indices.filter { chain.items[$0].branches.contains(parent) }
      guard let last = children.last else { continue }
      let style = canvas.theme[.accent]
      for y in row(parent)...row(last) { canvas.put("│", x, y, style, clip: inside) }
      for index in [parent] + children {
        let corner = index == parent ? "╭" : index == last ? "╰" : "├"
        canvas.put(corner, x, row(index), style, clip: inside)
        for column in (x + 1)..<max(x + 1, left) {
          canvas.put("─", column, row(index), style, clip: inside)
        }
        if index != parent { canvas.put(arrow, left - 1, row(index), style, clip: inside) }
      }
    }
  }
}
