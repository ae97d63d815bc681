import Columns
import Foundation

extension ScalarFunction {
  static let realNumbers: [ScalarFunction] = [
    real("SQRT", "the square root", "SQRT(9)") { $0.squareRoot() },
    real("LN", "the natural logarithm", "LN(1)") { log($0) },
    real("LOG10", "the logarithm to base 10", "LOG10(1000)") { log10($0) },
    real("LOG2", "the logarithm to base 2", "LOG2(8)") { log($0) / log(2) },
    real("EXP", "e to the power of x", "EXP(0)") { exp($0) },
    real("SIN", "the sine", "SIN(0)") { sin($0) },
    real("COS", "the cosine", "COS(0)") { cos($0) },
    real("TAN", "the tangent", "TAN(0)") { tan($0) },
    real("COT", "the cotangent", "COT(1)") { 1 / tan($0) },
    real("ASIN", "the arc sine", "ASIN(0)") { asin($0) },
    real("ACOS", "the arc cosine", "ACOS(1)") { acos($0) },
    real("ATAN", "the arc tangent", "ATAN(0)") { atan($0) },
    real("SINH", "the hyperbolic sine", "SINH(0)") { sinh($0) },
    real("COSH", "the hyperbolic cosine", "COSH(0)") { cosh($0) },
    real("TANH", "the hyperbolic tangent", "TANH(0)") { tanh($0) },
    real("DEGREES", "an angle in radians as degrees", "DEGREES(PI())") { $0 * (180 / .pi) },
    real("RADIANS", "an angle in degrees as radians", "RADIANS(180)") { $0 / 180 * .pi },
    constant("PI", "the ratio of a circle's circumference to its diameter", Double.pi),
    constant("E", "the base of natural logarithms", M_E),
    pair("POWER", "POWER(x, y)", "x to the power of y", "POWER(2, 10)") { pow($0, $1) },
    pair("ATAN2", "ATAN2(y, x)", "the angle of the point (x, y)", "ATAN2(0, 1)") { atan2($0, $1) },
    ScalarFunction(
      "LOG", .numeric, "LOG([base,] x)", "the logarithm, natural without a base", "LOG(2, 8)", 1...2
    ) { checker, call in
      guard let first = checker.double(call, 0) else { return nil }
      guard call.nodes.count == 2 else {
        return checker.result(
          map(.double, call.text, first) { (x: Double, _) in log(x) }, call)
      }
      guard let x = checker.double(call, 1) else { return nil }
      return checker.result(
        map(.double, call.text, first, x) { (base: Double, x: Double, _) in log(x) / log(base) },
        call)
    },
  ]

  private static func real(
    _ name: String, _ summary: String, _ example: String,
    _ operation: @escaping @Sendable (Double) -> Double
  ) -> ScalarFunction {
    ScalarFunction(name, .numeric, "\(name)(x)", summary, example, 1...1) { checker, call in
      guard let x = checker.double(call, 0) else { return nil }
      return checker.result(map(.double, call.text, x) { (x: Double, _) in operation(x) }, call)
    }
  }

  private static func pair(
    _ name: String, _ signature: String, _ summary: String, _ example: String,
    _ operation: @escaping @Sendable (Double, Double) -> Double
  ) -> ScalarFunction {
    ScalarFunction(name, .numeric, signature, summary, example, 2...2) { checker, call in
      guard let x = checker.double(call, 0), let y = checker.double(call, 1) else { return nil }
      return checker.result(
        map(.double, call.text, x, y) { (x: Double, y: Double, _) in operation(x, y) }, call)
    }
  }

  private static func constant(
    _ name: String, _ summary: String, _ value: Double
  ) -> ScalarFunction {
    ScalarFunction(name, .numeric, "\(name)()", summary, "\(name)()", 0...0) { checker, call in
      checker.result(ConstantKernel(value), call)
    }
  }
}
