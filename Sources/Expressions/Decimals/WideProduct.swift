import Columns

/// A whole number of 256 bits with its sign: what a product or a sum of decimals needs on the way
/// to a result that fits again.
struct WideProduct {
  private var isNegative: Bool
  private var high: UInt128
  private var low: UInt128

  init(_ left: Int128, _ right: Int128) {
    (high, low) = left.magnitude.multipliedFullWidth(by: right.magnitude)
    isNegative = (left < 0) != (right < 0)
  }

  private init(isNegative: Bool, high: UInt128, low: UInt128) {
    self.isNegative = isNegative
    self.high = high
    self.low = low
  }

  private var isZero: Bool { high == 0 && low == 0 }

  static func + (left: WideProduct, right: WideProduct) -> WideProduct {
    if left.isNegative == right.isNegative {
      let (low, carry) = left.low.addingReportingOverflow(right.low)
      return WideProduct(
        isNegative: left.isNegative, high: left.high &+ right.high &+ (carry ? 1 : 0), low: low)
    }
    let isLeftLarger =
      left.high != right.high ? left.high > right.high : left.low >= right.low
    let (larger, smaller) = isLeftLarger ? (left, right) : (right, left)
    let (low, borrow) = larger.low.subtractingReportingOverflow(smaller.low)
    return WideProduct(
      isNegative: larger.isNegative, high: larger.high &- smaller.high &- (borrow ? 1 : 0),
      low: low)
  }

  /// The number divided by one that is not zero, rounded half away from zero; nil where that does
  /// not fit in 127 bits.
  func dividedRounding(by divisor: Int128) -> Int128? {
    let by = divisor.magnitude
    guard high < by else { return nil }
    let (quotient, remainder) = by.dividingFullWidth((high, low))
    let isFar = remainder >= by - remainder
    let (magnitude, overflow) = quotient.addingReportingOverflow(isFar ? 1 : 0)
    guard !overflow, magnitude <= UInt128(Int128.max) else { return nil }
    let value = Int128(magnitude)
    return isNegative != (divisor < 0) ? -value : value
  }

  /// The number divided by 10^39, which does not fit in 128 bits, rounded half away from zero.
  func dividedBy10ToThe39() -> Int128? {
    let by = decimalPowers[maxDecimalPrecision].magnitude
    guard high < by else { return nil }
    // What the first division cuts off cannot turn a digit below 5 into one.
    let magnitude = Int128((by.dividingFullWidth((high, low)).quotient + 5) / 10)
    return isNegative ? -magnitude : magnitude
  }

  /// What the division leaves, with the sign of the number.
  func remainder(by divisor: Int128) -> Int128 {
    let by = divisor.magnitude
    let rest = Int128(by.dividingFullWidth((high % by, low)).remainder)
    return isNegative ? -rest : rest
  }
}
