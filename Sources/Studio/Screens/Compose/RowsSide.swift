import Engine
import Runtime
import Terminal
import VisibleText

/// How far the rows of one side are moved, and which of them is selected.
struct RowsPlace: Sendable, Equatable {
  var row = 0
  /// The row that is drawn first.
  var top = 0
  /// Columns that are scrolled past.
  var column = 0

  /// Goes to another row, which stays in view.
  mutating func move(by step: Int, of total: Int, room: Int) {
    row = min(max(0, row + step), max(0, total - 1))
    top = min(max(top, row - room + 1), row)
  }

  /// Moves the view at once; the selected row stays in it.
  mutating func scroll(by lines: Int, of total: Int, room: Int) {
    top = min(max(0, top + lines), max(0, total - room))
    row = min(max(row, top), max(0, min(top + room, total) - 1))
  }
}

/// One side of a step as a table: its rows with those of its columns that there is room for.
struct RowsSide {
  typealias Row = PipelinePreview.Row

  var title: String
  var note: String
  var columns: [String]
  /// The types of the columns that are known, as they are written.
  var types: [String: String] = [:]
  var rows: [Row]
  /// What is wrong with a row, by its position.
  var errors: [Int64: String] = [:]
  var empty: String

  /// The widest that a column begins with; what is left over goes to those that are cut.
  private static let columnLimit = 26
  private static let bounds = ["window_start", "window_end"]

  func titled(_ title: String) -> RowsSide {
    var side = self
    side.title = title
    return side
  }

  // MARK: columns

  /// The columns that are shown, and how many are not, to either side.
  struct Fitted {
    var columns: [TableColumn<Row>]
    var before: Int
    var after: Int
    /// What is counted: columns, or the characters of a column that is alone.
    var unit = "column"
  }

  /// Characters that a column alone moves by.
  private static let characterStep = 16

  /// What became of a row, why, and its window always stand there; of the others as many as there
  /// is room for, in their order.
  func fitted(to width: Int, from offset: Int) -> Fitted {
    let sample = Array(rows.prefix(60))
    return fitted(pinned(sample, width), scrolled(sample), to: width, from: offset)
  }

  private func fitted(
    _ pinned: [TableColumn<Row>], _ rest: [TableColumn<Row>], to width: Int, from offset: Int
  ) -> Fitted {
    var shown = pinned
    var used = shown.reduce(0) { $0 + $1.width + 2 }
    // A record stands as it is in the log, before what is wrong with it.
    if columns.count == 1, let record = rest.first {
      let room = max(8, width - used)
      let past = min(offset * Self.characterStep, max(0, record.width - room + Self.characterStep))
      shown.insert(
        TableColumn(title: record.title, width: room, priority: 0) { row in
          let (text, role) = record.text(row)
          return (String(text.dropFirst(past)), role)
        }, at: shown.first?.title == "" ? 1 : 0)
      return Fitted(
        columns: shown, before: past, after: max(0, record.width - past - room),
        unit: "character")
    }
    let first = min(max(0, offset), max(0, rest.count - 1))
    var cut: [(place: Int, wanted: Int)] = []
    var next = first
    while next < rest.count {
      var column = rest[next]
      let wanted = column.width
      column.width = min(wanted, Self.columnLimit)
      // One is always there, cut to what is left.
      if next == first { column.width = min(column.width, max(4, width - used)) }
      guard next == first || used + column.width <= width else { break }
      if wanted > column.width { cut.append((shown.count, wanted)) }
      used += column.width + 2
      shown.append(column)
      next += 1
    }
    for (place, wanted) in cut {
      let more = min(wanted - shown[place].width, width - (used - 2))
      guard more > 0 else { break }
      shown[place].width += more
      used += more
    }
    return Fitted(columns: shown, before: first, after: rest.count - next)
  }

  /// The furthest that the columns can be scrolled.
  func lastColumn(_ width: Int) -> Int {
    let sample = Array(rows.prefix(60))
    let (pinned, rest) = (pinned(sample, width), scrolled(sample))
    var offset = 0
    while fitted(pinned, rest, to: width, from: offset).after > 0 { offset += 1 }
    return offset
  }

  private func pinned(_ sample: [Row], _ width: Int) -> [TableColumn<Row>] {
    var pinned: [TableColumn<Row>] = []
    if rows.contains(where: { $0.fate != .passed }) {
      pinned.append(.fitted("", in: sample, limit: 10, priority: 0) { Self.mark($0) })
    }
    if !errors.isEmpty {
      // The row itself is to be seen beside what is wrong with it.
      pinned.append(
        .fitted("why", in: sample, limit: min(40, max(10, width * 2 / 5)), priority: 0) {
          (errors[$0.position] ?? "", .warning)
        })
    }
    if let (start, end) = window {
      let showsDate = day == nil
      pinned.append(
        .fitted("window", in: sample, limit: 43, priority: 0) { row in
          guard let from = row.values.element(at: start) ?? nil,
            let to = row.values.element(at: end) ?? nil
          else { return ("NULL", .muted) }
          return (PreviewTime.span(from, to, showsDate: showsDate), Self.role(row))
        })
    }
    return pinned
  }

  private func scrolled(_ sample: [Row]) -> [TableColumn<Row>] {
    let day = day
    return columns.indices.filter { !isUnused($0) && !isBound($0) }.map { index in
      let isNumber = isNumber(index)
      let isTime = isTime(index)
      return .fitted(
        columns[index], in: sample, limit: 2000, priority: 0,
        align: isNumber ? .trailing : .leading
      ) { row in
        guard let value = row.values.element(at: index) ?? nil else { return ("NULL", .muted) }
        return (
          isTime ? PreviewTime.short(value, showsDate: day == nil) : value, Self.role(row)
        )
      }
    }
  }

