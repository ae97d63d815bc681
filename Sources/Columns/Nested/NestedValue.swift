/// A value inside the bytes of an ARRAY, ROW or MAP, read where it stands.
///
/// The encoding describes itself. A value is a tag and what it needs: an integer, a date (days) or
/// a time (ms) 7 bits a byte with its sign folded in; a double 8 bytes; a decimal its scale and its
/// digits as such an integer; a text its length and its bytes. A collection has the length of the
/// rest (4 bytes), the count of its parts (4 bytes) and the parts: elements, fields in order, or
/// keys and values in turn. Numbers are little-endian. Equal values have equal bytes.
///
/// Holds a pointer only: whoever holds the column keeps the bytes.
public struct NestedValue {
  public enum Kind: UInt8, Sendable {
    case null, `false`, `true`, integer, double, decimal, text, date, time, array, row, map
  }

  /// From the value's tag on; what follows the value may be included.
  let start: UnsafePointer<UInt8>

  /// The value whose encoding starts the bytes, as ``NestedWriter`` wrote them.
  public init(_ bytes: Bytes) { start = bytes.start }

  init(start: UnsafePointer<UInt8>) { self.start = start }

  public var kind: Kind { Kind(rawValue: start[0]) ?? .null }
  public var isNull: Bool { start[0] == 0 }

  /// BOOLEAN as 0 and 1, integers, dates as days, times as ms.
  public var integer: Int64 {
    switch kind {
    case .true: 1
    case .integer, .date, .time: Int64(truncatingIfNeeded: Self.folded(start + 1).value)
    default: 0
    }
  }

  public var double: Double {
    Double(bitPattern: UnsafeRawPointer(start + 1).loadUnaligned(as: UInt64.self).littleEndian)
  }

  public var decimal: DecimalNumber {
    DecimalNumber(Self.folded(start + 2).value, scale: Int(start[1]))
  }

  /// The bytes of a text.
  public var text: Bytes {
    let (length, after) = Self.packed(start + 1)
    return Bytes(start: after, count: Int(truncatingIfNeeded: length))
  }

  /// How many parts a collection has: a MAP its keys and values.
  public var count: Int {
    Int(UnsafeRawPointer(start + 5).loadUnaligned(as: UInt32.self).littleEndian)
  }

  /// The parts of a collection, in order.
  public var parts: NestedParts { NestedParts(place: start + 9, left: count) }

  /// The part at an index below ``count``; takes a step for each before it.
  public func part(_ index: Int) -> NestedValue {
    var place = start + 9
    for _ in 0..<index { place = NestedValue(start: place).end }
    return NestedValue(start: place)
  }

  /// The value's own bytes and no more.
  public var bytes: Bytes { Bytes(start: start, count: end - start) }

  /// The first byte after the value.
  var end: UnsafePointer<UInt8> {
    switch kind {
    case .null, .false, .true: return start + 1
    case .integer, .date, .time: return Self.folded(start + 1).after
    case .double: return start + 9
    case .decimal: return Self.folded(start + 2).after
    case .text:
      let (length, after) = Self.packed(start + 1)
      return after + Int(truncatingIfNeeded: length)
    case .array, .row, .map:
      return start + 5
        + Int(UnsafeRawPointer(start + 1).loadUnaligned(as: UInt32.self).littleEndian)
    }
  }

  /// An unsigned number, 7 bits a byte, the lowest first.
  @inline(__always)
  private static func packed(_ place: UnsafePointer<UInt8>)
    -> (value: UInt128, after: UnsafePointer<UInt8>)
  {
    if place[0] < 128 { return (UInt128(place[0]), place + 1) }
    var value: UInt128 = 0
    var shift: UInt128 = 0
    var at = place
    while true {
      value |= UInt128(at[0] & 127) << shift
      if at[0] < 128 { return (value, at + 1) }
      shift += 7
      at += 1
    }
  }

  /// A signed number with its sign in the lowest bit.
  @inline(__always)
  private static func folded(_ place: UnsafePointer<UInt8>)
    -> (value: Int128, after: UnsafePointer<UInt8>)
  {
    let (value, after) = packed(place)
    return (Int128(bitPattern: value >> 1) ^ -Int128(bitPattern: value & 1), after)
  }

  /// The value for people.
  public var value: Value {
    switch kind {
    case .null: .null
    case .false: .boolean(false)
    case .true: .boolean(true)
    case .integer: .integer(integer)
    case .double: .double(double)
    case .decimal: .decimal(decimal)
    case .text: .string(text.string)
    case .date: .date(integer)
    case .time: .time(integer)
    case .array: .array(parts.map(\.value))
    case .row: .row(parts.map(\.value))
    case .map:
      .map(
        stride(from: 0, to: count, by: 2).map {
          Value.Entry(part($0).value, part($0 + 1).value)
        })
    }
  }
}

/// The parts of a collection, one after another.
public struct NestedParts: Sequence, IteratorProtocol {
  var place: UnsafePointer<UInt8>
  var left: Int

  public mutating func next() -> NestedValue? {
    if left == 0 { return nil }
    left -= 1
    let value = NestedValue(start: place)
    place = value.end
    return value
  }
}

extension Column {
  /// Puts a part of a collection into a row; a text or a collection stays where it is, so the
  /// column must hold what owns it.
  @inline(__always)
  public func set(_ value: NestedValue, at row: Int) {
    if value.isNull { return setNull(row) }
    validity[row] = 1
    switch physical {
    case .integer: integers[row] = value.integer
    case .double: doubles[row] = value.double
    case .wide: wides[row] = value.decimal.unscaled
    case .bytes: bytes[row] = type == .string ? value.text : value.bytes
    }
  }
}
