import VisibleText

/// Turns the bytes of a terminal into events: UTF-8, control keys, xterm, VT220, rxvt and Linux
/// console sequences, SGR mouse, bracketed paste.
///
/// A pure state machine: bytes may arrive cut anywhere. An escape byte may be the key or the start
/// of a sequence; `isWaiting` says that only time can tell, and `flush()` that the time is over.
/// Sequences it does not know are dropped as a whole, never typed into a field.
public struct InputDecoder: Sendable {
  /// Bytes of one sequence and of one paste that are kept; the rest of them is dropped.
  static let maxSequence = 64
  static let maxPaste = 1 << 20

  private var buffer: [UInt8] = []
  private var paste: [UInt8]?

  public init() {}

  /// Whether an unfinished sequence waits for more bytes.
  public var isWaiting: Bool { !buffer.isEmpty && paste == nil }

  public mutating func feed(_ bytes: some Sequence<UInt8>) -> [InputEvent] {
    var events: [InputEvent] = []
    for byte in bytes {
      if paste != nil {
        if let event = feedPaste(byte) { events.append(event) }
        continue
      }
      buffer.append(byte)
      decode(into: &events, final: false)
    }
    return events
  }

  /// No more bytes came in time: what waits is taken for what it is now.
  public mutating func flush() -> [InputEvent] {
    var events: [InputEvent] = []
    if paste == nil { decode(into: &events, final: true) }
    return events
  }

  // MARK: Paste

  private static let pasteEnd: [UInt8] = Array("\u{1b}[201~".utf8)

  private mutating func feedPaste(_ byte: UInt8) -> InputEvent? {
    let end = InputDecoder.pasteEnd
    buffer.append(byte)
    if buffer == end {
      let text = String(decoding: paste ?? [], as: UTF8.self)
      paste = nil
      buffer = []
      return .paste(text)
    }
    // `buffer` holds what may be the end mark; what cannot be is text.
    while !buffer.isEmpty, !end.starts(with: buffer) {
      if let count = paste?.count, count < InputDecoder.maxPaste { paste?.append(buffer[0]) }
      buffer.removeFirst()
    }
    return nil
  }

  // MARK: Sequences

  private enum Step {
    case event(InputEvent?, Int)
    case needMore
  }

  private mutating func decode(into events: inout [InputEvent], final: Bool) {
    while !buffer.isEmpty, paste == nil {
      switch step(buffer[...], final: final) {
      case .needMore:
        if final { buffer = [] }
        return
      case .event(let event, let length):
        let taken = Array(buffer.prefix(length))
        buffer.removeFirst(min(length, buffer.count))
        if taken == Array("\u{1b}[200~".utf8) {
          paste = []
        } else if let event {
          events.append(event)
        }
      }
    }
  }

  private func step(_ bytes: ArraySlice<UInt8>, final: Bool) -> Step {
    guard let first = bytes.first else { return .needMore }
    if first == 0x1B { return escape(bytes, final: final) }
    if let key = InputDecoder.controlKey(first) { return .event(.key(key), 1) }
    return character(bytes, final: final)
  }

  private func character(_ bytes: ArraySlice<UInt8>, final: Bool) -> Step {
    if let length = UTF8Pieces.scalarLength(bytes) {
      let text = String(decoding: bytes.prefix(length), as: UTF8.self)
      // C1 controls have no keys.
      guard let character = text.first, bytes.first != 0xC2 || length != 2 || text >= "\u{A0}"
      else { return .event(nil, length) }
      return .event(.key(.character(character)), length)
    }
    let expected: Int
    switch bytes.first ?? 0 {
    case 0xC2...0xDF: expected = 2
    case 0xE0...0xEF: expected = 3
    case 0xF0...0xF4: expected = 4
    default: return .event(nil, 1)
    }
    let tail = bytes.dropFirst()
    let wellFormedSoFar = tail.count < expected - 1 && tail.allSatisfy { $0 & 0xC0 == 0x80 }
    return wellFormedSoFar && !final ? .needMore : .event(nil, 1)
  }

  private static func controlKey(_ byte: UInt8) -> Key? {
    switch byte {
    case 0x00: .control(" ")
    case 0x08, 0x7F: .named(.backspace)
    case 0x09: .named(.tab)
    case 0x0A, 0x0D: .named(.enter)
    case 0x01...0x1A: .control(Character(Unicode.Scalar(byte + 0x60)))
    case 0x1C...0x1F: .control(Character(Unicode.Scalar(byte + 0x40)))
    default: nil
    }
  }

