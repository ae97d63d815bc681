/// A text with its lines: turns offsets into lines and columns, and back.
///
/// Offsets are UTF-8 bytes. Lines end where YAML ends them: LF, CR LF, CR, NEL, LS and PS. Lines
/// and columns count from 1, columns in Unicode scalars.
public struct SourceText: Sendable {
  public let text: String
  let bytes: [UInt8]
  /// Where each line starts; the first at 0.
  private let lineStarts: [Int]
  /// Where each line ends, without its line end.
  private let lineEnds: [Int]

  public init(_ text: String) {
    self.text = text
    bytes = Array(text.utf8)
    var starts = [0]
    var ends: [Int] = []
    var at = 0
    while at < bytes.count {
      let length = Self.lineEnd(in: bytes, at: at)
      if length > 0 {
        ends.append(at)
        starts.append(at + length)
      }
      at += max(length, 1)
    }
    ends.append(bytes.count)
    lineStarts = starts
    lineEnds = ends
  }

  /// The bytes of the line end at an offset; 0 where there is none.
  static func lineEnd(in bytes: [UInt8], at offset: Int) -> Int {
    switch bytes[offset] {
    case 10: 1
    case 13: offset + 1 < bytes.count && bytes[offset + 1] == 10 ? 2 : 1
    case 0xC2: offset + 1 < bytes.count && bytes[offset + 1] == 0x85 ? 2 : 0
    case 0xE2:
      offset + 2 < bytes.count && bytes[offset + 1] == 0x80
        && (bytes[offset + 2] == 0xA8 || bytes[offset + 2] == 0xA9) ? 3 : 0
    default: 0
    }
  }

  public var lineCount: Int { lineStarts.count }

  /// The bytes of a line, without its line end; empty for a line that there is not.
  func range(ofLine line: Int) -> Range<Int> {
    guard line >= 1, line <= lineStarts.count else { return bytes.count..<bytes.count }
    return lineStarts[line - 1]..<lineEnds[line - 1]
  }

  /// A line's text without its line end.
  public func line(_ line: Int) -> String { string(range(ofLine: line)) }

  func string(_ range: Range<Int>) -> String {
    String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
  }

  /// The offset of a line and column; the end of the line where it is shorter.
  public func offset(line: Int, column: Int) -> Int {
    offset(range(ofLine: line).lowerBound, columns: column - 1, line: line)
  }

  /// The offset some columns behind another in the same line.
  func offset(_ start: Int, columns: Int, line: Int) -> Int {
    let end = range(ofLine: line).upperBound
    var at = start
    var left = columns
    while left > 0, at < end {
      at += 1
      while at < end, bytes[at] & 0xC0 == 0x80 { at += 1 }
      left -= 1
    }
    return at
  }

  /// The line of an offset.
  public func line(of offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle - 1 }
    }
    return low + 1
  }

  /// The line and column of an offset.
  public func position(of offset: Int) -> (line: Int, column: Int) {
    let line = line(of: offset)
    let start = lineStarts[line - 1]
    return (line, scalarCount(start..<max(start, offset)) + 1)
  }

  /// The Unicode scalars of a range.
  func scalarCount(_ range: Range<Int>) -> Int {
    bytes[range.clamped(to: 0..<bytes.count)].count { $0 & 0xC0 != 0x80 }
  }
}
