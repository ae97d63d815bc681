import Columns
import Glibc

extension ParsedBlock {
  /// A block of text for a parser that looks at one line at a time: calls `read` for each record
  /// and notes its place and its fault.
  ///
  /// - Parameter read: stores a line's values and says what is wrong with it.
  static func lines(
    _ block: RecordBlock, columns: [ParseColumn], read: (Bytes, Int, ParsedBlock) -> String?
  ) -> ParsedBlock {
    let parsed = ParsedBlock(
      block, columns: columns, capacity: Int(block.end.line - block.start.line) + 1)
    let start = block.bytes.start
    let end = start + block.bytes.count
    var p = start
    var line: UInt32 = 0
    while p < end {
      let newline = memchr(p, 10, end - p)
      let lineEnd = newline.map { UnsafePointer($0.assumingMemoryBound(to: UInt8.self)) } ?? end
      var length = lineEnd - p
      if length > 0, p[length - 1] == 13 { length -= 1 }
      if length > 0 {
        parsed.add(
          offset: p - start, line: line,
          error: block.isOversized
            ? oversizedMessage : read(Bytes(start: p, count: length), parsed.count, parsed))
      }
      p = lineEnd + 1
      line += 1
      if block.isOversized { break }
    }
    return parsed
  }

  /// Closes a record whose values have been stored, or whose fault is known.
  func add(offset: Int, line: UInt32, error: String?) {
    offsets[count] = UInt32(truncatingIfNeeded: offset)
    lines[count] = line
    if let error {
      bad.append(BadRecord(row: count, error: error))
      for column in columns { column?.setNull(count) }
    }
    count += 1
  }

  /// Stores a field's text; an absent field is NULL.
  ///
  /// - Returns: what is wrong with it.
  func store(
    _ text: Bytes?, _ index: Int, _ row: Int, _ columns: [ParseColumn],
    _ conversions: [FieldConversion]
  ) -> String? {
    guard let column = self.columns[index] else { return nil }
    guard let text else {
      column.setNull(row)
      return nil
    }
    return conversions[index].write(text, to: column, row)
      ? nil : wrongType(columns[index], conversions[index], found: text)
  }
}

/// The message for bytes that are not UTF-8; nil where they are.
func utf8Fault(_ bytes: Bytes) -> String? {
  if isASCII(bytes) { return nil }
  return firstInvalidUTF8(bytes).map { "invalid UTF-8 at byte \($0 + 1)" }
}
