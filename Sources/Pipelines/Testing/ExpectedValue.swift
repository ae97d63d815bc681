public import Columns

/// A value that a test expects of a column.
public struct ExpectedValue: Sendable, Hashable {
  /// As it is shown.
  public var text: String
  private let value: Value
  /// Whether a part of the text is enough, as of an error's words.
  private let isPart: Bool

  /// Reads what is written for a column; nil where no value of the type is written so.
  ///
  /// - Parameter isPart: whether a part of a text is enough.
  init?(_ node: YamlNode, type: ColumnType, isPart: Bool = false) {
    guard let value = Self.value(node, type) else { return nil }
    self.isPart = isPart
    self.value = value
    text = value.description
  }

  private static func value(_ node: YamlNode, _ type: ColumnType) -> Value? {
    if node.isNull { return .null }
    switch type {
    case .array(let element):
      let values = node.sequence?.map { value($0, element) } ?? [nil]
      return values.contains(nil) ? nil : .array(values.compactMap { $0 })
    case .row(let fields):
      guard let pairs = node.mapping,
        pairs.allSatisfy({ pair in fields.contains { $0.name == pair.key } })
      else { return nil }
      let values = fields.map { field in
        pairs.first { $0.key == field.name }.map { value($0.value, field.type) } ?? .null
      }
      return values.contains(nil) ? nil : .row(values.compactMap { $0 })
    case .map(let keyType, let valueType):
      guard let pairs = node.mapping else { return nil }
      let entries = pairs.compactMap { pair -> Value.Entry? in
        guard let key = scalar(pair.key, keyType), let value = value(pair.value, valueType) else {
          return nil
        }
        return Value.Entry(key, value)
      }
      return entries.count == pairs.count ? .map(entries) : nil
    default: return node.scalar.flatMap { scalar($0.text, type) }
    }
  }

  private static func scalar(_ text: String, _ type: ColumnType) -> Value? {
    let arena = Arena()
    let bytes = arena.copy(text)
    return withExtendedLifetime(arena) {
      switch type {
      case .boolean: ["true": .boolean(true), "false": .boolean(false)][text.lowercased()]
      case .int, .bigint, .interval: Int64(text.replacing("_", with: "")).map { .integer($0) }
      case .double: double(text)
      case .decimal(let precision, let scale):
        parseDecimal(bytes, precision: precision, scale: scale)
          .map { .decimal(DecimalNumber($0, scale: scale)) }
      case .date: parseDate(bytes).map { .date($0) }
      case .timestamp, .timestampLTZ: (parseTimestamp(bytes) ?? Int64(text)).map { .time($0) }
      case .string: .string(text)
      case .array, .row, .map: nil
      }
    }
  }

  private static func double(_ text: String) -> Value? {
    switch text {
    case ".inf", "Infinity": .double(.infinity)
    case "-.inf", "-Infinity": .double(-.infinity)
    case ".nan", "NaN": .double(.nan)
    default: Double(text).map { .double($0) }
    }
  }

  /// Whether a value is what was expected: doubles to a billionth of themselves, texts byte by
  /// byte, everything else exactly.
  public func matches(_ actual: Value) -> Bool {
    if isPart, case .string(let expected) = value, case .string(let found) = actual {
      return found.contains(expected)
    }
    return Self.isEqual(value, actual)
  }

  private static func isEqual(_ expected: Value, _ actual: Value) -> Bool {
    switch (expected, actual) {
    case (.double(let expected), .double(let found)):
      if expected.isNaN || found.isNaN { return expected.isNaN && found.isNaN }
      if expected == found { return true }
      let scale = max(expected.magnitude, found.magnitude)
      return scale.isFinite && (expected - found).magnitude <= 1e-9 * scale
    case (.string(let expected), .string(let found)):
      return Array(expected.utf8) == Array(found.utf8)
    case (.array(let expected), .array(let found)), (.row(let expected), .row(let found)):
      return expected.count == found.count && zip(expected, found).allSatisfy(isEqual)
    default: return expected == actual
    }
  }
}
