public import Columns
public import Engine

/// A step of a pipeline file: an operator with its options, each with its place in the text.
public struct Step: Sendable {
  /// Its position among the steps, from 0.
  public var index: Int
  /// The operator: `source`, `parse`, `filter` …
  public var kind: String
  public var kindRange: Range<Int>
  /// Which source, format, window or sink: `file` of `source: file`.
  public var variant: Located<String>?
  public var name: Located<String>?
  /// What it reads, as it is written; empty for the step before it.
  public var from: [Located<String>]
  public var descriptor: Descriptor
  /// The options that are given and sound, in the order of the text. An operator's main value
  /// (the condition of `filter`) is the option of the operator's own name.
  public var options: [StepOption]
  /// The whole step.
  public var range: Range<Int>
  /// False where a fault was found in its options, so that what follows from it is not checked.
  var isSound = true

  /// The option with this name, where it is given and sound.
  public func option(_ name: String) -> StepOption? { options.first { $0.name == name } }

  /// What a reader calls it: `window`, or `the sink 'out'`.
  var title: String { name.map { "\(kind) '\($0.value)'" } ?? kind }
}

/// An option of a step as it is written.
public struct StepOption: Sendable {
  public var name: String
  public var nameRange: Range<Int>
  public var node: YamlNode
  public var value: OptionValue

  public var range: Range<Int> { node.range }
}

/// The value of an option, of the kind that its descriptor asks for.
public indirect enum OptionValue: Sendable {
  case text(String)
  case boolean(Bool)
  case integer(Int64)
  /// Milliseconds.
  case duration(Int64)
  case choice(String)
  case expression(ExpressionText)
  /// Columns or texts.
  case list([Located<String>])
  case columnTypes([ColumnDeclaration])
  case namedExpressions([NamedExpression])
  case group([StepOption])
}

/// The text of an expression with its way back into the file.
public struct ExpressionText: Sendable {
  public var text: String
  /// The whole scalar.
  public var range: Range<Int>
  let scalar: YamlScalar

  /// The place of a part of the expression; the start of the scalar where it cannot be told.
  func place(of part: Range<Int>) -> Range<Int> {
    scalar.sourceRange(part) ?? range.lowerBound..<range.lowerBound
  }
}

/// `name: EXPRESSION`.
public struct NamedExpression: Sendable {
  public var name: Located<String>
  public var expression: ExpressionText
}

/// `name: TYPE`, or `name: {type: TYPE, unit: …}`.
public struct ColumnDeclaration: Sendable {
  public var name: Located<String>
  public var type: Located<ColumnType>
  public var unit: Located<TimeFormat.EpochUnit>?
  public var timeFormat: Located<String>?
}

extension OptionValue {
  /// The text of a text, path or choice.
  public var text: String? {
    switch self {
    case .text(let text), .choice(let text): text
    default: nil
    }
  }

  public var milliseconds: Int64? { if case .duration(let ms) = self { ms } else { nil } }
  /// The number of a whole number or a size.
  public var number: Int64? { if case .integer(let value) = self { value } else { nil } }
  public var list: [Located<String>]? { if case .list(let list) = self { list } else { nil } }
}
