import Columns
import Glibc

/// A value told apart from others: a number as its bits, a string as its place in an arena.
struct Cell {
  var low: UInt64
  var high: UInt64

  init(_ value: Int64) {
    low = UInt64(bitPattern: value)
    high = 0
  }

  /// One value for 0 and -0, and one for every NaN.
  init(_ value: Double) {
    low = (value == 0 ? 0 : value.isNaN ? .nan : value).bitPattern
    high = 0
  }

  init(_ bytes: Bytes) {
    low = UInt64(UInt(bitPattern: bytes.start))
    high = UInt64(bytes.count)
  }

  var integer: Int64 { Int64(bitPattern: low) }
  var double: Double { Double(bitPattern: low) }
  var bytes: Bytes {
    guard let start = UnsafePointer<UInt8>(bitPattern: UInt(low)) else { return .empty }
    return Bytes(start: start, count: Int(high))
  }

  /// A hash of its bits.
  var hash: UInt64 {
    foldedMultiply(low ^ 0x9E37_79B9_7F4A_7C15, high ^ 0x9FB2_1C65_1E98_DF25)
  }
}

/// Different values in the order in which they first came.
///
/// A few are searched one by one; more by a flat table of slots with 32 bits of hash each.
struct CellTable {
  /// Whether cells are strings, equal by their bytes.
  let isBytes: Bool
  private(set) var count = 0
  private(set) var cells: UnsafeMutablePointer<Cell>
  private var capacity = 4
  private var slots: UnsafeMutablePointer<UInt64>?
  private var mask = 0
  private static let searched = 8

  init(isBytes: Bool) {
    self.isBytes = isBytes
    cells = .allocate(capacity: capacity)
  }

  /// Frees its memory; it must not be used again.
  func deallocate() {
    cells.deallocate()
    slots?.deallocate()
  }

  /// Memory it holds, bytes.
  var reservedBytes: Int {
    capacity * MemoryLayout<Cell>.stride + (slots == nil ? 0 : (mask + 1) * 8)
  }

  @inline(__always)
  func hash(_ cell: Cell) -> UInt64 { isBytes ? cell.bytes.hash64 : cell.hash }

  @inline(__always)
  private func isEqual(_ left: Cell, _ right: Cell) -> Bool {
    isBytes ? left.bytes == right.bytes : left.low == right.low && left.high == right.high
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

  /// Adds a value that is not there yet.
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
    for index in 0..<count { place(hash(cells[index]) >> 32, number: index + 1) }
  }
}

/// The different values of an entry: what `DISTINCT` remembers.
final class DistinctValues: EntryState {
  private var table: CellTable

  init(pane: Pane, isBytes: Bool) {
    table = CellTable(isBytes: isBytes)
    super.init(pane: pane)
  }

  deinit { table.deallocate() }

  var count: Int { table.count }

  /// Adds a number.
  ///
  /// - Returns: whether it is new.
  @inline(__always)
  func insert(_ cell: Cell) -> Bool {
    let hash = cell.hash
    if table.find(cell, hash) != nil { return false }
    append(cell, hash)
    return true
  }

  /// Adds a string, copied into the pane's arena if it is new.
  @inline(__always)
  func insert(_ bytes: Bytes) -> Bool {
    let hash = bytes.hash64
    if table.find(Cell(bytes), hash) != nil { return false }
    append(Cell(pane.arena.copy(bytes)), hash)
    return true
  }

  private func append(_ cell: Cell, _ hash: UInt64) {
    table.append(cell, hash)
    let reserved = table.reservedBytes
    if reserved != ownBytes { ownBytes = reserved }
  }

  override func merge(_ other: EntryState) {
    let other = unsafeDowncast(other, to: DistinctValues.self)
    for index in 0..<other.table.count {
      let cell = other.table.cells[index]
      _ = table.isBytes ? insert(cell.bytes) : insert(cell)
    }
  }

  override func write(to writer: inout StateWriter) {
    writer.write(Int64(count))
    for index in 0..<count {
      let cell = table.cells[index]
      if table.isBytes { writer.write(cell.bytes) } else { writer.write(cell.low) }
    }
  }

  override func read(_ reader: inout StateReader) throws {
    let arena = Arena(blockSize: 4096)
    for _ in 0..<(try reader.count()) {
      if table.isBytes {
        _ = insert(try reader.run(into: arena))
      } else {
        _ = insert(Cell(try reader.word()))
      }
    }
  }
}
