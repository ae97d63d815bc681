import Columns

/// The greatest values of an entry, equal ones each: what `TOP_K` remembers.
final class LargestValues: EntryState {
  private let limit: Int
  /// The least first, so that it is the one to go.
  private var values: SortedCells

  init(pane: Pane, physical: ColumnType.Physical, limit: Int) {
    self.limit = limit
    values = SortedCells(physical)
    super.init(pane: pane)
  }

  override class var fieldBytes: Int { 8 + MemoryLayout<SortedCells>.stride }

  deinit { values.deallocate() }

  @inline(__always)
  func add(_ value: Cell) {
    if values.count == limit {
      guard value.compare(values[0], values.physical) > 0 else { return }
      values.replace(0, with: value, at: values.place(of: value) - 1, pane.arena)
    } else {
      values.insert(value, at: values.place(of: value), pane.arena)
      if values.reservedBytes != ownBytes { ownBytes = values.reservedBytes }
    }
  }

  override func merge(_ other: EntryState) {
    let other = unsafeDowncast(other, to: LargestValues.self)
    for index in 0..<other.values.count { add(other.values[index]) }
  }

  override func write(to writer: inout StateWriter) {
    writer.write(Int64(values.count))
    for index in 0..<values.count { values[index].write(values.physical, to: &writer) }
  }

  override func read(_ reader: inout StateReader) throws {
    let arena = Arena(blockSize: 4096)
    for _ in 0..<(try reader.count()) {
      add(try Cell.read(values.physical, from: &reader, into: arena))
    }
  }

  override func result(_ accumulator: Accumulator, into column: Column, _ row: Int, texts: Arena) {
    var writer = NestedWriter()
    let list = writer.open(.array)
    let one = Column(accumulator.argumentType, capacity: 1)
    one.owners = [texts]
    for index in (0..<values.count).reversed() {
      values[index].put(into: one, 0, texts: texts)
      writer.put(one, 0)
    }
    writer.close(list, count: values.count)
    column.bytes[row] = writer.take(into: texts)
  }
}
