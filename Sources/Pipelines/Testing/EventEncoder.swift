internal import Columns
internal import Engine

/// Writes the columns of an event as the record that a log would hold.
struct EventEncoder {
  let spec: ParseSpec

  /// What stands before the records of a split: the names of CSV columns.
  var header: String? {
    guard case .csv(let options) = spec.format, options.hasHeader else { return nil }
    let delimiter = String(Unicode.Scalar(options.delimiter))
    return spec.columns.map { Self.csv($0.name, delimiter) }.joined(separator: delimiter)
  }

  /// Whether events may be written as columns; else they are records.
  var takesColumns: Bool {
    if case .json = spec.format { return true }
    if case .csv = spec.format { return true }
    return spec.format == .accessLog
  }

  /// The names that an event's columns may have.
  var names: [String] {
    spec.format == .accessLog
      ? AccessLogField.allCases.map(\.rawValue) : spec.columns.map(\.name)
  }

  func record(_ pairs: [YamlPair]) -> String {
    if case .csv(let options) = spec.format { return csv(pairs, options) }
    return spec.format == .accessLog ? accessLog(pairs) : json(pairs)
  }

  // MARK: JSON

  private func json(_ pairs: [YamlPair]) -> String {
    let members = pairs.map { pair -> String in
      let column = spec.columns.first { $0.name == pair.key }
      let isText = column.map { $0.type == .string } ?? true
      guard pair.value.scalar != nil else {
        return "\(JSONText.quoted(pair.key)):\(Self.nested(pair.value))"
      }
      let value =
        pair.value.isNull
        ? "null" : Self.json(text(pair, column), pair.value.scalar?.style, isText: isText)
      return "\(JSONText.quoted(pair.key)):\(value)"
    }
    return "{\(members.joined(separator: ","))}"
  }

  /// What is no number is given as the text that it is: parse says what it makes of it.
  private static func json(_ text: String, _ style: YamlScalar.Style?, isText: Bool) -> String {
    let isBare = style == .plain && (isNumber(text) || ["true", "false"].contains(text))
    return isBare && !isText ? text : JSONText.quoted(text)
  }

  private static func nested(_ node: YamlNode) -> String {
    switch node.kind {
    case .scalar(let scalar): node.isNull ? "null" : json(scalar.text, scalar.style, isText: false)
    case .sequence(let nodes): "[\(nodes.map(nested).joined(separator: ","))]"
    case .mapping(let pairs):
      "{\(pairs.map { "\(JSONText.quoted($0.key)):\(nested($0.value))" }.joined(separator: ","))}"
    }
  }

  /// Whether a column holds lists or mappings.
  func takesNested(_ name: String) -> Bool {
    guard case .json = spec.format, let column = spec.columns.first(where: { $0.name == name })
    else { return false }
    switch column.type {
    case .array, .row, .map: return true
    default: return false
    }
  }

  /// The text of a value; an ISO time for a column of epochs as its number.
  private func text(_ pair: YamlPair, _ column: ParseColumn?) -> String {
    let text = pair.value.scalar?.text ?? ""
    guard let column, column.type.isTime, case .epoch(let unit) = column.timeFormat,
      let ms = Self.time(text)
    else { return text }
    switch unit {
    case .s where ms % 1000 == 0: return String(ms / 1000)
    case .s: return "\(Double(ms) / 1000)"
    case .ms: return String(ms)
    case .us: return String(ms * 1000)
    case .ns: return String(ms * 1_000_000)
    }
  }

  private static func time(_ text: String) -> Int64? {
    let arena = Arena()
    let bytes = arena.copy(text)
    return withExtendedLifetime(arena) { parseTimestamp(bytes) }
  }

  /// A number as JSON writes it.
  static func isNumber(_ text: String) -> Bool {
    var rest = text.utf8[...]
    if rest.first == 45 { rest = rest.dropFirst() }
    let whole = rest.prefix { $0 >= 48 && $0 <= 57 }
    guard !whole.isEmpty, whole.count == 1 || whole.first != 48 else { return false }
    rest = rest.dropFirst(whole.count)
    if rest.first == 46 {
      let fraction = rest.dropFirst().prefix { $0 >= 48 && $0 <= 57 }
      if fraction.isEmpty { return false }
      rest = rest.dropFirst(fraction.count + 1)
    }
    if let mark = rest.first, mark | 32 == 101 {
      rest = rest.dropFirst()
      if rest.first == 43 || rest.first == 45 { rest = rest.dropFirst() }
      if rest.isEmpty { return false }
      rest = rest.drop { $0 >= 48 && $0 <= 57 }
    }
    return rest.isEmpty
  }

  // MARK: CSV

  private func csv(_ pairs: [YamlPair], _ options: CsvOptions) -> String {
    let delimiter = String(Unicode.Scalar(options.delimiter))
    let fields = spec.columns.map { column -> String in
      guard let pair = pairs.first(where: { $0.key == column.name }), !pair.value.isNull else {
        return ""
      }
      return Self.csv(text(pair, column), delimiter)
    }
    return fields.joined(separator: delimiter)
  }

  private static func csv(_ text: String, _ delimiter: String) -> String {
    let isPlain =
      !text.isEmpty && !text.contains(delimiter)
      && !text.utf8.contains { $0 == 34 || $0 == 10 || $0 == 13 }
    return isPlain ? text : "\"\(text.replacing("\"", with: "\"\""))\""
  }

  // MARK: access log

  private func accessLog(_ pairs: [YamlPair]) -> String {
    func field(_ name: String, _ otherwise: String) -> String {
      guard let pair = pairs.first(where: { $0.key == name }) else { return otherwise }
      return pair.value.isNull ? "-" : pair.value.scalar?.text ?? "-"
    }
    let request = field(
      "request", "\(field("method", "GET")) \(field("path", "/")) \(field("protocol", "HTTP/1.1"))")
    let start = "\(field("host", "192.0.2.1")) \(field("ident", "-")) \(field("user", "-"))"
    return "\(start) [\(logTime(field("time", "-")))] \"\(request)\" \(field("status", "200")) "
      + "\(field("bytes", "0")) \"\(field("referrer", "-"))\" \"\(field("user_agent", "-"))\""
  }

  /// `02/Mar/2026:09:00:02 +0000` for an ISO time; anything else as it is written.
  private func logTime(_ text: String) -> String {
    guard let ms = Self.time(text) else { return text }
    let iso = Array(formatTimestamp(ms))
    guard iso.count == 24, let month = Int(String(iso[5..<7])), (1...12).contains(month) else {
      return text
    }
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    return "\(String(iso[8..<10]))/\(months[month - 1])/\(String(iso[0..<4])):"
      + "\(String(iso[11..<19])) +0000"
  }
}
