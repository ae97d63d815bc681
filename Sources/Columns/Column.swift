import Glibc

/// One column of a batch: values side by side in memory, with a byte a row for validity.
///
/// The pointers are the fast face: a kernel takes them once a batch. A column has a fixed capacity
/// and is filled by one thread before others read it.
public final class Column: @unchecked Sendable {
  // Unchecked: written by one thread, then only read (see the type's comment).
  public let type: ColumnType
  /// How the values are held: the type's, at hand without looking at the type.
  public let physical: ColumnType.Physical
  public let capacity: Int
  private let storage: UnsafeMutableRawPointer
  /// 1 where the row has a value, 0 where it is NULL.
  public let validity: UnsafeMutablePointer<UInt8>
  /// Whether any row may be NULL; false lets kernels skip the validity.
  public var hasNulls = false
  /// What keeps the bytes of a string column alive.
  public var owners: [AnyObject] = []

  /// A column of `capacity` rows, all valid, with values not yet written.
  public init(_ type: ColumnType, capacity: Int) {
    self.type = type
    self.capacity = capacity
    physical = type.physical
    let width = physical == .bytes || physical == .wide ? 16 : 8
    storage = .allocate(byteCount: max(capacity, 1) * width, alignment: 16)
    validity = .allocate(capacity: max(capacity, 1))
    validity.initialize(repeating: 1, count: max(capacity, 1))
  }

  deinit {
    storage.deallocate()
    validity.deallocate()
  }

  /// The values of a column whose type is held as integers.
  public var integers: UnsafeMutablePointer<Int64> {
    precondition(physical == .integer, "\(type.name) is not held as integers")
    return storage.assumingMemoryBound(to: Int64.self)
  }

  public var doubles: UnsafeMutablePointer<Double> {
    precondition(physical == .double, "\(type.name) is not held as doubles")
    return storage.assumingMemoryBound(to: Double.self)
  }

  public var bytes: UnsafeMutablePointer<Bytes> {
    precondition(physical == .bytes, "\(type.name) is not held as bytes")
    return storage.assumingMemoryBound(to: Bytes.self)
  }

  /// The values of a DECIMAL column, without their point.
  public var wides: UnsafeMutablePointer<Int128> {
    precondition(physical == .wide, "\(type.name) is not held as 128-bit integers")
    return storage.assumingMemoryBound(to: Int128.self)
  }

  public func setNull(_ row: Int) {
    validity[row] = 0
    hasNulls = true
    switch physical {
    case .integer: integers[row] = 0
    case .double: doubles[row] = 0
    case .bytes: bytes[row] = .empty
    case .wide: wides[row] = 0
    }
  }

  @inlinable
  public func isNull(_ row: Int) -> Bool { hasNulls && validity[row] == 0 }

  /// Copies one value from another column of the same physical type; the owners are not copied.
  public func copyValue(_ row: Int, from other: Column, _ otherRow: Int) {
    if other.isNull(otherRow) { return setNull(row) }
    validity[row] = 1
    switch physical {
    case .integer: integers[row] = other.integers[otherRow]
    case .double: doubles[row] = other.doubles[otherRow]
    case .bytes: bytes[row] = other.bytes[otherRow]
    case .wide: wides[row] = other.wides[otherRow]
    }
  }

  /// A new column with the rows at `indices`, in that order, sharing the bytes of strings.
  public func gather(_ indices: UnsafeBufferPointer<Int32>) -> Column {
    let result = Column(type, capacity: indices.count)
    result.owners = owners
    switch physical {
    case .integer:
      let (from, to) = (integers, result.integers)
      for (row, index) in indices.enumerated() { to[row] = from[Int(index)] }
    case .double:
      let (from, to) = (doubles, result.doubles)
      for (row, index) in indices.enumerated() { to[row] = from[Int(index)] }
    case .bytes:
      let (from, to) = (bytes, result.bytes)
      for (row, index) in indices.enumerated() { to[row] = from[Int(index)] }
    case .wide:
      let (from, to) = (wides, result.wides)
      for (row, index) in indices.enumerated() { to[row] = from[Int(index)] }
    }
    if hasNulls {
      result.hasNulls = true
      for (row, index) in indices.enumerated() { result.validity[row] = validity[Int(index)] }
    }
    return result
  }

  /// A column with room for more rows and the first `count` of these.
  public func grown(to capacity: Int, keeping count: Int) -> Column {
    let result = Column(type, capacity: capacity)
    result.owners = owners
    result.hasNulls = hasNulls
    switch physical {
    case .integer: result.integers.update(from: integers, count: count)
    case .double: result.doubles.update(from: doubles, count: count)
    case .bytes: result.bytes.update(from: bytes, count: count)
    case .wide: result.wides.update(from: wides, count: count)
    }
    result.validity.update(from: validity, count: count)
    return result
  }

  /// Adds owners that are not held yet, so that a string placed here stays alive.
  public func retain(ownersOf other: Column) {
    for owner in other.owners where !owners.contains(where: { $0 === owner }) {
      owners.append(owner)
    }
  }
}
