import Runtime
import Terminal
import VisibleText

/// The list of samples and recent files, and what the selected one is about.
struct GalleryView {
  let state: StudioState

  func draw(on canvas: inout Canvas) {
    let size = canvas.grid.size
    guard size.width >= 40, size.height >= 10 else {
      TooSmallView(run: nil).draw(on: &canvas)
      return
    }
    HeaderView(state: state).draw(in: Rect(0, 0, size.width, 1), on: &canvas)
    let isTall = size.height >= 20
    if isTall { TabsView(state: state).draw(in: Rect(0, 1, size.width, 1), on: &canvas) }
    let top = isTall ? 2 : 1
    let body = Rect(0, top, size.width, size.height - top - 1)
    FooterView(state: state).draw(in: Rect(0, size.height - 1, size.width, 1), on: &canvas)

    let isWide = size.width >= 78
    let split = isWide ? max(30, min(48, size.width * 2 / 5)) : size.width
    let listHeight = isWide ? body.height : max(5, body.height / 2)
    let list = Rect(0, body.y, isWide ? split + 1 : size.width, listHeight)
    let about =
      isWide
      ? Rect(split, body.y, size.width - split, body.height)
      : Rect(0, body.y + listHeight - 1, size.width, body.height - listHeight + 1)
    drawAbout(about, &canvas)
    drawList(list, &canvas)
  }

  private func drawList(_ area: Rect, _ canvas: inout Canvas) {
    let items = state.gallery.items(state.settings)
    let filter = state.gallery.filter
    let inside = canvas.panel(area, title: "gallery", note: filter.note, focused: true)
      .inset(horizontally: 1, vertically: 0)
    guard !items.isEmpty else {
      canvas.put(
        filter.isEmpty ? "No sample was found." : "Nothing contains “\(filter.text)”.", in: inside,
        row: 1, .muted)
      return
    }
    // A sample has its summary below it where there is room; the others a row each.
    let samples = items.count { $0.entry?.isTemplate == false }
    let headings = Set(items.map(\.section)).count
    let spare = inside.height - headings - items.count
    let rows = samples > 0 ? min(3, max(1, 1 + spare / samples)) : 1
    var places: [(line: Line, rows: Int)] = []
    for (index, item) in items.enumerated() {
      if index == 0 || items[index - 1].section != item.section {
        places.append((.heading(item.section), 1))
      }
      places.append((.item(index), item.entry?.isTemplate == false ? rows : 1))
    }
    // The selection stays in view.
    var first = 0
    let selected =
      places.firstIndex {
        if case .item(let index) = $0.line { index == state.gallery.selected } else { false }
      } ?? 0
    while first < selected,
      places[first...selected].reduce(0, { $0 + $1.rows }) > inside.height
    {
      first += 1
    }
    var y = inside.y
    for (line, rows) in places.dropFirst(first) {
      let place = Rect(inside.x, y, inside.width, rows).intersection(inside)
      guard place.height > 0 else { break }
      switch line {
      case .heading(let text): canvas.put(text, in: place, .focus)
      case .item(let index): drawItem(items[index], index, place, &canvas)
      }
      y += rows
    }
  }

  private enum Line {
    case heading(String)
    case item(Int)
  }

