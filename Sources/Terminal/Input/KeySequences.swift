import VisibleText

/// What the sequences of terminals mean, as tables (xterm's ctlseqs, VT220, rxvt, Linux console).
enum KeySequences {
  /// Numbers of a sequence; an empty one is 0, sub-parameters after ":" are left out.
  static func numbers(_ bytes: ArraySlice<UInt8>) -> [Int] {
    guard !bytes.isEmpty else { return [] }
    return bytes.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map { part in
      var value = 0
      for byte in part {
        guard (0x30...0x39).contains(byte) else { break }
        value = min(1_000_000, value * 10 + Int(byte - 0x30))
      }
      return value
    }
  }

  /// xterm writes modifiers as 1 + bits of shift, alt, control (and meta, which we call alt).
  static func modifiers(_ value: Int?) -> Key.Modifiers {
    guard let value, value > 1, value <= 256 else { return [] }
    let bits = value - 1
    var modifiers: Key.Modifiers = []
    if bits & 1 != 0 { modifiers.insert(.shift) }
    if bits & 10 != 0 { modifiers.insert(.alt) }
    if bits & 4 != 0 { modifiers.insert(.control) }
    return modifiers
  }

  /// Keys that end in a letter; the modifier is the second number.
  static func letter(_ letter: UInt8, _ numbers: [Int]) -> Key? {
    var modifiers = modifiers(numbers.count > 1 ? numbers[1] : nil)
    let code: Key.Code
    switch letter {
    case UInt8(ascii: "A"): code = .named(.up)
    case UInt8(ascii: "B"): code = .named(.down)
    case UInt8(ascii: "C"): code = .named(.right)
    case UInt8(ascii: "D"): code = .named(.left)
    case UInt8(ascii: "H"): code = .named(.home)
    case UInt8(ascii: "F"): code = .named(.end)
    case UInt8(ascii: "M"): code = .named(.enter)
    case UInt8(ascii: "I"): code = .named(.tab)
    case UInt8(ascii: "P")...UInt8(ascii: "S"): code = .function(Int(letter) - 0x4F)
    case UInt8(ascii: "Z"):
      code = .named(.tab)
      modifiers.insert(.shift)
    // The numeric pad in application mode.
    case UInt8(ascii: "j")...UInt8(ascii: "y"):
      code = .character(Character(Unicode.Scalar(letter - 0x40)))
    case UInt8(ascii: "X"): code = .character("=")
    default: return nil
    }
    return Key(code, modifiers)
  }

  static func key(_ letter: UInt8, _ numbers: [Int]) -> Key? {
    switch letter {
    case UInt8(ascii: "~"): return tilde(numbers)
    case UInt8(ascii: "u"): return unicode(numbers)
    // rxvt marks modifiers by the last byte.
    case UInt8(ascii: "$"): return tilde([numbers.first ?? 0, 2])
    case UInt8(ascii: "^"): return tilde([numbers.first ?? 0, 5])
    case UInt8(ascii: "@"): return tilde([numbers.first ?? 0, 6])
    case UInt8(ascii: "a")...UInt8(ascii: "d"): return self.letter(letter - 0x20, [1, 2])
    case UInt8(ascii: "A")...UInt8(ascii: "Z"):
      // Focus reports (I, O) come without numbers; we do not ask for them.
      if letter == UInt8(ascii: "I") || letter == UInt8(ascii: "M") { return nil }
      // A cursor position report ends in R too, but modifiers follow a 1.
      guard numbers.count < 2 || numbers[0] <= 1 else { return nil }
      return self.letter(letter, numbers)
    default: return nil
    }
  }

  private static func tilde(_ numbers: [Int]) -> Key? {
    guard let number = numbers.first else { return nil }
    let modifiers = modifiers(numbers.count > 1 ? numbers[1] : nil)
    switch number {
    case 1, 7: return .named(.home, modifiers)
    case 2: return .named(.insert, modifiers)
    case 3: return .named(.delete, modifiers)
    case 4, 8: return .named(.end, modifiers)
    case 5: return .named(.pageUp, modifiers)
    case 6: return .named(.pageDown, modifiers)
    case 11...15: return Key(.function(number - 10), modifiers)
    case 17...21: return Key(.function(number - 11), modifiers)
    case 23...26: return Key(.function(number - 12), modifiers)
    case 28, 29: return Key(.function(number - 13), modifiers)
    case 31...34: return Key(.function(number - 14), modifiers)
    // xterm's modifyOtherKeys: 27 ; modifier ; code.
    case 27 where numbers.count > 2: return unicode([numbers[2], numbers[1]])
    default: return nil
    }
  }

  /// Keys written as their code point (CSI u).
  private static func unicode(_ numbers: [Int]) -> Key? {
    guard let value = numbers.first,
      let scalar = UInt32(exactly: value).flatMap(Unicode.Scalar.init)
    else { return nil }
    var modifiers = modifiers(numbers.count > 1 ? numbers[1] : nil)
    switch value {
    case 9: return .named(.tab, modifiers)
    case 13: return .named(.enter, modifiers)
    case 27: return .named(.escape, modifiers)
    case 8, 127: return .named(.backspace, modifiers)
    default: break
    }
    guard !SafeText.mustEscape(scalar), !(0xE000...0xF8FF).contains(value) else { return nil }
    var character = Character(scalar)
    if modifiers.contains(.shift), character != " " {
      character = character.uppercased().first ?? character
      modifiers.remove(.shift)
    }
    if modifiers.contains(.control) { character = character.lowercased().first ?? character }
    return .character(character, modifiers)
  }

  /// SGR mouse: button bits ; column ; row, both from 1.
  static func mouse(_ numbers: [Int], released: Bool) -> Mouse? {
    guard numbers.count == 3, numbers[1] > 0, numbers[2] > 0 else { return nil }
    let bits = numbers[0]
    var modifiers: Key.Modifiers = []
    if bits & 4 != 0 { modifiers.insert(.shift) }
    if bits & 8 != 0 { modifiers.insert(.alt) }
    if bits & 16 != 0 { modifiers.insert(.control) }
    let action: Mouse.Action
    switch bits & ~(4 | 8 | 16 | 32) {
    case 64: action = .wheelUp
    case 65: action = .wheelDown
    case 66: action = .wheelLeft
    case 67: action = .wheelRight
    case let button where button < 3:
      let button: Mouse.Button = button == 0 ? .left : button == 1 ? .middle : .right
      action = released ? .release(button) : bits & 32 != 0 ? .drag(button) : .press(button)
    // Movement without a button, and buttons nobody has a name for.
    default: return nil
    }
    return Mouse(action, numbers[1] - 1, numbers[2] - 1, modifiers)
  }
}
