import Columns

/// Digits and scale of a DECIMAL, with Flink's rules for results (LogicalTypeMerging).
struct DecimalType: Equatable {
  var precision: Int
  var scale: Int

  init(_ precision: Int, _ scale: Int) {
    self.precision = precision
    self.scale = scale
  }

  /// What an exact number needs: INT has 10 digits, BIGINT 19; nil for other types.
  init?(_ type: ColumnType) {
    switch type {
    case .int: self.init(10, 0)
    case .bigint: self.init(19, 0)
    case .decimal(let precision, let scale): self.init(precision, scale)
    default: return nil
    }
  }

  var columnType: ColumnType { .decimal(precision: precision, scale: scale) }
  private var wholeDigits: Int { precision - scale }

  /// The type for a result that needs these digits: beyond 38 the digits before the point are kept,
  /// and of those after it at least six.
  private static func adjusted(_ precision: Int, _ scale: Int) -> DecimalType {
    if precision <= maxDecimalPrecision { return DecimalType(precision, scale) }
    let whole = precision - scale
    return DecimalType(
      maxDecimalPrecision, max(maxDecimalPrecision - whole, min(scale, 6)))
  }

  static func of(
    _ operation: BinaryOperator, _ left: DecimalType, _ right: DecimalType
  ) -> DecimalType {
    let scale = max(left.scale, right.scale)
    switch operation {
    case .multiply:
      return adjusted(left.precision + right.precision + 1, left.scale + right.scale)
    case .divide:
      let scale = max(6, left.scale + right.precision + 1)
      return adjusted(left.wholeDigits + right.scale + scale, scale)
    case .remainder: return adjusted(min(left.wholeDigits, right.wholeDigits) + scale, scale)
    default: return adjusted(max(left.wholeDigits, right.wholeDigits) + scale + 1, scale)
    }
  }

  /// The type both fit into: the larger of both sides of the point, as far as 38 digits go.
  static func common(_ left: DecimalType, _ right: DecimalType) -> DecimalType {
    let whole = max(left.wholeDigits, right.wholeDigits)
    let scale = min(max(left.scale, right.scale), maxDecimalPrecision - whole)
    return DecimalType(whole + scale, scale)
  }

  /// The type of ROUND to so many digits.
  func rounded(to digits: Int) -> DecimalType {
    if digits >= scale { return self }
    if digits < 0 { return DecimalType(min(maxDecimalPrecision, 1 + wholeDigits), 0) }
    return DecimalType(1 + wholeDigits + digits, digits)
  }
}
