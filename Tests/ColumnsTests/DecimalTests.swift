import Testing

@testable import Columns

private func bytes(_ text: String, _ arena: Arena) -> Bytes { arena.copy(text) }

@Suite struct DecimalTests {
  static let texts: [(String, Int, Int, String?)] = [
    ("12.345", 10, 2, "12.35"), ("12.344", 10, 2, "12.34"), ("-12.345", 10, 2, "-12.35"),
    ("0", 10, 2, "0.00"), ("-0", 10, 2, "0.00"), (".5", 10, 0, "1"), (".4", 10, 0, "0"),
    ("5.", 10, 1, "5.0"), ("+7", 1, 0, "7"), ("99.995", 4, 2, nil), ("99.994", 4, 2, "99.99"),
    ("1e3", 10, 2, "1000.00"), ("1.5E-3", 10, 3, "0.002"), ("0.0004", 10, 3, "0.000"),
    ("1e400", 38, 0, nil), ("1e-400", 38, 38, "0." + String(repeating: "0", count: 38)),
    ("0e999999999", 5, 1, "0.0"), ("00012.50", 4, 2, "12.50"),
    (String(repeating: "9", count: 38), 38, 0, String(repeating: "9", count: 38)),
    (String(repeating: "9", count: 39), 38, 0, nil),
    ("0." + String(repeating: "9", count: 38), 38, 38, "0." + String(repeating: "9", count: 38)),
    (
      "1234567890123456789.12345678901234567895", 38, 19,
      "1234567890123456789.1234567890123456790"
    ),
    ("", 10, 2, nil), ("-", 10, 2, nil), (".", 10, 2, nil), ("1.2.3", 10, 2, nil),
    ("1e", 10, 2, nil), ("1x", 10, 2, nil), ("NaN", 10, 2, nil), (" 1", 10, 2, nil),
  ]

  @Test(arguments: texts)
  func decimalIsReadExactlyAndRoundedHalfUp(
    _ text: String, _ precision: Int, _ scale: Int, _ expected: String?
  ) {
    let arena = Arena()
    let value = parseDecimal(bytes(text, arena), precision: precision, scale: scale)
    #expect(value.map { DecimalNumber($0, scale: scale).description } == expected)
  }

  @Test func decimalIsReadAgainFromItsText() {
    let arena = Arena()
    var state: UInt64 = 3
    for round in 0..<4000 {
      var value: Int128 = 0
      for _ in 0..<(round % 38 + 1) {
        state = foldedMultiply(state &+ 0x9E37_79B9_7F4A_7C15, 0xBF58_476D_1CE4_E5B9)
        value = value * 10 + Int128(state % 10)
      }
      if state & 64 != 0 { value = -value }
      let scale = Int(state % 39)
      let text = DecimalNumber(value, scale: scale).description
      #expect(parseDecimal(bytes(text, arena), precision: 38, scale: scale) == value, "\(text)")
      #expect(doubleValue(value, scale: scale) == Double(text), "\(text)")
    }
  }

  static let shifts: [(Int128, Int, Int128?)] = [
    (125, -1, 13), (-125, -1, -13), (124, -1, 12), (15, -2, 0), (50, -2, 1), (7, 3, 7000),
    (decimalPowers[38] - 1, 1, nil), (0, 99, 0), (12345, -99, 0),
    (decimalPowers[38] - 1, -38, 1), (decimalPowers[37] * 4, -38, 0),
    (decimalPowers[37] * 5, -38, 1),
  ]

  @Test(arguments: shifts)
  func scaleChangesWithHalvesAwayFromZero(_ value: Int128, _ shift: Int, _ expected: Int128?) {
    #expect(rescaleDecimal(value, by: shift) == expected)
  }
}