  private func drawItem(
    _ item: GalleryState.Item, _ index: Int, _ place: Rect, _ canvas: inout Canvas
  ) {
    let isSelected = index == state.gallery.selected
    let wide = Rect(place.x - 1, place.y, place.width + 2, place.height)
    let ground = canvas.theme[.selection].background
    if isSelected { canvas.grid.fill(wide, canvas.theme[.selection]) }
    func look(_ role: ThemeRole) -> Style {
      let style = canvas.theme[role]
      return isSelected
        ? style.background(ground).adding(canvas.theme[.selection].attributes)
        : style
    }
    let size = item.entry?.size ?? ""
    let sizeWidth = size.isEmpty ? 0 : DisplayWidth.columns(of: size) + 1
    canvas.put(isSelected ? "▸" : " ", place.x - 1, place.y, look(.accent), clip: wide)
    canvas.put(
      item.title, in: Rect(place.x, place.y, place.width - sizeWidth, 1), look(.title))
    canvas.put(size, in: place, look(.muted).removing(.bold), align: .trailing)
    let summary = item.entry?.summary ?? item.path
    let lines = place.height > 2 ? TextFit.wrapped(summary, to: place.width) : [summary]
    if place.height == 1, item.entry?.isTemplate != false {
      let column = place.x + max(18, DisplayWidth.columns(of: item.title) + 2)
      canvas.put(
        summary, in: Rect(column, place.y, max(0, place.right - column), 1),
        look(isSelected ? .text : .muted).removing(.bold))
    }
    for row in 1..<max(1, place.height) where row <= lines.count {
      // What does not fit ends with a sign.
      let rest =
        row == place.height - 1 ? lines[(row - 1)...].joined(separator: " ") : lines[row - 1]
      canvas.put(rest, in: place, row: row, look(isSelected ? .text : .muted).removing(.bold))
    }
    canvas.hit(wide, .galleryRow(index))
  }

  /// The first records as they open and fire windows; without windows, what comes out.
  private func drawFilm(_ film: Film, _ area: Rect, _ canvas: inout Canvas) {
    guard let view = film.reel.views.element(at: film.frame) else { return }
    var run = RunState(
      OpenedSummary(path: "", name: "", logName: "", view: view), speed: .standard)
    run.focus = .timeline
    let picture = Rect(area.x, area.y, area.width, area.height - 1)
    TimelineView(
      run: run, area: picture, gutter: TimelineScale.gutter(for: canvas.grid.width),
      isCompact: true
    ).draw(on: &canvas)
    canvas.put(
      "its first \(formatCount(film.reel.views.last?.position ?? 0)) events · "
        + "\(formatCount(view.position)) read", in: area, row: area.height - 1, .muted,
      align: .trailing)
  }

  private func drawAbout(_ area: Rect, _ canvas: inout Canvas) {
    let items = state.gallery.items(state.settings)
    let item = items.element(at: state.gallery.selected)
    let inside = canvas.panel(
      area, title: item?.title ?? "about", note: item == nil ? "" : item?.path ?? "",
      focused: false)
    var content = inside.inset(horizontally: 1, vertically: 0)
    guard let item else { return }
    if content.height >= 16, let film = state.gallery.film, film.path == item.path {
      let rows = min(11, content.height / 3 + 1)
      drawFilm(film, Rect(content.x, content.y, content.width, rows), &canvas)
      content = Rect(content.x, content.y + rows, content.width, content.height - rows)
    }
    guard let entry = item.entry else {
      let isDraft = state.settings.drafts?.contains(item.path) == true
      canvas.put(
        isDraft
          ? "A draft that is kept, and in no file yet: \(state.keyWords(.composeSelected)) goes on."
          : "A file that was open lately.", in: content, .muted)
      canvas.grid.putWrapped(
        item.path, in: Rect(content.x, content.y + 1, content.width, content.height - 1),
        canvas.theme[.text])
      return
    }
    let lines = GalleryText.lines(of: entry, width: content.width)
    let first = min(max(0, state.gallery.scroll), max(0, lines.count - content.height))
    for (row, line) in lines.dropFirst(first).prefix(content.height).enumerated() {
      canvas.put(line.pieces, content.x, content.y + row, clip: content)
    }
    let below = lines.count - first - content.height
    if below > 0 {
      canvas.put(
        " ↓ \(below) more ", in: Rect(area.x + 2, area.bottom - 1, area.width - 4, 1), .muted,
        align: .trailing)
    }
  }
}

/// A sample's description and pipeline as coloured lines.
enum GalleryText {
  struct Line: Equatable {
    var pieces: [(String, ThemeRole)]

