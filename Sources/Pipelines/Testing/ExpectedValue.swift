public import Columns
internal import Foundation

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
    guard let scalar = node.scalar else { return nil }
    self.isPart = isPart
    if node.isNull {
      value = .null
      text = value.description
      return
    }
    guard let value = Self.value(scalar.text, type) else { return nil }
    self.value = value
    text = value.description
  }

  private static func value(_ text: String, _ type: ColumnType) -> Value? {
    let arena = Arena()
    let bytes = arena.copy(text)
    return withExtendedLifetime(arena) {
      if type == .boolean {
        return ["true": .boolean(true), "false": .boolean(false)][text.lowercased()]
      }
      if type == .double { return double(text) }
      if type == .date { return parseDate(bytes).map { .date($0) } }
      if type.isTime { return (parseTimestamp(bytes) ?? Int64(text)).map { .time($0) } }
      if type.physical == .integer {
        return Int64(text.replacing("_", with: "")).map { .integer($0) }
      }
      return .string(text)
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
    switch (value, actual) {
    case (.double(let expected), .double(let found)):
      if expected.isNaN || found.isNaN { return expected.isNaN && found.isNaN }
      if expected == found { return true }
      let scale = max(expected.magnitude, found.magnitude)
      return scale.isFinite && (expected - found).magnitude <= 1e-9 * scale
    case (.string(let expected), .string(let found)):
      return isPart
        ? found.contains(expected) : Array(expected.utf8) == Array(found.utf8)
    default: return value == actual
    }
  }
}
