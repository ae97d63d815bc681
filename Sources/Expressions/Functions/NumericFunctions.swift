import Columns
import Foundation

extension ScalarFunction {
  static let numbers: [ScalarFunction] = [
    ScalarFunction("ABS", .numeric, "ABS(x)", "the number without its sign", "ABS(-3)", 1...1) {
      checker, call in
      guard let type = checker.number(call, 0) else { return nil }
      let operand = checker.coerce(call.nodes[0], to: type)
      if type == .double {
        return checker.result(map(type, call.text, operand) { (x: Double, _) in x.magnitude }, call)
      }
      if type.isDecimal {
        return checker.result(map(type, call.text, operand) { (x: Int128, _) in abs(x) }, call)
      }
      let least = type == .int ? Int64(Int32.min) : .min
      let kernel = map(type, call.text, operand) { (x: Int64, scope) -> Int64? in
        if x == least {
          scope.fail("\(type.name) overflow")
          return nil
        }
        return abs(x)
      }
      return checker.result(kernel, call)
    },
    rounding("FLOOR", "down") { $0.rounded(.down) },
    rounding("CEIL", "up") { $0.rounded(.up) },
    ScalarFunction(
      "ROUND", .numeric, "ROUND(x [, digits])", "the nearest number with so many decimal digits",
      "ROUND(2.675, 2)", 1...2
    ) { checker, call in
      guard let type = checker.number(call, 0) else { return nil }
      if type.isDecimal { return checker.roundDecimal(call, type, isCut: false) }
      var digits: any Kernel = ConstantKernel(.bigint, 0)
      if call.nodes.count == 2 {
        guard let given = checker.integer(call, 1) else { return nil }
        digits = given
      }
      let operand = checker.coerce(call.nodes[0], to: type)
      if type == .double {
        let kernel = map(type, call.text, operand, digits) { (x: Double, digits: Int64, _) in
          roundHalfUp(x, digits)
        }
        return checker.result(kernel, call)
      }
      let kernel = map(type, call.text, operand, digits) {
        (x: Int64, digits: Int64, scope) -> Int64? in
        if digits >= 0 { return x }
        if digits < -18 { return 0 }
        var scale: Int64 = 1
        for _ in 0..<(-digits) { scale *= 10 }
        let rest = x % scale
        let cut = x - rest
        let isFar = rest.magnitude >= UInt64(scale / 2)
        let (sum, overflow) = cut.addingReportingOverflow(isFar ? (x < 0 ? -scale : scale) : 0)
        if overflow || type == .int && Int32(exactly: sum) == nil {
          scope.fail("\(type.name) overflow")
          return nil
        }
        return sum
      }
      return checker.result(kernel, call)
    },
    truncate,
    radix("HEX", 16, "in hexadecimal; of a text, its bytes"),
    radix("BIN", 2, "in binary"),
    ScalarFunction("MOD", .numeric, "MOD(a, b)", "the remainder of a / b", "MOD(7, 3)", 2...2) {
      checker, call in
      guard checker.number(call, 0) != nil, checker.number(call, 1) != nil else { return nil }
      return checker.check(.remainder, call.nodes[0], call.nodes[1], call.expression)
    },
    ScalarFunction("SIGN", .numeric, "SIGN(x)", "-1, 0 or 1", "SIGN(-5)", 1...1) { checker, call in
      guard let type = checker.number(call, 0) else { return nil }
      let operand = checker.coerce(call.nodes[0], to: type)
      if type.isDecimal {
        let one = decimalPowers[type.scale]
        return checker.result(
          map(type, call.text, operand) { (x: Int128, _) in x.signum() * one }, call)
      }
      let kernel: any Kernel =
        type == .double
        ? map(type, call.text, operand) { (x: Double, _) in x > 0 ? 1 : x < 0 ? -1 : x }
        : map(type, call.text, operand) { (x: Int64, _) in x.signum() }
      return checker.result(kernel, call)
    },
    extreme("GREATEST", isGreatest: true),
    extreme("LEAST", isGreatest: false),
  ]

  private static func rounding(
    _ name: String, _ direction: String, _ operation: @escaping @Sendable (Double) -> Double
  ) -> ScalarFunction {
    ScalarFunction(
      name, .numeric, "\(name)(x) or \(name)(t TO unit)",
      "the number, or the time, rounded \(direction)",
      "\(name)(TIMESTAMP '2026-01-31 12:34:56' TO HOUR)", 1...1, takesWord: true
    ) { checker, call in
      if call.word != nil { return checker.roundTime(call, isCeil: name == "CEIL") }
      guard let type = checker.number(call, 0) else { return nil }
      if case .decimal(let precision, let scale) = type {
        return checker.whole(call, precision, scale, isCeil: name == "CEIL")
      }
      if type != .double { return call.nodes[0] }
      let operand = checker.coerce(call.nodes[0], to: .double)
      return checker.result(
        map(.double, call.text, operand) { (x: Double, _) in operation(x) }, call)
    }
  }

  private static func extreme(_ name: String, isGreatest: Bool) -> ScalarFunction {
    ScalarFunction(
      name, .numeric, "\(name)(x, ...)", "the \(name.lowercased()) of them; NULL if one is NULL",
      "\(name)(1, 2, 3)", 1...64
    ) { checker, call in
      guard let common = checker.commonType(call.nodes, "the arguments of \(name)") else {
        return nil
      }
      let type = common ?? .bigint
      let operands = call.nodes.map { checker.coerce($0, to: type) }
      let kernel: any Kernel =
        switch type.physical {
        case .integer:
          ExtremeKernel<Int64>(type: type, isGreatest: isGreatest, operands: operands)
        case .double:
          ExtremeKernel<Double>(type: type, isGreatest: isGreatest, operands: operands)
        case .wide:
          ExtremeKernel<Int128>(type: type, isGreatest: isGreatest, operands: operands)
        case .bytes: ExtremeKernel<Bytes>(type: type, isGreatest: isGreatest, operands: operands)
        }
      return checker.fold(kernel, common, of: call.nodes, call.expression)
    }
  }
}

/// Rounds half away from zero as the number is written in decimal, so that 2.675 gives 2.68.
private func roundHalfUp(_ value: Double, _ digits: Int64) -> Double {
  if !value.isFinite || digits > 17 { return value }
  if digits < -308 { return 0 }
  if digits == 0 { return value.rounded(.toNearestOrAwayFromZero) }
  let scale = pow(10, Double(digits.magnitude))
  let scaled = digits > 0 ? value * scale : value / scale
  if scaled.magnitude >= 1e15 || !scaled.isFinite { return value }
  // The product may be a little off; only near a half can that change the result.
  let fraction = scaled.magnitude - scaled.magnitude.rounded(.down)
  var rounded = scaled.rounded(.toNearestOrAwayFromZero)
  if abs(fraction - 0.5) < 1e-4, let decimal = Decimal(string: value.description) {
    var (source, target) = (decimal.magnitude, Decimal())
    NSDecimalRound(&target, &source, Int(digits), .plain)
    let result = Double(target.description) ?? value.magnitude
    return value < 0 ? -result : result
  }
  if rounded == 0 { rounded = 0 }
  return digits > 0 ? rounded / scale : rounded * scale
}