  /// Where the bounds of the row's window stand; nil without them.
  private var window: (start: Int, end: Int)? {
    guard let start = columns.firstIndex(of: Self.bounds[0]),
      let end = columns.firstIndex(of: Self.bounds[1])
    else { return nil }
    return (start, end)
  }

  private func isBound(_ index: Int) -> Bool {
    window != nil && Self.bounds.contains(columns[index])
  }

  /// Whether it is one of the columns that a window has for changes, and makes none.
  private func isUnused(_ index: Int) -> Bool {
    ["kind", "firing", "window_time", "watermark", "missed_by_ms"].contains(columns[index])
      && rows.allSatisfy { $0.values.element(at: index).map { $0 == nil } ?? true }
  }

  private func isNumber(_ index: Int) -> Bool {
    guard let type = types[columns[index]] else { return false }
    return ["TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL"]
      .contains { type.hasPrefix($0) }
  }

  private func isTime(_ index: Int) -> Bool {
    ["window_start", "window_end", "window_time", "watermark"].contains(columns[index])
      || types[columns[index]]?.hasPrefix("TIMESTAMP") ?? false
  }

  /// The day of all times; nil where they are of several, or there are none.
  private var day: String? {
    var day: String?
    for index in columns.indices where isTime(index) && !isUnused(index) {
      for row in rows {
        guard let value = row.values.element(at: index) ?? nil, let found = PreviewTime.day(value)
        else { continue }
        if day == nil { day = found }
        guard day == found else { return nil }
      }
    }
    return day
  }

  private static func mark(_ row: Row) -> (String, ThemeRole) {
    switch row.fate {
    case .passed: ("✓", .good)
    case .filtered: ("✗ filtered", .muted)
    case .late: ("! late", .late)
    case .bad: ("✗ bad", .bad)
    }
  }

  private static func role(_ row: Row) -> ThemeRole { row.fate == .passed ? .text : .muted }

  // MARK: drawing

  /// - Parameters:
  ///   - place: where it is scrolled to.
  ///   - index: the side's position among those of the step, for the mouse.
  func draw(
    _ area: Rect, _ place: RowsPlace, index: Int, focused: Bool, _ canvas: inout Canvas
  ) {
    let words = [note, rows.isEmpty ? nil : day].compactMap { $0 }.filter { !$0.isEmpty }
    let inside = canvas.panel(
      area, title: title, note: words.joined(separator: " · "), focused: focused
    ).inset(horizontally: 1, vertically: 0)
    canvas.hit(area, .composeRows(index))
    let fitted = fitted(to: inside.width, from: place.column)
    let room = max(1, inside.height - 1)
    TableView(
      columns: fitted.columns, rows: rows, total: rows.count,
      selected: focused ? min(place.row, max(0, rows.count - 1)) : nil,
      top: min(place.top, max(0, rows.count - room)),
      target: { _, _ in .composeRows(index) }, empty: empty
    ).draw(in: inside, on: &canvas)
    guard !rows.isEmpty, area.height > 2 else { return }
    // What is not seen is said, in the border.
    let border = Rect(area.x + 2, area.bottom - 1, max(0, area.width - 4), 1)
    if fitted.before > 0 {
      let end = canvas.put(
        " ◂ \(Self.count(fitted.before, fitted.unit)) ", border.x, border.y, .accent, clip: border)
      if focused { canvas.hit(Rect(border.x, border.y, end - border.x, 1), .hint(.previousTab)) }
    }
    if fitted.after > 0 {
      let text = " +\(Self.count(fitted.after, fitted.unit)) ▸ "
      let start = border.right - DisplayWidth.columns(of: text)
      canvas.put(text, start, border.y, .accent, clip: border)
      if focused { canvas.hit(Rect(start, border.y, border.right - start, 1), .hint(.nextTab)) }
    }
  }

  private static func count(_ number: Int, _ unit: String) -> String {
    "\(number) \(unit)\(number == 1 ? "" : "s")"
  }
}

/// Times of a preview as people read them: `2026-03-02T09:00:00.000Z` is `09:00:00` on its day.
/// Nothing is rounded.
enum PreviewTime {
  private static func isTime(_ text: String) -> Bool {
    let bytes = text.utf8
    return bytes.count == 24 && text.hasSuffix("Z") && text.dropFirst(10).hasPrefix("T")
  }

  static func day(_ text: String) -> String? { isTime(text) ? String(text.prefix(10)) : nil }

  static func short(_ text: String, showsDate: Bool) -> String {
    guard isTime(text) else { return text }
    let clock = clock(text)
    return showsDate ? "\(text.prefix(10)) \(clock)" : clock
  }

  private static func clock(_ text: String) -> String {
    let clock = text.dropFirst(11).dropLast()
    return String(clock.hasSuffix(".000") ? clock.dropLast(4) : clock)
  }

  /// `09:00:00–09:01:00`.
  static func span(_ start: String, _ end: String, showsDate: Bool) -> String {
    guard showsDate, day(start) != nil else {
      return "\(short(start, showsDate: false))–\(short(end, showsDate: false))"
    }
    // The end has its day where that is another one.
    return short(start, showsDate: true) + "–" + short(end, showsDate: day(start) != day(end))
  }
}
