/// An exact decimal number: `unscaled · 10^-scale`, at most 38 digits.
///
/// Two numbers are equal when digits and scale are: 1.5 is not 1.50 here. Kernels work on the
/// unscaled integers of a column instead, whose scale is that of its type.
public struct DecimalNumber: Hashable, Sendable, CustomStringConvertible {
  public var unscaled: Int128
  /// Digits after the point, 0 to 38.
  public var scale: Int

  public init(_ unscaled: Int128, scale: Int) {
    self.unscaled = unscaled
    self.scale = scale
  }

  /// Plain digits with all of the scale, such as `-0.50`; never an exponent.
  public var description: String {
    String(unsafeUninitializedCapacity: maxDecimalBytes) { buffer in
      guard let start = buffer.baseAddress else { return 0 }
      return writeDecimal(unscaled, scale: scale, to: start)
    }
  }
}

/// The most digits that a DECIMAL has.
public let maxDecimalPrecision = 38

/// 10^0 to 10^38, in memory that stays.
// Unsafe only for the compiler: written once here, then only read.
nonisolated(unsafe) public let decimalPowers: UnsafePointer<Int128> = {
  let powers = UnsafeMutablePointer<Int128>.allocate(capacity: maxDecimalPrecision + 1)
  var power: Int128 = 1
  for exponent in 0...maxDecimalPrecision {
    powers[exponent] = power
    if exponent < maxDecimalPrecision { power *= 10 }
  }
  return UnsafePointer(powers)
}()

/// The most bytes that ``writeDecimal(_:scale:to:)`` writes.
public let maxDecimalBytes = 44

/// Writes a decimal number as plain digits, such as `-0.50`.
///
/// - Returns: the bytes written, at most ``maxDecimalBytes``.
public func writeDecimal(
  _ unscaled: Int128, scale: Int, to target: UnsafeMutablePointer<UInt8>
) -> Int {
  withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 40) { digits in
    var count = 0
    var rest = unscaled.magnitude
    // Eighteen digits at a time: a division of 128 bits costs many of 64.
    let chunk: UInt128 = 1_000_000_000_000_000_000
    repeat {
      var low: UInt64
      var isLast = true
      if rest < chunk {
        low = UInt64(truncatingIfNeeded: rest)
        rest = 0
      } else {
        let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: chunk)
        low = UInt64(truncatingIfNeeded: remainder)
        rest = quotient
        isLast = false
      }
      let first = count
      while low > 0 || !isLast && count < first + 18 {
        let quotient = low / 10
        digits[count] = UInt8(truncatingIfNeeded: 48 + (low - quotient * 10))
        low = quotient
        count += 1
      }
    } while rest > 0
    while count <= scale {
      digits[count] = 48
      count += 1
    }
    var at = 0
    if unscaled < 0 {
      target[0] = 45
      at = 1
    }
    for index in stride(from: count - 1, through: 0, by: -1) {
      target[at] = digits[index]
      at += 1
      if index == scale, scale > 0 {
        target[at] = 46
        at += 1
      }
    }
    return at
  }
}

/// Changes the digits after the point by `shift` (negative: fewer), rounding half away from zero.
///
/// - Returns: nil where the number does not fit in 38 digits.
@inlinable
public func rescaleDecimal(_ unscaled: Int128, by shift: Int) -> Int128? {
  if shift == 0 { return unscaled }
  if shift > 0 {
    if unscaled == 0 { return 0 }
    if shift > maxDecimalPrecision { return nil }
    let (product, overflow) = unscaled.multipliedReportingOverflow(by: decimalPowers[shift])
    return overflow || product.magnitude >= decimalPowers[maxDecimalPrecision].magnitude
      ? nil : product
  }
  if shift < -maxDecimalPrecision { return 0 }
  return divideRoundingHalfUp(unscaled, decimalPowers[-shift])
}

/// `value / divisor` for a positive divisor, rounded half away from zero.
@inlinable
public func divideRoundingHalfUp(_ value: Int128, _ divisor: Int128) -> Int128 {
  if let small = Int64(exactly: value), let by = Int64(exactly: divisor) {
    let (quotient, remainder) = small.quotientAndRemainder(dividingBy: by)
    let isFar = remainder.magnitude >= (by.magnitude &+ 1) / 2
    return Int128(quotient) + (isFar ? (small < 0 ? -1 : 1) : 0)
  }
  let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
  let isFar = remainder.magnitude >= (divisor.magnitude &+ 1) / 2
  return quotient + (isFar ? (value < 0 ? -1 : 1) : 0)
}
