import Columns

/// A value of any column in 16 bytes: a number as its bits, a string or a collection as its place in
/// memory.
struct Cell {
  var low: UInt64
  var high: UInt64

  @inline(__always)
  init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  @inline(__always)
  init(_ value: Int64) { self.init(low: UInt64(bitPattern: value), high: 0) }

  @inline(__always)
  init(_ value: Double) { self.init(low: value.bitPattern, high: 0) }

  @inline(__always)
  init(_ bytes: Bytes) {
    self.init(low: UInt64(UInt(bitPattern: bytes.start)), high: UInt64(bytes.count))
  }

  @inline(__always)
  init(_ value: Int128) {
    self.init(
      low: UInt64(truncatingIfNeeded: value), high: UInt64(truncatingIfNeeded: value >> 64))
  }

  /// What stands for a value that is NULL.
  static func none(_ physical: ColumnType.Physical) -> Cell {
    physical == .bytes ? Cell(Bytes.empty) : Cell(low: 0, high: 0)
  }

  /// A value that is not NULL; a string stays where it is.
  @inline(__always)
  init(_ column: Column, _ row: Int) {
    switch column.physical {
    case .integer: self.init(column.integers[row])
    case .double: self.init(column.doubles[row])
    case .bytes: self.init(column.bytes[row])
    case .wide: self.init(column.wides[row])
    }
  }

  var integer: Int64 { Int64(bitPattern: low) }
  var double: Double { Double(bitPattern: low) }
  var wide: Int128 { Int128(Int64(bitPattern: high)) << 64 | Int128(low) }
  var bytes: Bytes {
    guard let start = UnsafePointer<UInt8>(bitPattern: UInt(low)) else { return .empty }
    return Bytes(start: start, count: Int(high))
  }

  /// The value by which equal ones are told: one for 0 and -0, and one for every NaN.
  @inline(__always)
  func canonical(_ physical: ColumnType.Physical) -> Cell {
    guard physical == .double else { return self }
    return Cell(double == 0 ? 0 : double.isNaN ? .nan : double)
  }

  /// A hash of the value, the same on every run and machine.
  @inline(__always)
  func hash(_ physical: ColumnType.Physical) -> UInt64 {
    if physical == .bytes { return bytes.hash64 }
    let mixed = foldedMultiply(low ^ 0x9E37_79B9_7F4A_7C15, high ^ 0x9FB2_1C65_1E98_DF25)
    return foldedMultiply(mixed ^ 0xE703_7ED1_A0B4_28DB, 0x8EBC_6AF0_9C88_C6E3)
  }

  /// Negative where this one comes before the other, positive where after; NaN comes last.
  @inline(__always)
  func compare(_ other: Cell, _ physical: ColumnType.Physical) -> Int {
    switch physical {
    case .integer: integer < other.integer ? -1 : integer > other.integer ? 1 : 0
    case .double:
      Accumulator.isLess(double, other.double)
        ? -1 : Accumulator.isLess(other.double, double) ? 1 : 0
    case .bytes: bytes.compare(other.bytes)
    case .wide: wide < other.wide ? -1 : wide > other.wide ? 1 : 0
    }
  }

  func write(_ physical: ColumnType.Physical, to writer: inout StateWriter) {
    switch physical {
    case .integer, .double: writer.write(low)
    case .bytes: writer.write(bytes)
    case .wide:
      writer.write(low)
      writer.write(high)
    }
  }

  /// - Parameter arena: where a string is placed.
  static func read(
    _ physical: ColumnType.Physical, from reader: inout StateReader, into arena: Arena
  ) throws -> Cell {
    switch physical {
    case .integer, .double: Cell(try reader.word())
    case .bytes: Cell(try reader.run(into: arena))
    case .wide:
      Cell(
        low: UInt64(bitPattern: try reader.word()), high: UInt64(bitPattern: try reader.word()))
    }
  }

  /// Writes the value into a column of its type.
  ///
  /// - Parameter texts: where a string is copied to; the column must own it.
  @inline(__always)
  func put(into column: Column, _ row: Int, texts: Arena) {
    switch column.physical {
    case .wide: column.wides[row] = wide
    case .integer: column.integers[row] = integer
    case .double: column.doubles[row] = double
    case .bytes: column.bytes[row] = texts.copy(bytes)
    }
  }
}

/// Different values in the order in which they first came.
///
/// A few are searched one by one; more by a flat table of slots with 32 bits of hash each.
struct CellTable {
  /// How its cells are held; doubles must be canonical.
  let physical: ColumnType.Physical
  private(set) var count = 0
  private(set) var cells: UnsafeMutablePointer<Cell>
  private var capacity = 4
  private var slots: UnsafeMutablePointer<UInt64>?
  private var mask = 0
  private static let searched = 8

  init(_ physical: ColumnType.Physical) {
    self.physical = physical
    cells = .allocate(capacity: capacity)
  }

  /// Frees its memory; it must not be used again.
  func deallocate() {
    cells.deallocate()
    slots?.deallocate()
  }

  /// Memory it holds, bytes.
  var reservedBytes: Int {
    heapBytes(capacity * MemoryLayout<Cell>.stride) + (slots == nil ? 0 : heapBytes((mask + 1) * 8))
  }

  @inline(__always)
  private func isEqual(_ left: Cell, _ right: Cell) -> Bool {
    physical == .bytes
      ? left.bytes == right.bytes : left.low == right.low && left.high == right.high
  }

  /// The position of a value; nil where it is not in the table.
  @inline(__always)
  func find(_ cell: Cell, _ hash: UInt64) -> Int? {
    guard let slots else {
      for index in 0..<count where isEqual(cells[index], cell) { return index }
      return nil
    }
    let tag = hash >> 32
    var slot = Int(truncatingIfNeeded: tag) & mask
    while true {
      let held = slots[slot]
      if held == 0 { return nil }
      if held >> 32 == tag {
        let index = Int(truncatingIfNeeded: held & 0xFFFF_FFFF) - 1
        if isEqual(cells[index], cell) { return index }
      }
      slot = (slot + 1) & mask
    }
  }

  /// Adds a value that is not there yet; the bytes of a string must stay where they are.
  ///
  /// - Parameter hash: that of ``Cell/hash(_:)``.
  mutating func append(_ cell: Cell, _ hash: UInt64) {
    if count == capacity { growCells() }
    cells[count] = cell
    count += 1
    if slots == nil ? count > Self.searched : count * 2 > mask + 1 {
      growSlots()
    } else if slots != nil {
      place(hash >> 32, number: count)
    }
  }

  private mutating func growCells() {
    let new = UnsafeMutablePointer<Cell>.allocate(capacity: capacity * 2)
    new.update(from: cells, count: count)
    cells.deallocate()
    cells = new
    capacity *= 2
  }

  private func place(_ tag: UInt64, number: Int) {
    guard let slots else { return }
    var slot = Int(truncatingIfNeeded: tag) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = tag << 32 | UInt64(number)
  }

  private mutating func growSlots() {
    let size = slots == nil ? Self.searched * 4 : (mask + 1) * 4
    slots?.deallocate()
    let new = UnsafeMutablePointer<UInt64>.allocate(capacity: size)
    new.initialize(repeating: 0, count: size)
    slots = new
    mask = size - 1
    for index in 0..<count { place(cells[index].hash(physical) >> 32, number: index + 1) }
  }
}
