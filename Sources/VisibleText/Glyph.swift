/// What stands in a cell: one visible base character and at most two combining marks.
///
/// Only `SafeText` makes glyphs, so a glyph is never a control, a bidi mark or anything invisible.
/// Three scalars of 21 bits fit one word, which keeps comparing and copying grids cheap.
public struct Glyph: Hashable, Sendable {
  private var bits: UInt64

  /// Marks kept on one base; more become visible escapes.
  static let maxMarks = 2

  package init(safe base: Unicode.Scalar) { bits = UInt64(base.value) }

  package static let space = Glyph(safe: " ")

  /// Adds a combining mark; false when there is no room.
  mutating func add(mark: Unicode.Scalar) -> Bool {
    if bits >> 21 == 0 {
      bits |= UInt64(mark.value) << 21
    } else if bits >> 42 == 0 {
      bits |= UInt64(mark.value) << 42
    } else {
      return false
    }
    return true
  }

  /// The base and its marks as code points; 0 where there is none.
  package var codePoints: (UInt32, UInt32, UInt32) {
    let mask: UInt64 = 0x1F_FFFF
    return (UInt32(bits & mask), UInt32(bits >> 21 & mask), UInt32(bits >> 42 & mask))
  }

  /// The glyph as text.
  public var text: String {
    let (base, first, second) = codePoints
    var scalars = String.UnicodeScalarView()
    for value in [base, first, second] where value != 0 {
      if let scalar = Unicode.Scalar(value) { scalars.append(scalar) }
    }
    return String(scalars)
  }
}
