import Columns
import Foundation

extension ScalarFunction {
  static let truncate = ScalarFunction(
    "TRUNCATE", .numeric, "TRUNCATE(x [, digits])", "the number cut to so many decimal digits",
    "TRUNCATE(42.345, 2)", 1...2
  ) { checker, call in
    guard let type = checker.number(call, 0) else { return nil }
    if type.isDecimal { return checker.roundDecimal(call, type, isCut: true) }
    var digits: any Kernel = ConstantKernel(.bigint, 0)
    if call.nodes.count == 2 {
      guard let given = checker.integer(call, 1) else { return nil }
      digits = given
    }
    let operand = checker.coerce(call.nodes[0], to: type)
    if type == .double {
      let kernel = map(type, call.text, operand, digits) { (x: Double, digits: Int64, _) in
        truncated(x, digits)
      }
      return checker.result(kernel, call)
    }
    let kernel = map(type, call.text, operand, digits) { (x: Int64, digits: Int64, _) -> Int64? in
      if digits >= 0 { return x }
      if digits < -18 { return 0 }
      return x - x % Int64(truncatingIfNeeded: decimalPowers[Int(-digits)])
    }
    return checker.result(kernel, call)
  }

  static func radix(_ name: String, _ base: Int, _ summary: String) -> ScalarFunction {
    ScalarFunction(
      name, .numeric, "\(name)(n)", "a whole number \(summary)", "\(name)(10)", 1...1
    ) { checker, call in
      if base == 16, call.nodes[0].type == .string {
        let kernel = map(.string, call.text, call.nodes[0].kernel) {
          (text: Bytes, scope) -> Bytes? in
          for byte in text.buffer {
            for digit in [byte >> 4, byte & 15] {
              scope.buffer.append(digit < 10 ? 48 + digit : 55 + digit)
            }
          }
          return scope.takeBuffer()
        }
        return checker.result(kernel, call)
      }
      guard let number = checker.integer(call, 0) else { return nil }
      let kernel = map(.string, call.text, number) { (value: Int64, scope) -> Bytes? in
        scope.arena.copy(String(UInt64(bitPattern: value), radix: base, uppercase: true))
      }
      return checker.result(kernel, call)
    }
  }
}

/// The double with the decimals of its text beyond some digits cut off.
private func truncated(_ value: Double, _ digits: Int64) -> Double {
  if !value.isFinite || digits > 300 { return value }
  if digits < -308 { return 0 }
  guard let decimal = Decimal(string: value.description) else { return value }
  if value.magnitude >= 1e17 && digits >= 0 { return value }
  var (source, target) = (decimal, Decimal())
  NSDecimalRound(&target, &source, Int(digits), value < 0 ? .up : .down)
  return Double(target.description) ?? value
}

extension Checker {
  /// FLOOR and CEIL of a DECIMAL: a whole DECIMAL.
  mutating func whole(
    _ call: ScalarFunction.Call, _ precision: Int, _ scale: Int, isCeil: Bool
  ) -> Node {
    let factor = decimalPowers[scale]
    let kernel = map(
      .decimal(precision: precision, scale: 0), call.text, call.nodes[0].kernel
    ) { (x: Int128, _) -> Int128? in
      let (quotient, rest) = x.quotientAndRemainder(dividingBy: factor)
      if rest == 0 { return quotient }
      return isCeil ? (x > 0 ? quotient + 1 : quotient) : (x < 0 ? quotient - 1 : quotient)
    }
    return result(kernel, call)
  }

  /// ROUND and TRUNCATE of a DECIMAL; literal digits make the type, others keep it.
  mutating func roundDecimal(
    _ call: ScalarFunction.Call, _ type: ColumnType, isCut: Bool
  ) -> Node? {
    guard let exact = DecimalType(type) else { return nil }
    var digits: any Kernel = ConstantKernel(.bigint, 0)
    var target = exact.rounded(to: 0)
    if call.nodes.count == 2 {
      guard let given = integer(call, 1) else { return nil }
      digits = given
      target = exact
      if let literal = call.nodes[1].constant?.integer {
        target = exact.rounded(to: Int(max(-99, min(literal, 99))))
      }
    }
    let (scale, targetScale) = (exact.scale, target.scale)
    let limit = target.columnType.decimalLimit
    let kernel = map(target.columnType, call.text, call.nodes[0].kernel, digits) {
      (x: Int128, digits: Int64, _) -> Int128? in
      let shift = Int64(scale) - digits
      var value = x
      if shift > 0 {
        if shift > Int64(maxDecimalPrecision) { return 0 }
        let step = decimalPowers[Int(shift)]
        let kept = isCut ? x / step : divideRoundingHalfUp(x, step)
        let (back, overflow) = kept.multipliedReportingOverflow(by: step)
        if overflow { return nil }
        value = back
      }
      guard let rounded = rescaleDecimal(value, by: targetScale - scale) else { return nil }
      return rounded < limit && rounded > -limit ? rounded : nil
    }
    return result(kernel, call)
  }
}
