import Columns

@testable import Engine

/// A copy of an input with nothing before and behind it, so that the address sanitizer sees a read
/// past its end.
final class InputMemory: @unchecked Sendable {
  // Unchecked: filled once, then only read.
  private let memory: UnsafeMutablePointer<UInt8>
  let count: Int

  init(_ bytes: some Collection<UInt8>) {
    count = bytes.count
    memory = .allocate(capacity: max(count, 1))
    _ = UnsafeMutableBufferPointer(start: memory, count: count).initialize(from: bytes)
  }

  deinit { memory.deallocate() }

  /// Valid only while somebody holds the memory by name; ``read(_:)`` holds it.
  var bytes: Bytes { Bytes(start: UnsafePointer(memory), count: count) }

  /// What a function makes of the bytes of a text.
  static func read<Result>(
    _ bytes: some Collection<UInt8>, _ body: (Bytes) throws -> Result
  ) rethrows -> Result {
    let memory = InputMemory(bytes)
    return try withExtendedLifetime(memory) { try body(memory.bytes) }
  }

  /// The bytes as the block of a source: with as many lines as line feeds, and one more without a
  /// last one.
  func block(start: SplitPosition = .start) -> RecordBlock {
    let feeds = Int64(bytes.buffer.count { $0 == 10 })
    let hasRest = count > 0 && bytes[count - 1] != 10
    return RecordBlock(
      bytes: bytes, owner: self, start: start,
      end: SplitPosition(
        offset: start.offset + Int64(count), line: start.line + feeds + (hasRest ? 1 : 0)))
  }
}

/// A record as a parser saw it.
struct SeenRecord: Equatable {
  var offset: Int64
  var line: Int64
  var raw: [UInt8]
  var error: String?
  /// NULL for a column that is not read, and for all of a bad record.
  var values: [Value]

  /// The record as a line of its own.
  func line(ending end: [UInt8]) -> [UInt8] { raw + end }

  /// What is wrong, without the place: the end of a line that is cut short is before its CR or
  /// behind it.
  var fault: Substring? {
    guard let error else { return nil }
    return error.firstRange(of: " at byte ").map { error[..<$0.lowerBound] } ?? error[...]
  }

  /// The records of a block; values of bad ones are left out, for they mean nothing.
  static func all(of parsed: ParsedBlock) -> [SeenRecord] {
    var bad: [Int: String] = [:]
    for record in parsed.bad { bad[record.row] = record.error }
    return (0..<parsed.count).map { row in
      let position = parsed.position(of: row)
      let values = parsed.columns.map { column in
        bad[row] == nil ? column.map { Value($0, row) } ?? .null : .null
      }
      return SeenRecord(
        offset: position.offset, line: position.line, raw: Array(parsed.raw(row).buffer),
        error: bad[row], values: values)
    }
  }
}

extension ParsedBlock {
  /// The good rows, for an encoder.
  func batch(_ schema: Schema) -> Batch {
    let bad = Set(bad.map(\.row))
    return Batch(
      schema: schema, columns: columns, count: count,
      selection: Selection((0..<count).filter { !bad.contains($0) }))
  }
}
