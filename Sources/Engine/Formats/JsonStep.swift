import CMachine
import Columns
import Glibc

/// Bytes that must stand at a place, compared 16 at a time.
struct JsonLiteral {
  private(set) var start: UnsafePointer<UInt8>
  private(set) var count: Int
  /// Those of the first 16 that are beyond the end.
  private var ignored: UInt32

  /// Keeps a text in an arena, with what the comparison looks at behind it.
  init(_ text: Bytes, in arena: Arena) {
    let kept = arena.allocate(max(text.count, 16)).assumingMemoryBound(to: UInt8.self)
    kept.update(from: text.start, count: text.count)
    for place in text.count..<max(text.count, 16) { kept[place] = 0 }
    (start, count) = (UnsafePointer(kept), text.count)
    ignored = count < 16 ? 0xFFFF << UInt32(count) & 0xFFFF : 0
  }

  /// Whether it stands at a place behind which there are as many bytes, and no less than 16.
  @inline(__always)
  func stands(at p: UnsafePointer<UInt8>) -> Bool {
    cbytes_agree(p, start, ignored)
      && (count <= 16 || memcmp(p + 16, start + 16, count &- 16) == 0)
  }
}

/// One field of a ``JsonLayout``: the bytes before its value, what to do with the value, and what
/// the value is taken to look like.
struct JsonStep {
  enum Action: UInt8 {
    /// A text, wanted or not; a short one is expected to have less than 16 bytes.
    case text, shortText
    case integer, double, skipNumber
    case decimal, nested, other, skipWord, skipAny
  }

  /// How many bytes behind the literal are looked at together.
  static let window = 32

  var literal: JsonLiteral
  /// The bytes that must be there for the literal and a look at its value.
  let reach: Int
  var action: Action
  var isInt = false
  var values: UnsafeMutableRawPointer?
  var column: Unmanaged<Column>?
  var conversion = 0
  /// A DECIMAL's digits after the point, and what its digits must stay below.
  var scale = 0
  var limit: Int64 = 0

  init(_ literal: JsonLiteral, _ action: Action) {
    self.literal = literal
    self.action = action
    reach = literal.count + Self.window
  }

  // MARK: what is expected

  /// The length of the value: a text's without quotes, or a number's.
  private(set) var length = 0
  /// Where the value has bytes that end a text, or are no digits, within its length and the byte
  /// after it: such a byte ends it.
  private(set) var marks: UInt32 = 1
  /// The bits of ``marks`` that are looked at; none where nothing is expected.
  private(set) var within: UInt32 = 0
  /// Digits before the point; ``length`` where there is none.
  private var point = 0
  /// The power of ten that the digits before the point are times.
  private var power: UInt64 = 1
  private var divisor = 1.0
  /// Values that were not as expected; negative where they never are, and nothing is expected.
  private(set) var misses = 0
  private var lastMiss = -1

  /// Takes note of a value that was not as expected: the next ones may be like it. Where that fails
  /// more than once in four rows, nothing is expected any more.
  @inline(never)
  mutating func learn(_ length: Int, point: Int, _ row: Int) {
    misses += 1
    guard misses * 4 <= row + 64 else {
      (within, marks, misses) = (0, 1, -1)
      if action == .shortText { action = .text }
      return
    }
    let shape = length << 8 | point
    if within == 0 || shape == lastMiss {
      self.length = length
      self.point = point
      within = length >= 31 ? .max : (2 << UInt32(length)) - 1
      marks = 1 << UInt32(length)
      if point < length { marks |= 1 << UInt32(point) }
      power = 1
      for _ in 0..<max(length - point - 1, 0) { power *= 10 }
      divisor = Double(power)
      if action == .text, length < 16 { action = .shortText }
      if action == .shortText, length >= 16 { action = .text }
    }
    lastMiss = shape
  }

  /// The same of a number.
  @inline(never)
  mutating func learnNumber(_ p: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ row: Int) {
    let length = end - p
    // A sign or an exponent is never expected, nor what 16 bytes do not hold.
    guard misses >= 0, length < 16 else { return }
    var point = length
    for place in 0..<length where p[place] &- 48 > 9 {
      guard p[place] == 46, point == length else { return }
      point = place
    }
    learn(length, point: point, row)
  }

  /// Whether a number is as expected, and one. What follows it is met later.
  @inline(__always)
  func isAsLearned(_ p: UnsafePointer<UInt8>) -> Bool {
    cbytes_other_than_digits(p) & within == marks && (p.pointee != 48 || point == 1)
      && (point == length || p[point] == 46)
  }

  /// The whole number at a place where it is as expected.
  @inline(__always)
  func wholeDigits(_ p: UnsafePointer<UInt8>) -> UInt64 { Self.digits(p, length) }

  /// The number at a place where it is as expected: at most 15 digits, so both parts of the
  /// division are exact.
  @inline(__always)
  func double(_ p: UnsafePointer<UInt8>) -> Double {
    let whole = Self.digits(p, point)
    if point == length { return Double(Int64(bitPattern: whole)) }
    let value = whole &* power &+ Self.digits(p + point + 1, length &- point &- 1)
    return Double(Int64(bitPattern: value)) / divisor
  }

  /// The number that 1 to 15 digits are.
  @inline(__always)
  private static func digits(_ p: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
    let first = JsonScanner.load(p) ^ 0x3030_3030_3030_3030
    if count <= 8 {
      return JsonScanner.number(ofDigits: first &<< UInt64(truncatingIfNeeded: 64 &- 8 &* count))
    }
    let last = JsonScanner.load(p + (count &- 8)) ^ 0x3030_3030_3030_3030
    return JsonScanner.number(ofDigits: first &<< UInt64(truncatingIfNeeded: 128 &- 8 &* count))
      &* 100_000_000
      &+ JsonScanner.number(ofDigits: last)
  }
}
