internal import Columns
internal import Glibc

/// One column as an encoder writes it: what stands before each value, and how values are written.
struct EncodedColumn {
  private enum Style { case boolean, integer, double, decimal, text, time, date, nested }

  private let position: Int
  private let style: Style
  private let isQuoted: Bool
  private let type: ColumnType
  private let times: TimeStyle
  /// `{"name":`, or `,"name":` after the first; for CSV the comma.
  private let lead: [UInt8]
  private var column: Column?
  /// Results of a window share their times: the text of the last one is kept.
  private var lastTime: Int64?
  private var lastText: [UInt8] = []

  init(_ field: Field, _ position: Int, isFirst: Bool, format: RowFormat) {
    self.position = position
    isQuoted = format.kind == .jsonl
    type = field.type
    times = format.times
    style =
      switch field.type {
      case .boolean: .boolean
      case .int, .bigint, .interval: .integer
      case .double: .double
      case .decimal: .decimal
      case .string: .text
      case .array, .row, .map: .nested
      case .date: .date
      case .timestamp, .timestampLTZ: format.times == .iso ? .time : .integer
      }
    switch format.kind {
    case .csv: lead = isFirst ? [] : [44]
    case .jsonl:
      let builder = ByteBuilder(capacity: 64)
      builder.append([isFirst ? 123 : 44])
      var name = field.name
      name.withUTF8 { utf8 in
        let text = utf8.baseAddress.map { Bytes(start: $0, count: utf8.count) } ?? .empty
        builder.put(jsonString: text)
      }
      builder.append([58])
      lead = builder.array
    }
  }

  mutating func attach(_ batch: Batch) { column = batch.columns[position] }
  mutating func detach() { column = nil }

  @inline(__always)
  private func putLead(_ output: ByteBuilder) {
    lead.withUnsafeBufferPointer { lead in
      output.reserve(lead.count + 40)
      if let start = lead.baseAddress { output.put(start, lead.count) }
    }
  }

  mutating func putJSON(_ row: Int, _ output: ByteBuilder) {
    putLead(output)
    guard let column, !column.isNull(row) else { return Self.put("null", output) }
    switch style {
    case .double:
      let value = column.doubles[row]
      if value.isFinite { output.put(double: value) } else { Self.put("null", output) }
    case .text: output.put(jsonString: column.bytes[row])
    case .decimal: output.put(decimal: column.wides[row], scale: type.scale)
    case .nested: output.put(json: NestedValue(column.bytes[row]), as: type, times: times)
    default: putNumber(column.integers[row], output)
    }
  }

  mutating func putCSV(_ row: Int, _ output: ByteBuilder) {
    putLead(output)
    guard let column, !column.isNull(row) else { return }
    switch style {
    case .double:
      let value = column.doubles[row]
      if value.isFinite {
        output.put(double: value)
      } else {
        Self.put(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity", output)
      }
    case .text: Self.putField(column.bytes[row], output)
    case .decimal: output.put(decimal: column.wides[row], scale: type.scale)
    case .nested:
      let json = ByteBuilder(capacity: 256)
      json.put(json: NestedValue(column.bytes[row]), as: type, times: times)
      Self.putField(Bytes(start: json.start, count: json.count), output)
    default: putNumber(column.integers[row], output)
    }
  }

  @inline(__always)
  private mutating func putNumber(_ value: Int64, _ output: ByteBuilder) {
    switch style {
    case .integer: output.put(decimal: value)
    case .boolean: Self.put(value != 0 ? "true" : "false", output)
    default:
      if lastTime != value { keepText(of: value) }
      lastText.withUnsafeBufferPointer { text in
        if let start = text.baseAddress { output.put(start, text.count) }
      }
    }
  }

  /// Formats a time or a date, in quotes for JSON.
  @inline(never)
  private mutating func keepText(of value: Int64) {
    lastTime = value
    let text: [UInt8]
    if style == .time {
      text = Array(unsafeUninitializedCapacity: 24) { buffer, count in
        if let start = buffer.baseAddress { count = writeTimestamp(value, to: start) }
      }
    } else {
      text = Array(formatDate(value).utf8)
    }
    lastText = isQuoted ? [34] + text + [34] : text
  }

  @inline(__always)
  private static func put(_ text: StaticString, _ output: ByteBuilder) {
    output.put(text.utf8Start, text.utf8CodeUnitCount)
  }

  /// A CSV field, in quotes where it is empty or holds a comma, a quote or a line end.
  static func putField(_ text: Bytes, _ output: ByteBuilder) {
    output.reserve(text.count * 2 + 2)
    var needsQuotes = text.count == 0
    for byte in text.buffer where byte == 44 || byte == 34 || byte == 10 || byte == 13 {
      needsQuotes = true
    }
    guard needsQuotes else { return output.put(text.start, text.count) }
    output.put(34)
    for byte in text.buffer {
      if byte == 34 { output.put(34) }
      output.put(byte)
    }
    output.put(34)
  }
}
