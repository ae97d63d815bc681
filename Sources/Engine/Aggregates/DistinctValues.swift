import Columns

/// The different values of an entry: what `DISTINCT` remembers.
final class DistinctValues: EntryState {
  private(set) var table: CellTable

  init(pane: Pane, physical: ColumnType.Physical) {
    table = CellTable(physical)
    super.init(pane: pane)
  }

  override class var fieldBytes: Int { MemoryLayout<CellTable>.stride }

  deinit { table.deallocate() }

  /// Adds a value; a string is copied into the pane's arena if it is new.
  ///
  /// - Returns: whether it is new.
  @inline(__always)
  func insert(_ value: Cell) -> Bool {
    let value = value.canonical(table.physical)
    let hash = value.hash(table.physical)
    if table.find(value, hash) != nil { return false }
    table.append(table.physical == .bytes ? Cell(pane.arena.copy(value.bytes)) : value, hash)
    let reserved = table.reservedBytes
    if reserved != ownBytes { ownBytes = reserved }
    return true
  }

  override func write(to writer: inout StateWriter) {
    writer.write(Int64(table.count))
    for index in 0..<table.count { table.cells[index].write(table.physical, to: &writer) }
  }

  override func read(_ reader: inout StateReader) throws {
    let arena = Arena(blockSize: 4096)
    for _ in 0..<(try reader.count()) {
      _ = insert(try Cell.read(table.physical, from: &reader, into: arena))
    }
  }
}
