public import Columns

/// A SQL expression as it was written: a value without types, printed again by ``description``.
///
/// Two expressions are equal when they say the same, wherever they stand in their text.
public struct Expression: Sendable {
  public indirect enum Kind: Hashable, Sendable {
    case literal(Literal)
    case column(String)
    case negate(Expression)
    case not(Expression)
    case binary(BinaryOperator, Expression, Expression)
    /// `AND` or `OR` of two or more operands; nested ones of the same kind are flattened.
    case logical(LogicalOperator, [Expression])
    /// `IS [NOT] NULL` and its kin.
    case test(Expression, TestOperator, isNegated: Bool)
    case between(
      Expression, low: Expression, high: Expression, isNegated: Bool, isSymmetric: Bool)
    case inList(Expression, [Expression], isNegated: Bool)
    case like(Expression, pattern: Expression, escape: Expression?, isNegated: Bool)
    /// Both forms of `CASE`: with an operand, the branches' conditions are values to compare it to.
    case caseWhen(operand: Expression?, branches: [CaseBranch], otherwise: Expression?)
    case cast(Expression, ColumnType, isTry: Bool)
    /// `a[1]` and `m['k']`.
    case item(Expression, Expression)
    /// `r.f`: a field of a ROW.
    case field(Expression, String)
    /// A function by its upper-case name; `ARRAY` and `MAP` are their constructors in brackets.
    case call(String, [Expression])
    /// A word that is an argument, such as `HOUR` in `EXTRACT(HOUR FROM t)`.
    case keyword(String)
  }

  public let kind: Kind
  /// Where it stands in the text it was parsed from: UTF-8 bytes.
  public let range: Range<Int>
  /// The longest path to a leaf, for the limit that protects the stack.
  let depth: Int

  init(_ kind: Kind, _ range: Range<Int>) {
    self.kind = kind
    self.range = range
    depth = 1 + (kind.children.map(\.depth).max() ?? 0)
  }
}

extension Expression: Hashable {
  public static func == (left: Expression, right: Expression) -> Bool { left.kind == right.kind }
  public func hash(into hasher: inout Hasher) { hasher.combine(kind) }
}

/// A value written in an expression.
public enum Literal: Hashable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int64)
  /// Digits with a point and without an exponent; the precision counts the digits as written.
  case decimal(DecimalNumber, precision: Int)
  case double(Double)
  case string(String)
  /// Days since the epoch.
  case date(Int64)
  /// Milliseconds since the epoch.
  case timestamp(Int64)
  /// Milliseconds.
  case interval(Int64)
  /// An INTERVAL of months or years, in months.
  case months(Int64)
}

/// `WHEN condition THEN result`.
public struct CaseBranch: Hashable, Sendable {
  public let condition: Expression
  public let result: Expression
}

public enum BinaryOperator: String, Hashable, Sendable, CaseIterable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case remainder = "%"
  case concatenate = "||"
  case equal = "="
  case notEqual = "<>"
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case isDistinctFrom = "IS DISTINCT FROM"
  case isNotDistinctFrom = "IS NOT DISTINCT FROM"

  var isArithmetic: Bool {
    switch self {
    case .add, .subtract, .multiply, .divide, .remainder: true
    default: false
    }
  }
}

public enum LogicalOperator: String, Hashable, Sendable { case and = "AND", or = "OR" }

public enum TestOperator: String, Hashable, Sendable, CaseIterable {
  case null = "NULL"
  case `true` = "TRUE"
  case `false` = "FALSE"
  case unknown = "UNKNOWN"
  case json = "JSON"
  case jsonObject = "JSON OBJECT"
  case jsonArray = "JSON ARRAY"
  case jsonScalar = "JSON SCALAR"
}

extension Expression.Kind {
  /// The expressions directly inside this one, in the order of the text.
  public var children: [Expression] {
    switch self {
    case .literal, .column, .keyword: []
    case .negate(let operand), .not(let operand): [operand]
    case .binary(_, let left, let right): [left, right]
    case .logical(_, let operands): operands
    case .test(let operand, _, _): [operand]
    case .between(let operand, let low, let high, _, _): [operand, low, high]
    case .inList(let operand, let values, _): [operand] + values
    case .like(let operand, let pattern, let escape, _):
      [operand, pattern] + (escape.map { [$0] } ?? [])
    case .caseWhen(let operand, let branches, let otherwise):
      (operand.map { [$0] } ?? []) + branches.flatMap { [$0.condition, $0.result] }
        + (otherwise.map { [$0] } ?? [])
    case .cast(let operand, _, _), .field(let operand, _): [operand]
    case .item(let operand, let index): [operand, index]
    case .call(_, let arguments): arguments
    }
  }
}

extension Expression {
  /// The names of the columns it mentions, each once, in the order of the text.
  public var columnNames: [String] {
    var names: [String] = []
    func visit(_ expression: Expression) {
      if case .column(let name) = expression.kind, !names.contains(name) { names.append(name) }
      for child in expression.kind.children { visit(child) }
    }
    visit(self)
    return names
  }
}
