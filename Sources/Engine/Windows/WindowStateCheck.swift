import Columns

/// What must hold of state that is read back before it is used: a checkpoint is data, and a wrong
/// word in it must end in a ``StateError``, not in a wrong place of memory.
struct WindowStateCheck {
  let plan: WindowPlan

  /// Far beyond every event time and window, far enough from the end of Int64 that no sum of two
  /// overflows.
  private static let times: ClosedRange<Int64> = -1 << 50...1 << 50

  func watermark(_ value: Int64) throws -> Int64 {
    if value == minWatermark || value == maxWatermark { return value }
    return try Self.check(value, in: Self.times)
  }

  /// A pane of one role is laid out otherwise than one of another.
  func role(_ value: Int64) throws -> PaneRole {
    guard let role = PaneRole(rawValue: value), (role == .keyed) != plan.isSliced else {
      throw StateError.truncated
    }
    return role
  }

  func span(_ start: Int64, _ end: Int64) throws -> TimeSpan {
    let span = TimeSpan(start: try bound(start), end: try bound(end))
    guard start <= end else { throw StateError.truncated }
    // A slice belongs to the windows over it, so it must stand where the grid has one.
    if plan.isSliced { _ = try Self.check(start, in: Self.times) }
    return span
  }

  /// A word of a keyed entry: a bound, a moment or a count.
  func keyedWord(_ word: Int, _ value: Int64) throws -> Int64 {
    // An early firing that nothing follows would come for ever.
    if word == KeyedWord.isArmed, value != 0, plan.spec.trigger.earlyMs == nil {
      throw StateError.truncated
    }
    return try bound(value)
  }

  /// The bounds of windows that time does not end are the ends of all time.
  private func bound(_ value: Int64) throws -> Int64 {
    if value == .min || value == .max { return value }
    return try Self.check(value, in: Self.times)
  }

  func key(_ key: Bytes) throws {
    guard plan.keys.isSound(key) else { throw StateError.truncated }
  }

  private static func check(_ value: Int64, in range: ClosedRange<Int64>) throws -> Int64 {
    guard range.contains(value) else { throw StateError.truncated }
    return value
  }
}

extension KeyEncoding {
  /// Whether the bytes are a key of these columns.
  func isSound(_ key: Bytes) -> Bool {
    if columns.isEmpty { return key.count == 0 }
    if types == [.string] { return true }
    var at = 0
    for type in types {
      guard at < key.count else { return false }
      at += 1
      if key[at - 1] == 0 { continue }
      switch type.physical {
      case .integer, .double: at += 8
      case .wide: at += 16
      case .bytes:
        guard at + 8 <= key.count else { return false }
        let count = Int64(
          littleEndian: UnsafeRawPointer(key.start + at).loadUnaligned(as: Int64.self))
        at += 8
        guard count >= 0, count <= Int64(key.count - at) else { return false }
        let value = Bytes(start: key.start + at, count: Int(count))
        if type.isCollection, !NestedValue.isSound(value, as: type) { return false }
        at += Int(count)
      }
    }
    return at == key.count
  }
}
