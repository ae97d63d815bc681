import Foundation

/// What a terminal shows after the bytes it got: enough of one for what ncurses sends by the
/// descriptions of common terminals. What it does not know is kept, for a test to complain about.
struct TerminalModel {
  /// How a colour was named, the poorest first.
  enum ColorUse: Hashable {
    case basic, bright, indexed, direct
  }

  private(set) var columns: Int
  private(set) var rows: Int
  /// Characters with their marks; nil is the right half of a wide one.
  private var cells: [[String?]]
  private var cursor = (column: 0, row: 0)
  /// The line is full; the next character begins another one.
  private var wraps = false
  private var normal: (cells: [[String?]], cursor: (column: Int, row: Int))?

  private(set) var isCursorShown = true
  /// Private modes that are on, such as 1049 and 1006.
  private(set) var modes: Set<Int> = []
  private(set) var colors: Set<ColorUse> = []
  /// Sequences that move lines or set a scroll region, and line feeds at the bottom.
  private(set) var scrolls: [String] = []
  private(set) var unknown: [String] = []
  private var state = State.text
  private var last: String?

  private enum State {
    case text
    case character([UInt8], missing: Int)
    case escape
    case charset
    case control([UInt8])
    case string([UInt8])
  }

  init(columns: Int, rows: Int) {
    (self.columns, self.rows) = (columns, rows)
    cells = Self.blank(columns, rows)
  }

  private static func blank(_ columns: Int, _ rows: Int) -> [[String?]] {
    Array(repeating: Array(repeating: " ", count: columns), count: rows)
  }

  var isAlternate: Bool { modes.contains(1049) || modes.contains(47) }

