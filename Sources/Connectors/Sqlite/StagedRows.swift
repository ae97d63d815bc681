internal import Columns
internal import Engine
internal import Glibc

/// A value of a staged row, as SQLite takes it.
enum StagedValue: Equatable {
  case null
  case integer(Int64)
  case double(Double)
  case text(Bytes)

  static func == (left: StagedValue, right: StagedValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.integer(let left), .integer(let right)): left == right
    case (.double(let left), .double(let right)): left == right
    case (.text(let left), .text(let right)): left == right
    default: false
    }
  }
}

/// What becomes of a staged row.
enum StagedKind: UInt8 { case put, delete }

/// The tags before the values of a staged row; numbers are 8 bytes, texts a length of 4 and bytes.
private enum Tag: UInt8 { case null, integer, double, text }

/// Packs rows for the staging file, in the machine's byte order: the file never leaves it.
///
/// Used by one thread at a time.
final class StagedRowWriter {
  let output = ByteBuilder()
  private let fields: [Field]
  private let positions: [Int]
  private let times: TimeStyle
  private let kindPosition: Int?
  private let scratch = ByteBuilder(capacity: 64)

  /// - Parameter kindPosition: the column of the row kind, where it decides what becomes of a row.
  init(fields: [Field], positions: [Int], times: TimeStyle, kindPosition: Int?) {
    self.fields = fields
    self.positions = positions
    self.times = times
    self.kindPosition = kindPosition
  }

  func append(_ batch: Batch) {
    let columns = positions.map { batch.columns[$0] }
    let kinds = kindPosition.flatMap { batch.columns[$0] }
    let selection = batch.selection
    for index in 0..<batch.selectedCount {
      let row = selection.map { Int($0.rows[index]) } ?? index
      guard let kind = Self.kind(kinds, row) else { continue }
      output.reserve(1 + columns.count * 40)
      output.put(kind.rawValue)
      for (field, column) in zip(fields, columns) { put(column, row, field.type) }
    }
  }

  /// Nil for `-U`: the row after it says all.
  private static func kind(_ column: Column?, _ row: Int) -> StagedKind? {
    guard let column, !column.isNull(row) else { return .put }
    let text = column.bytes[row]
    guard text.count == 2, text[0] == 45 else { return .put }
    return text[1] == 68 ? .delete : text[1] == 85 ? nil : .put
  }

  private func put(_ column: Column?, _ row: Int, _ type: ColumnType) {
    guard let column, !column.isNull(row) else {
      output.reserve(1)
      return output.put(Tag.null.rawValue)
    }
    output.reserve(40)
    switch type {
    case .double: put(.double, column.doubles[row])
    case .string:
      scratch.removeAll()
      // SQLite takes any bytes as text, and readers then fail on them.
      scratch.put(validUTF8: column.bytes[row])
      putText(scratch.start, scratch.count)
    case .decimal:
      scratch.removeAll()
      scratch.put(decimal: column.wides[row], scale: type.scale)
      putText(scratch.start, scratch.count)
    case .array, .row, .map:
      scratch.removeAll()
      scratch.put(json: NestedValue(column.bytes[row]), as: type, times: times)
      putText(scratch.start, scratch.count)
    case .date:
      let text = Array(formatDate(column.integers[row]).utf8)
      text.withUnsafeBufferPointer { text in
        if let start = text.baseAddress { putText(start, text.count) }
      }
    case _ where type.isTime && times == .iso:
      scratch.removeAll()
      scratch.reserve(32)
      putText(scratch.start, writeTimestamp(column.integers[row], to: scratch.start))
    default: put(.integer, column.integers[row])
    }
  }

  private func put<Number>(_ tag: Tag, _ number: Number) {
    output.put(tag.rawValue)
    withUnsafeBytes(of: number) { bytes in
      for byte in bytes { output.put(byte) }
    }
  }

  private func putText(_ start: UnsafePointer<UInt8>, _ count: Int) {
    output.reserve(count + 5)
    output.put(Tag.text.rawValue)
    withUnsafeBytes(of: UInt32(count)) { bytes in
      for byte in bytes { output.put(byte) }
    }
    output.put(start, count)
  }
}

/// Reads the rows of a verified staging file, mapped into memory.
final class StagedRowReader {
  private let path: String
  private let start: UnsafeRawPointer
  private let count: Int
  private var at = 0

  init(path: String) throws {
    self.path = path
    let file = try FileSystem().open(path, O_RDONLY)
    defer { _ = Glibc.close(file) }
    count = Int(try FileSystem.length(of: path) ?? 0)
    if count == 0 {
      start = UnsafeRawPointer(Bytes.empty.start)
      return
    }
    guard let memory = mmap(nil, count, PROT_READ, MAP_PRIVATE, file, 0), memory != MAP_FAILED
    else { throw SystemFault.error("read \(path)", code: errno) }
    start = UnsafeRawPointer(memory)
  }

  deinit { if count > 0 { munmap(UnsafeMutableRawPointer(mutating: start), count) } }

  /// The next row's values, or nil at the end. Texts live as long as the reader.
  func next(_ values: inout [StagedValue]) throws -> StagedKind? {
    if at == count { return nil }
    guard let kind = StagedKind(rawValue: try read(UInt8.self)) else { throw damaged() }
    for index in values.indices {
      switch Tag(rawValue: try read(UInt8.self)) {
      case .null: values[index] = .null
      case .integer: values[index] = .integer(try read(Int64.self))
      case .double: values[index] = .double(try read(Double.self))
      case .text:
        let length = Int(try read(UInt32.self))
        guard length <= count - at else { throw damaged() }
        let text = (start + at).assumingMemoryBound(to: UInt8.self)
        values[index] = .text(Bytes(start: text, count: length))
        at += length
      case nil: throw damaged()
      }
    }
    return kind
  }

  @inline(__always)
  private func read<Number: BitwiseCopyable>(_ type: Number.Type) throws -> Number {
    guard MemoryLayout<Number>.size <= count - at else { throw damaged() }
    defer { at += MemoryLayout<Number>.size }
    return start.loadUnaligned(fromByteOffset: at, as: type)
  }

  private func damaged() -> ConnectError {
    ConnectError(
      "the prepared rows in \(path) do not fit the table's columns",
      remedy: "start afresh: the pipeline was changed since the checkpoint")
  }
}