  private func escape(_ bytes: ArraySlice<UInt8>, final: Bool) -> Step {
    let start = bytes.startIndex
    guard bytes.count > 1 else {
      return final ? .event(.key(.named(.escape)), 1) : .needMore
    }
    switch bytes[start + 1] {
    case UInt8(ascii: "["): return control(bytes, final: final)
    case UInt8(ascii: "O"): return singleShift(bytes, final: final)
    case 0x1B:
      // rxvt sends Alt with a key as two escapes; two pressed in a row are just that.
      guard bytes.count > 2 else {
        return final ? .event(.key(.named(.escape)), 1) : .needMore
      }
      let inner = bytes[start + 2]
      guard inner == UInt8(ascii: "[") || inner == UInt8(ascii: "O") else {
        return .event(.key(.named(.escape)), 1)
      }
      return adding(.alt, to: escape(bytes.dropFirst(), final: final))
    case UInt8(ascii: "P"), UInt8(ascii: "]"), UInt8(ascii: "_"), UInt8(ascii: "^"):
      return string(bytes, final: final)
    default:
      return adding(.alt, to: step(bytes.dropFirst(), final: final))
    }
  }

  private func adding(_ modifier: Key.Modifiers, to step: Step) -> Step {
    switch step {
    case .needMore: return .needMore
    case .event(.key(var key)?, let length):
      key.modifiers.insert(modifier)
      return .event(.key(key), length + 1)
    case .event(let event, let length): return .event(event, length + 1)
    }
  }

  /// Answers of the terminal to questions we never ask (DCS, OSC, APC, PM): dropped up to the end.
  private func string(_ bytes: ArraySlice<UInt8>, final: Bool) -> Step {
    let start = bytes.startIndex
    if bytes.count == 2, final {
      return .event(.key(.character(Character(Unicode.Scalar(bytes[start + 1])), .alt)), 2)
    }
    for (offset, byte) in bytes.enumerated().dropFirst(2) {
      if byte == 0x07 { return .event(nil, offset + 1) }
      if byte == 0x5C, bytes[start + offset - 1] == 0x1B { return .event(nil, offset + 1) }
    }
    if bytes.count > 1024 { return .event(nil, bytes.count) }
    return .needMore
  }

  private func singleShift(_ bytes: ArraySlice<UInt8>, final: Bool) -> Step {
    let start = bytes.startIndex
    var index = start + 2
    var modifier: [Int] = []
    // Some terminals put the modifier between: ESC O 5 A.
    if index < bytes.endIndex, (0x31...0x39).contains(bytes[index]) {
      modifier = [1, Int(bytes[index] - 0x30)]
      index += 1
    }
    guard index < bytes.endIndex else {
      return final ? .event(.key(.character("O", .alt)), bytes.count) : .needMore
    }
    let letter = bytes[index]
    let length = index - start + 1
    // rxvt: ESC O a is Ctrl-Up.
    if (0x61...0x64).contains(letter), modifier.isEmpty {
      let key = KeySequences.letter(letter - 0x20, [1, 5])
      return .event(key.map { .key($0) }, length)
    }
    return .event(KeySequences.letter(letter, modifier).map { .key($0) }, length)
  }

  /// ESC [ parameters intermediates final.
  private func control(_ bytes: ArraySlice<UInt8>, final: Bool) -> Step {
    let start = bytes.startIndex
    let body = bytes.dropFirst(2)
    guard let first = body.first else {
      return final ? .event(.key(.character("[", .alt)), 2) : .needMore
    }
    // The Linux console: ESC [ [ A is F1.
    if first == UInt8(ascii: "[") {
      guard body.count > 1 else { return .needMore }
      let number = Int(body[body.startIndex + 1]) - 0x40
      return .event((1...5).contains(number) ? .key(Key(.function(number))) : nil, 4)
    }
    for (offset, byte) in body.enumerated() {
      if (0x20...0x3F).contains(byte) || (byte == 0x24 && offset > 0) {
        // "$" ends rxvt's shifted keys and is an intermediate of everybody else.
        if byte == 0x24, offset > 0, body.prefix(offset).allSatisfy({ (0x30...0x39).contains($0) })
        {
          return sequence(body.prefix(offset), byte, length: offset + 3)
        }
        continue
      }
      // A control or a letter outside of ASCII breaks the sequence off.
      guard (0x40...0x7E).contains(byte) else { return .event(nil, offset + 2) }
      return sequence(body.prefix(offset), byte, length: offset + 3)
    }
    if bytes.count > InputDecoder.maxSequence { return .event(nil, bytes.endIndex - start) }
    return .needMore
  }

  private func sequence(_ parameters: ArraySlice<UInt8>, _ letter: UInt8, length: Int) -> Step {
    if parameters.first == UInt8(ascii: "<") {
      let values = KeySequences.numbers(parameters.dropFirst())
      return .event(KeySequences.mouse(values, released: letter == 0x6D).map { .mouse($0) }, length)
    }
    // "?" and ">" start answers, not keys.
    guard parameters.first.map({ $0 < 0x3C }) ?? true else { return .event(nil, length) }
    let values = KeySequences.numbers(parameters)
    return .event(KeySequences.key(letter, values).map { .key($0) }, length)
  }
}