  /// The screen as lines, spaces at their ends removed.
  var lines: [String] {
    cells.map { row in
      var line = row.map { $0 ?? "" }.joined()
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  var text: String { lines.joined(separator: "\n") }

  /// What stands in a cell; nil in the right half of a wide character.
  func character(_ column: Int, _ row: Int) -> String? { cells[row][column] }

  /// A terminal cut or filled up at its right and lower edge.
  mutating func resize(columns: Int, rows: Int) {
    func fitted(_ cells: [[String?]]) -> [[String?]] {
      var all = cells.prefix(rows).map { row in
        Array(row.prefix(columns)) + Array(repeating: " ", count: max(0, columns - row.count))
      }
      while all.count < rows { all.append(Array(repeating: " ", count: columns)) }
      return all
    }
    cells = fitted(cells)
    if let normal { self.normal = (fitted(normal.cells), normal.cursor) }
    (self.columns, self.rows) = (columns, rows)
    cursor = (min(cursor.column, columns - 1), min(cursor.row, rows - 1))
    wraps = false
  }

  mutating func take(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { take(byte) }
  }

  // MARK: Bytes

  private mutating func take(_ byte: UInt8) {
    if byte == 0x1B, !isInString {
      state = .escape
      return
    }
    switch state {
    case .text: takeText(byte)
    case .character(var bytes, let missing):
      bytes.append(byte)
      if missing > 1 {
        state = .character(bytes, missing: missing - 1)
      } else {
        state = .text
        put(String(decoding: bytes, as: UTF8.self))
      }
    case .escape: takeEscape(byte)
    case .charset: state = .text
    case .control(let bytes):
      if (0x40...0x7E).contains(byte) {
        state = .text
        carryOut(bytes, byte)
      } else {
        state = .control(bytes + [byte])
      }
    case .string(let bytes):
      let ended = byte == 0x07 || (byte == 0x5C && bytes.last == 0x1B)
      state = ended ? .text : .string(bytes + [byte])
    }
  }

  private var isInString: Bool { if case .string = state { true } else { false } }

  private mutating func takeText(_ byte: UInt8) {
    switch byte {
    case 0x00, 0x07, 0x0E, 0x0F: break
    case 0x08: (cursor.column, wraps) = (max(0, cursor.column - 1), false)
    case 0x09: (cursor.column, wraps) = (min(columns - 1, (cursor.column / 8 + 1) * 8), false)
    case 0x0A: lineFeed()
    case 0x0D: (cursor.column, wraps) = (0, false)
    case ..<0x20, 0x7F: unknown.append("byte \(byte)")
    case ..<0x80: put(String(Unicode.Scalar(byte)))
    default: state = .character([byte], missing: byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3)
    }
  }

  private mutating func lineFeed() {
    guard cursor.row == rows - 1 else {
      cursor.row += 1
      return
    }
    // A shell's text scrolls; a picture must not.
    if isAlternate { scrolls.append("line feed at the bottom") }
    cells.removeFirst()
    cells.append(Array(repeating: " ", count: columns))
  }

  private mutating func takeEscape(_ byte: UInt8) {
    state = .text
    switch byte {
    case UInt8(ascii: "["): state = .control([])
    case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "k"): state = .string([])
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"):
      state = .charset
    case UInt8(ascii: "M"), UInt8(ascii: "D"): scrolls.append("ESC \(Unicode.Scalar(byte))")
    case UInt8(ascii: "7"), UInt8(ascii: "8"), UInt8(ascii: "="), UInt8(ascii: ">"),
      UInt8(ascii: "\\"), UInt8(ascii: "g"):
      break
    default: unknown.append("ESC \(Unicode.Scalar(byte))")
    }
  }

  // MARK: Characters

  private mutating func put(_ text: String) {
    last = text
    let width = Self.width(of: text.unicodeScalars.first?.value ?? 0)
    if width == 0 {
      addMark(text)
      return
    }
    if wraps || cursor.column + width > columns {
      cursor.column = 0
      wraps = false
      lineFeed()
    }
    clear(cursor.row, cursor.column..<min(columns, cursor.column + width))
    cells[cursor.row][cursor.column] = text
    if width == 2, cursor.column + 1 < columns { cells[cursor.row][cursor.column + 1] = nil }
    cursor.column += width
    if cursor.column >= columns { (cursor.column, wraps) = (columns - 1, true) }
  }

  /// Columns by the rules that terminals share: marks stand on what is before them, the letters of
  /// East Asia take two columns.
  private static func width(of scalar: UInt32) -> Int {
    switch scalar {
    case 0x300...0x36F, 0x200B...0x200F, 0x20D0...0x20FF, 0xFE00...0xFE0F: 0
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF:
      2
    default: 1
    }
  }

  private mutating func addMark(_ text: String) {
    var column = wraps ? cursor.column : cursor.column - 1
    if column > 0, cells[cursor.row][column] == nil { column -= 1 }
    guard column >= 0, let base = cells[cursor.row][column] else { return }
    cells[cursor.row][column] = base + text
  }

  /// Spaces, also for the other half of a wide character that is cut.
  private mutating func clear(_ row: Int, _ range: Range<Int>) {
    guard !range.isEmpty else { return }
    if cells[row][range.lowerBound] == nil, range.lowerBound > 0 {
      cells[row][range.lowerBound - 1] = " "
    }
    if range.upperBound < columns, cells[row][range.upperBound] == nil {
      cells[row][range.upperBound] = " "
    }
    for column in range { cells[row][column] = " " }
  }

  // MARK: Control sequences

  private mutating func carryOut(_ bytes: [UInt8], _ final: UInt8) {
    let text = String(decoding: bytes, as: UTF8.self)
    let isPrivate = text.hasPrefix("?")
    let parameters = text.drop { "?>!".contains($0) }
      .split(omittingEmptySubsequences: false) { $0 == ";" || $0 == ":" }.map { Int($0) ?? 0 }
    let first = max(1, parameters.first ?? 1)
    func written() -> String { "CSI \(text)\(Unicode.Scalar(final))" }
    switch Character(Unicode.Scalar(final)) {
    case "H", "f": move(row: first - 1, column: (parameters.count > 1 ? parameters[1] : 1) - 1)
    case "A": move(row: cursor.row - first, column: cursor.column)
    case "B": move(row: cursor.row + first, column: cursor.column)
    case "C": move(row: cursor.row, column: cursor.column + first)
    case "D": move(row: cursor.row, column: cursor.column - first)
    case "G": move(row: cursor.row, column: first - 1)
    case "d": move(row: first - 1, column: cursor.column)
    case "J": eraseDisplay(parameters.first ?? 0)
    case "K": eraseLine(parameters.first ?? 0)
    case "X": clear(cursor.row, cursor.column..<min(columns, cursor.column + first))
    case "P": shift(left: true, first)
    case "@": shift(left: false, first)
    case "b": for _ in 0..<first { if let last { put(last) } }
    case "m": noteColors(parameters)
    case "h" where isPrivate: parameters.forEach { set($0, true) }
    case "l" where isPrivate: parameters.forEach { set($0, false) }
    case "h", "l", "c", "t", "p", "q", "u": break
    case "r", "S", "T", "L", "M": scrolls.append(written())
    default: unknown.append(written())
    }
  }

  private mutating func move(row: Int, column: Int) {
    cursor = (min(columns - 1, max(0, column)), min(rows - 1, max(0, row)))
    wraps = false
  }

  private mutating func eraseDisplay(_ kind: Int) {
    if kind == 0 { eraseLine(0) }
    if kind == 1 { eraseLine(1) }
    let range = kind == 0 ? cursor.row + 1..<rows : kind == 1 ? 0..<cursor.row : 0..<rows
    for row in range { clear(row, 0..<columns) }
  }

  private mutating func eraseLine(_ kind: Int) {
    let range =
      kind == 0 ? cursor.column..<columns : kind == 1 ? 0..<cursor.column + 1 : 0..<columns
    clear(cursor.row, range)
  }

  private mutating func shift(left: Bool, _ count: Int) {
    var row = cells[cursor.row]
    let count = min(count, columns - cursor.column)
    let spaces = Array(repeating: String?.some(" "), count: count)
    if left {
      row.removeSubrange(cursor.column..<cursor.column + count)
      row += spaces
    } else {
      row.insert(contentsOf: spaces, at: cursor.column)
      row.removeLast(count)
    }
    cells[cursor.row] = row
  }

  private mutating func noteColors(_ parameters: [Int]) {
    var rest = parameters[...]
    while let code = rest.popFirst() {
      switch code {
      case 30...37, 40...47: colors.insert(.basic)
      case 90...97, 100...107: colors.insert(.bright)
      case 38, 48:
        colors.insert(rest.first == 2 ? .direct : .indexed)
        rest = rest.dropFirst(rest.first == 2 ? 4 : 2)
      default: break
      }
    }
  }

  private mutating func set(_ mode: Int, _ isOn: Bool) {
    if mode == 25 { isCursorShown = isOn }
    if mode == 1049 || mode == 47 {
      if isOn, normal == nil {
        normal = (cells, cursor)
        cells = Self.blank(columns, rows)
      } else if !isOn, let before = normal {
        (cells, cursor) = before
        normal = nil
      }
    }
    if isOn { modes.insert(mode) } else { modes.remove(mode) }
  }
}
