import VisibleText

/// A box drawing character as what it is made of: four arms from the middle of the cell.
struct BoxJoint: Equatable {
  var up: LineWeight?
  var right: LineWeight?
  var down: LineWeight?
  var left: LineWeight?

  /// Two bits an arm (up, right, down, left; 0 none, 1 light, 2 heavy, 3 double) of the characters
  /// from U+2500; 0 for the diagonals, which have no arms.
  private static let arms: [UInt8] = [
    0x44, 0x88, 0x11, 0x22, 0x44, 0x88, 0x11, 0x22, 0x44, 0x88, 0x11, 0x22, 0x14, 0x18, 0x24, 0x28,
    0x50, 0x90, 0x60, 0xA0, 0x05, 0x09, 0x06, 0x0A, 0x41, 0x81, 0x42, 0x82, 0x15, 0x19, 0x16, 0x25,
    0x26, 0x1A, 0x29, 0x2A, 0x51, 0x91, 0x52, 0x61, 0x62, 0x92, 0xA1, 0xA2, 0x54, 0x94, 0x58, 0x98,
    0x64, 0xA4, 0x68, 0xA8, 0x45, 0x85, 0x49, 0x89, 0x46, 0x86, 0x4A, 0x8A, 0x55, 0x95, 0x59, 0x99,
    0x56, 0x65, 0x66, 0x96, 0x5A, 0xA5, 0x69, 0x9A, 0xA9, 0xA6, 0x6A, 0xAA, 0x44, 0x88, 0x11, 0x22,
    0xCC, 0x33, 0x1C, 0x34, 0x3C, 0xD0, 0x70, 0xF0, 0x0D, 0x07, 0x0F, 0xC1, 0x43, 0xC3, 0x1D, 0x37,
    0x3F, 0xD1, 0x73, 0xF3, 0xDC, 0x74, 0xFC, 0xCD, 0x47, 0xCF, 0xDD, 0x77, 0xFF, 0x14, 0x50, 0x41,
    0x05, 0x00, 0x00, 0x00, 0x40, 0x01, 0x04, 0x10, 0x80, 0x02, 0x08, 0x20, 0x48, 0x21, 0x84, 0x12,
  ]

  private var packed: UInt8 {
    func bits(_ weight: LineWeight?) -> UInt8 {
      switch weight {
      case nil: 0
      case .light?, .dotted?: 1
      case .heavy?: 2
      case .double?: 3
      }
    }
    return bits(up) | bits(right) << 2 | bits(down) << 4 | bits(left) << 6
  }

  init(
    up: LineWeight? = nil, right: LineWeight? = nil, down: LineWeight? = nil,
    left: LineWeight? = nil
  ) {
    (self.up, self.right, self.down, self.left) = (up, right, down, left)
  }

  /// The arms of a character that is a line; nil for other text.
  init?(_ glyph: Glyph) {
    let (base, mark, _) = glyph.codePoints
    guard mark == 0 else { return nil }
    switch base {
    case 0x2500..<0x2580:
      let arms = BoxJoint.arms[Int(base - 0x2500)]
      guard arms != 0 else { return nil }
      func weight(_ shift: UInt8) -> LineWeight? { LineWeight(rawValue: arms >> shift & 3) }
      self.init(up: weight(0), right: weight(2), down: weight(4), left: weight(6))
    case 0x2D, 0x3D: self.init(right: .light, left: .light)
    case 0x7C: self.init(up: .light, down: .light)
    case 0x2B: self.init(up: .light, right: .light, down: .light, left: .light)
    default: return nil
    }
  }

  /// The arms of both; where both have one, the newer.
  func joined(with newer: BoxJoint) -> BoxJoint {
    BoxJoint(
      up: newer.up ?? up, right: newer.right ?? right, down: newer.down ?? down,
      left: newer.left ?? left)
  }

  /// The character, or the one with all arms of `fallback` when Unicode lacks the mixture.
  func glyph(_ symbols: SymbolSet, fallback: LineWeight) -> Glyph {
    if symbols == .ascii { return ascii }
    let straight = (up == nil && down == nil) || (left == nil && right == nil)
    if straight, [up, right, down, left].allSatisfy({ $0 == nil || $0 == .dotted }) {
      return Glyph(safe: up == nil && down == nil ? "┄" : "┆")
    }
    if let glyph = BoxJoint.character(packed) { return glyph }
    var plain = self
    for arm in [\BoxJoint.up, \.right, \.down, \.left] where plain[keyPath: arm] != nil {
      plain[keyPath: arm] = fallback
    }
    return BoxJoint.character(plain.packed) ?? .space
  }

  private var ascii: Glyph {
    switch (up != nil || down != nil, left != nil || right != nil) {
    case (true, true): Glyph(safe: "+")
    case (true, false): Glyph(safe: "|")
    case (false, true): Glyph(safe: left == .double || left == .heavy ? "=" : "-")
    case (false, false): .space
    }
  }

  private static func character(_ packed: UInt8) -> Glyph? {
    guard packed != 0, let offset = arms.firstIndex(of: packed),
      let scalar = Unicode.Scalar(0x2500 + UInt32(offset))
    else { return nil }
    return Glyph(safe: scalar)
  }
}
