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
  private let lead: Bytes
  /// The values of the batch at hand, held by it.
  private var values: Values?
  /// Results of a window share their times: the text of the last one is kept.
  private var lastTime: Int64?
  private var lastText: Bytes
  /// When the day of that text began, if it is a time: another of the day has the same date.
  private var dayStart: Int64?
  /// Room for a time or a date in quotes.
  private let timeRoom: UnsafeMutablePointer<UInt8>

  /// Where a column has its values: nothing is retained for a row.
  private struct Values {
    var start: UnsafeRawPointer
    var validity: UnsafePointer<UInt8>?

    init(_ column: Column) {
      switch column.physical {
      case .integer: start = UnsafeRawPointer(column.integers)
      case .double: start = UnsafeRawPointer(column.doubles)
      case .bytes: start = UnsafeRawPointer(column.bytes)
      case .wide: start = UnsafeRawPointer(column.wides)
      }
      validity = column.hasNulls ? UnsafePointer(column.validity) : nil
    }

    @inline(__always)
    func isNull(_ row: Int) -> Bool {
      guard let validity else { return false }
      return validity[row] == 0
    }

    @inline(__always)
    func value<Value>(_ row: Int, as type: Value.Type) -> Value {
      start.assumingMemoryBound(to: type)[row]
    }
  }

  /// - Parameter texts: holds what is written again and again, and outlives this.
  init(_ field: Field, _ position: Int, isFirst: Bool, format: RowFormat, texts: Arena) {
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
    let builder = ByteBuilder(capacity: 64)
    switch format.kind {
    case .csv: if !isFirst { builder.append([44]) }
    case .jsonl:
      builder.append([isFirst ? 123 : 44])
      var name = field.name
      name.withUTF8 { utf8 in
        let text = utf8.baseAddress.map { Bytes(start: $0, count: utf8.count) } ?? .empty
        builder.put(jsonString: text)
      }
      builder.append([58])
    }
    lead = texts.copy(Bytes(start: builder.start, count: builder.count))
    timeRoom = texts.allocate(Self.timeRoomBytes).assumingMemoryBound(to: UInt8.self)
    lastText = Bytes(start: UnsafePointer(timeRoom), count: 0)
  }

  private static let timeRoomBytes = 40

  /// - Parameter batch: kept by the caller up to ``detach()``.
  mutating func attach(_ batch: Batch) { values = batch.columns[position].map { Values($0) } }
  mutating func detach() { values = nil }

  @inline(__always)
  private func putLead(_ output: ByteBuilder) {
    output.reserve(lead.count + 40)
    if lead.count == 1 {
      output.put(lead.start[0])
    } else {
      output.put(lead.start, lead.count)
    }
  }

  mutating func putJSON(_ row: Int, _ output: ByteBuilder) {
    putLead(output)
    guard let values, !values.isNull(row) else { return Self.put("null", output) }
    switch style {
    case .double:
      let value = values.value(row, as: Double.self)
      if value.isFinite { output.put(double: value) } else { Self.put("null", output) }
    case .text: output.put(jsonString: values.value(row, as: Bytes.self))
    case .decimal: output.put(decimal: values.value(row, as: Int128.self), scale: type.scale)
    case .nested:
      output.put(json: NestedValue(values.value(row, as: Bytes.self)), as: type, times: times)
    default: putNumber(values.value(row, as: Int64.self), output)
    }
  }

  mutating func putCSV(_ row: Int, _ output: ByteBuilder) {
    putLead(output)
    guard let values, !values.isNull(row) else { return }
    switch style {
    case .double:
      let value = values.value(row, as: Double.self)
      if value.isFinite {
        output.put(double: value)
      } else {
        Self.put(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity", output)
      }
    case .text: Self.putField(values.value(row, as: Bytes.self), output)
    case .decimal: output.put(decimal: values.value(row, as: Int128.self), scale: type.scale)
    case .nested:
      let json = ByteBuilder(capacity: 256)
      json.put(json: NestedValue(values.value(row, as: Bytes.self)), as: type, times: times)
      Self.putField(Bytes(start: json.start, count: json.count), output)
    default: putNumber(values.value(row, as: Int64.self), output)
    }
  }

  @inline(__always)
  private mutating func putNumber(_ value: Int64, _ output: ByteBuilder) {
    switch style {
    case .integer: output.put(decimal: value)
    case .boolean: Self.put(value != 0 ? "true" : "false", output)
    default:
      if lastTime != value { keepText(of: value) }
      output.put(lastText.start, lastText.count)
    }
  }

  /// Formats a time or a date, in quotes for JSON.
  @inline(never)
  private mutating func keepText(of value: Int64) {
    lastTime = value
    if let dayStart, value >= dayStart, value - dayStart < msPerDay {
      return writeTimeOfDay(
        value - dayStart, to: timeRoom + (isQuoted ? 1 : 0) + timeOfDayOffset)
    }
    var end = 0
    if isQuoted {
      timeRoom[0] = 34
      end = 1
    }
    if style == .time {
      end += writeTimestamp(value, to: timeRoom + end)
      // A time outside is written as the number it is.
      let rest = value % msPerDay
      dayStart =
        eventTimeRange.contains(value) ? value - (rest < 0 ? rest + msPerDay : rest) : nil
    } else {
      let text = formatDate(value).utf8.prefix(Self.timeRoomBytes - 2)
      for byte in text {
        timeRoom[end] = byte
        end += 1
      }
    }
    if isQuoted {
      timeRoom[end] = 34
      end += 1
    }
    lastText = Bytes(start: UnsafePointer(timeRoom), count: end)
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
