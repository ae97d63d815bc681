/// What an operator, a source, a format or a sink says of itself, beside its code.
///
/// The check of a pipeline file, `tidemark explain`, the JSON schema for editors and the forms of
/// the studio are all made from it, so they cannot disagree.
public struct Descriptor: Sendable {
  public enum Kind: String, Sendable, CaseIterable { case source, format, `operator`, window, sink }

  /// The key of the step in a pipeline file (`filter`), or for sources, formats, windows and sinks
  /// the value after it (`file` of `source: file`).
  public var name: String
  public var kind: Kind
  /// One line: what it does.
  public var summary: String
  /// A paragraph or two: semantics, the trade-off, Flink's word for it.
  public var details: String
  public var options: [OptionDescriptor]
  /// A piece of YAML that passes the check.
  public var example: String
  /// For sinks: what they promise, and how they keep it.
  public var guarantee: Guarantee?

  public init(
    name: String, kind: Kind, summary: String, details: String = "",
    options: [OptionDescriptor] = [], example: String, guarantee: Guarantee? = nil
  ) {
    self.name = name
    self.kind = kind
    self.summary = summary
    self.details = details
    self.options = options
    self.example = example
    self.guarantee = guarantee
  }
}

/// One option of a descriptor.
public struct OptionDescriptor: Sendable {
  public enum Kind: Sendable {
    case text
    /// A path relative to the pipeline file.
    case path
    case boolean
    /// A whole number within bounds.
    case integer(ClosedRange<Int64>)
    /// `30 s`, `5 m`; held in ms within bounds. May be negative only where the bounds say so.
    case duration(ClosedRange<Int64>)
    /// `512 MB`, `2 GB`; held in bytes within bounds.
    case size(ClosedRange<Int64>)
    case choice([String])
    /// A SQL expression over the input's columns.
    case expression
    /// A list of column names.
    case columns
    /// A list of texts; one text alone is a list of one.
    case list
    /// Name → column type.
    case columnTypes
    /// Name → expression.
    case namedExpressions
    /// A mapping with options of its own.
    case group([OptionDescriptor])
  }

  public var name: String
  public var kind: Kind
  /// Whether the pipeline is wrong without it.
  public var isRequired: Bool
  /// What stands when it is not given, as it would be written; nil where there is nothing.
  public var defaultText: String?
  /// For a group: the member that a value without a mapping stands for.
  public var shortMember: String?
  public var doc: String

  public init(
    _ name: String, _ kind: Kind, required: Bool = false, default defaultText: String? = nil,
    short shortMember: String? = nil, doc: String
  ) {
    self.name = name
    self.kind = kind
    self.shortMember = shortMember
    isRequired = required
    self.defaultText = defaultText
    self.doc = doc
  }
}

/// What a sink promises after a crash.
public enum Guarantee: String, Sendable {
  case exactlyOnce = "exactly-once"
  case atLeastOnce = "at-least-once"
}
