import Columns

/// `x IN (literals)`: NULL where x is, and where a NULL in the list leaves it open.
struct InListKernel<T: Hashed>: Kernel {
  let operand: any Kernel
  let isNegated: Bool
  let hasNullItem: Bool
  let table: ValueTable<T>
  var type: ColumnType { .boolean }

  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector {
    let vector = operand.evaluate(evaluation, rows)
    let input = Reader<T>(vector)
    let result = Column.result(.boolean, evaluation, hasNulls: vector.hasNulls || hasNullItem)
    let (target, validity) = (result.integers, result.validity)
    rows.forEach { row in
      let found = input.isValid(row) && table.contains(input[row])
      let isKnown = input.isValid(row) && (found || !hasNullItem)
      validity[row] = isKnown ? 1 : 0
      target[row] = isKnown && found != isNegated ? 1 : 0
    }
    return Vector(result)
  }

  func select(_ evaluation: Evaluation, _ rows: Selection) -> Selection {
    if isNegated && hasNullItem { return Selection(capacity: 0) }
    let input = Reader<T>(operand.evaluate(evaluation, rows))
    return rows.filter { row in
      input.isValid(row) && table.contains(input[row]) != isNegated
    }
  }
}

/// A held value that can be looked up.
protocol Hashed: Ordered { var tableHash: UInt64 { get } }

extension Int64: Hashed {
  @inline(__always) var tableHash: UInt64 {
    foldedMultiply(UInt64(bitPattern: self) ^ 0x9E37_79B9_7F4A_7C15, 0xA076_1D64_78BD_642F)
  }
}

extension Int128: Hashed {
  @inline(__always) var tableHash: UInt64 {
    Int64(truncatingIfNeeded: self).tableHash ^ Int64(truncatingIfNeeded: self >> 64).tableHash
  }
}

extension Double: Hashed {
  /// Zero and minus zero are equal.
  @inline(__always) var tableHash: UInt64 {
    Int64(bitPattern: (self == 0 ? 0.0 : self).bitPattern).tableHash
  }
}

extension Bytes: Hashed {
  @inline(__always) var tableHash: UInt64 { hash64 }
}

/// A fixed set of values: a short list that is searched from the front, or a hash table with open
/// addressing that is at most half full.
final class ValueTable<T: Hashed>: @unchecked Sendable {
  // Unchecked: filled when it is made, then only read.
  private let values: UnsafeMutablePointer<T>
  private let used: UnsafeMutablePointer<Bool>
  private let count: Int
  private let mask: Int
  private let isShort: Bool
  private let owners: [AnyObject]

  /// - Parameter owners: what keeps the bytes of `items` alive.
  init(_ items: [T], owners: [AnyObject]) {
    self.owners = owners
    count = items.count
    isShort = items.count <= 8
    var capacity = 16
    while capacity < items.count * 2 { capacity *= 2 }
    mask = capacity - 1
    values = .allocate(capacity: capacity)
    values.initialize(repeating: .zero, count: capacity)
    used = .allocate(capacity: capacity)
    used.initialize(repeating: false, count: capacity)
    for (index, item) in items.enumerated() {
      var slot = isShort ? index : Int(truncatingIfNeeded: item.tableHash) & mask
      while used[slot], !T.equal(values[slot], item) { slot = (slot + 1) & mask }
      values[slot] = item
      used[slot] = true
    }
  }

  deinit {
    values.deallocate()
    used.deallocate()
  }

  @inline(__always)
  func contains(_ value: T) -> Bool {
    if isShort {
      for index in 0..<count where T.equal(values[index], value) { return true }
      return false
    }
    var slot = Int(truncatingIfNeeded: value.tableHash) & mask
    while used[slot] {
      if T.equal(values[slot], value) { return true }
      slot = (slot + 1) & mask
    }
    return false
  }
}
