import Columns

/// How strongly operators bind: Calcite's numbers, which are Flink's.
enum Precedence {
  static let lowest = 0
  static let or = 22
  static let and = 24
  static let not = 26
  static let test = 28
  static let comparison = 30
  static let range = 32
  static let sum = 40
  static let product = 60
  static let sign = 80
  static let primary = 100
}

extension BinaryOperator {
  var precedence: Int {
    switch self {
    case .add, .subtract: Precedence.sum
    case .multiply, .divide, .remainder, .concatenate: Precedence.product
    default: Precedence.comparison
    }
  }
}

extension Expression {
  var precedence: Int {
    switch kind {
    case .literal(.integer(let value)) where value < 0: Precedence.sign
    case .literal(.decimal(let value, _)) where value.unscaled < 0: Precedence.sign
    case .literal(.double(let value)) where value.sign == .minus: Precedence.sign
    case .literal, .column, .keyword, .caseWhen, .cast, .call, .item, .field: Precedence.primary
    case .negate: Precedence.sign
    case .not: Precedence.not
    case .binary(let operation, _, _): operation.precedence
    case .logical(.and, _): Precedence.and
    case .logical(.or, _): Precedence.or
    case .test: Precedence.test
    case .between, .inList, .like: Precedence.range
    }
  }
}
