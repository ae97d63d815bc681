/// A value of a YAML text with the place where it stands.
public struct YamlNode: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    case scalar(YamlScalar)
    case sequence([YamlNode])
    case mapping([YamlPair])
  }

  public var kind: Kind
  /// Where it stands, UTF-8 bytes of the text. For sequences and mappings: to the end of the last
  /// thing in them.
  public var range: Range<Int>

  public var scalar: YamlScalar? { if case .scalar(let scalar) = kind { scalar } else { nil } }
  public var sequence: [YamlNode]? { if case .sequence(let nodes) = kind { nodes } else { nil } }
  public var mapping: [YamlPair]? { if case .mapping(let pairs) = kind { pairs } else { nil } }

  /// Nothing was written: `key:` alone, `~` or `null`.
  var isNull: Bool {
    guard let scalar, scalar.style == .plain else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.text)
  }

  /// What kind of value it is, in a reader's words.
  var kindName: String {
    switch kind {
    case .scalar: isNull ? "nothing" : "a text"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }
}

/// A key of a mapping with its value.
public struct YamlPair: Sendable, Hashable {
  public var key: String
  public var keyRange: Range<Int>
  public var value: YamlNode
}

/// A text, number or other single value.
public struct YamlScalar: Sendable, Hashable {
  public enum Style: Sendable, Hashable { case plain, singleQuoted, doubleQuoted, literal, folded }

  /// The value: quotes, escapes and folding undone.
  public var text: String
  public var style: Style
  /// The offset in the source of each byte of the value, and of its end; nil where it could not
  /// be told.
  var offsets: [Int]?

  /// The place in the source of a part of the value; nil where it cannot be told.
  func sourceRange(_ part: Range<Int>) -> Range<Int>? {
    guard let offsets, part.lowerBound >= 0, part.upperBound < offsets.count else { return nil }
    let start = offsets[part.lowerBound]
    let end = part.isEmpty ? start : max(start + 1, offsets[part.upperBound - 1] + 1)
    return start..<end
  }
}