    static func == (a: Line, b: Line) -> Bool {
      a.pieces.elementsEqual(b.pieces) { $0.0 == $1.0 && $0.1 == $1.1 }
    }
  }

  static func lines(of entry: GalleryEntry, width: Int) -> [Line] {
    var lines: [Line] = []
    for block in blocks(of: entry.readme) { lines += markdown(block, width: width) }
    while lines.last?.pieces.allSatisfy({ $0.0.isEmpty }) == true { lines.removeLast() }
    lines.append(Line(pieces: []))
    let rule = String(repeating: "─", count: max(0, width - 10))
    lines.append(Line(pieces: [("pipeline ", .title), (rule, .border)]))
    for source in entry.pipeline.split(separator: "\n", omittingEmptySubsequences: false) {
      lines.append(Line(pieces: yaml(String(source))))
    }
    return lines
  }

  /// Paragraphs and list items each as one line, however they were broken; the rows of a table as
  /// list items, without its head.
  static func blocks(of readme: String) -> [String] {
    var blocks: [String] = []
    var isOpen = false  // the last block goes on with the next line
    var tableRows = 0
    for line in readme.split(separator: "\n", omittingEmptySubsequences: false) {
      let text = line.trimmingPrefix { $0 == " " }
      let isTable = text.hasPrefix("|")
      tableRows = isTable ? tableRows + 1 : 0
      if isTable {
        isOpen = false
        guard tableRows > 2 else { continue }  // the head and the rule below it
        let cells = text.split(separator: "|").map { $0.trimmingPrefix { $0 == " " } }
        blocks.append(
          "- "
            + cells.map { $0.reversed().drop { $0 == " " }.reversed() }
            .map { String($0) }.joined(separator: " — "))
      } else if text.isEmpty || text.hasPrefix("#") {
        blocks.append(String(text))
        isOpen = false
      } else if isOpen, !text.hasPrefix("- "), !text.hasPrefix("* ") {
        blocks[blocks.count - 1] += " \(text)"
      } else {
        blocks.append(String(text))
        isOpen = true
      }
    }
    return blocks
  }

  /// Headings stand out, lists are indented, the rest is wrapped.
  private static func markdown(_ line: String, width: Int) -> [Line] {
    if line.hasPrefix("#") {
      let text = line.drop { $0 == "#" || $0 == " " }
      return [Line(pieces: [(String(text), .focus)])]
    }
    let isItem = line.hasPrefix("- ") || line.hasPrefix("* ")
    // Emphasis is for printers; what it marks reads as well without.
    let text = (isItem ? String(line.dropFirst(2)) : line)
      .filter { $0 != "`" && $0 != "\r" && $0 != "*" }
    let wrapped = TextFit.wrapped(text, to: max(1, width - (isItem ? 2 : 0)))
    return wrapped.enumerated().map { row, part in
      Line(pieces: isItem ? [(row == 0 ? "• " : "  ", .accent), (part, .text)] : [(part, .text)])
    }
  }

  /// Keys, values and comments of YAML in three roles.
  static func yaml(_ line: String) -> [(String, ThemeRole)] {
    let indent = line.prefix { $0 == " " || $0 == "-" }
    let rest = line.dropFirst(indent.count)
    if rest.hasPrefix("#") { return [(line, .muted)] }
    guard let colon = rest.firstIndex(of: ":"),
      !rest[..<colon].contains(where: { $0 == " " || $0 == "\"" || $0 == "'" })
    else { return [(String(indent), .muted), (String(rest), .text)] }
    let after = rest.index(after: colon)
    return [
      (String(indent), .muted), (String(rest[..<colon]), .accent), (":", .muted),
      (String(rest[after...]), .text),
    ]
  }
}

extension Style {
  func removing(_ attributes: Attributes) -> Style {
    Style(foreground, on: background, self.attributes.subtracting(attributes))
  }
}
