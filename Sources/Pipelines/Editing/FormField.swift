/// A field of the form in which a step, or the pipeline as a whole, is filled in.
public struct FormField: Sendable, Hashable {
  /// What is written in it.
  public enum Value: Sendable, Hashable {
    case text, path, boolean, integer, duration, size, choice, expression, aggregate, columns, list,
      type
  }

  public enum Shape: Sendable, Hashable {
    /// The value of an option.
    case value
    /// A name with its value, of an option that has any number of them.
    case pair
    /// An empty place for one more.
    case newPair
  }

  /// The option, then members of groups, or the name of a pair: `watermark`, `out_of_orderness`. An
  /// operator's own value (the condition of `filter`, the kind of `window`) has its name.
  public var path: [String]
  public var shape: Shape
  public var value: Value
  /// As it is written, without quotes; nil where it is not given, or fills several lines.
  public var text: String?
  /// Whether it stands in the file.
  public var isGiven: Bool
  /// Where its value stands, UTF-8 bytes of the text; nil where it is not given.
  public var range: Range<Int>?
  /// What stands when it is not given; nil where there is nothing.
  public var defaultText: String?
  /// What may be written, where that is a choice.
  public var choices: [String]
  public var isRequired: Bool
  public var doc: String

  /// `watermark.out_of_orderness`.
  public var name: String { path.joined(separator: ".") }

  /// What is edited: a pair with its name.
  public var editedText: String {
    shape == .pair ? "\(path.last ?? ""): \(text ?? "")" : text ?? ""
  }

  /// The name and the value in the text of a pair; nil for a text without a colon.
  public static func pair(_ text: String) -> (name: String, value: String)? {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let name = String(text[..<colon]).trimmed
    let value = String(text[text.index(after: colon)...]).trimmed
    return name.isEmpty ? nil : (name, value)
  }
}
