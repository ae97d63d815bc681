extension NestedValue {
  /// Whether the bytes are the encoding of one value of a type and nothing else, so that they can be
  /// read where they stand.
  ///
  /// For bytes that come from outside, such as a checkpoint; what ``NestedWriter`` wrote is sound.
  public static func isSound(_ bytes: Bytes, as type: ColumnType) -> Bool {
    NestedCheck(bytes: bytes).end(of: type, at: 0) == bytes.count
  }
}

/// Walks the bytes of a value within their bounds.
private struct NestedCheck {
  let bytes: Bytes

  /// Where the value at a place ends; nil where there is none of the type.
  func end(of type: ColumnType, at place: Int) -> Int? {
    guard place < bytes.count, let kind = NestedValue.Kind(rawValue: bytes[place]) else {
      return nil
    }
    if kind == .null { return place + 1 }
    switch type {
    case .boolean: return kind == .true || kind == .false ? place + 1 : nil
    case .double: return kind == .double && place + 9 <= bytes.count ? place + 9 : nil
    case .string:
      guard kind == .text, let (length, after) = packed(at: place + 1) else { return nil }
      return length <= UInt128(bytes.count - after) ? after + Int(length) : nil
    case .decimal:
      guard kind == .decimal, place + 1 < bytes.count, bytes[place + 1] <= 38 else { return nil }
      return packed(at: place + 2)?.after
    case .array(let element):
      return kind == .array ? parts(at: place) { _ in element } : nil
    case .row(let fields):
      guard kind == .row, count(at: place) == fields.count else { return nil }
      return parts(at: place) { fields[$0].type }
    case .map(let key, let value):
      guard kind == .map, let count = count(at: place), count % 2 == 0 else { return nil }
      return parts(at: place) { $0 % 2 == 0 ? key : value }
    default:
      guard [.integer, .date, .time].contains(kind) else { return nil }
      return packed(at: place + 1)?.after
    }
  }

  private func word(at place: Int) -> Int? {
    guard place >= 0, place + 4 <= bytes.count else { return nil }
    return Int(
      UnsafeRawPointer(bytes.start + place).loadUnaligned(as: UInt32.self).littleEndian)
  }

  private func count(at place: Int) -> Int? { word(at: place + 5) }

  /// The parts of a collection fill the length that it states.
  private func parts(at place: Int, _ type: (Int) -> ColumnType) -> Int? {
    guard let length = word(at: place + 1), let count = count(at: place) else { return nil }
    var at = place + 9
    for index in 0..<count {
      guard let next = end(of: type(index), at: at) else { return nil }
      at = next
    }
    return at == place + 5 + length ? at : nil
  }

  /// A number of at most 19 bytes, which is 128 bits and a rest.
  private func packed(at place: Int) -> (value: UInt128, after: Int)? {
    var value: UInt128 = 0
    for index in 0..<19 {
      guard place + index < bytes.count else { return nil }
      let byte = bytes[place + index]
      value |= UInt128(byte & 127) << UInt128(index * 7)
      if byte < 128 { return (value, place + index + 1) }
    }
    return nil
  }
}
