import Columns

/// How often each value of an entry comes: what `HISTOGRAM` remembers.
///
/// It tells the ``limit`` least values apart and counts all greater ones together. A value that has
/// made room for lesser ones never comes back, so the result does not depend on the order of the
/// rows or on merges.
final class HistogramState: EntryState {
  static let limit = 1000

  private var values: SortedCells
  /// How often each value came.
  private var counts: [Int64] = []
  /// How often values came that are not told apart.
  private var others: Int64 = 0

  override class var fieldBytes: Int {
    MemoryLayout<SortedCells>.stride + MemoryLayout<[Int64]>.stride + 8
  }

  /// The key under which those are shown.
  private static let othersKey = "…"

  init(pane: Pane, physical: ColumnType.Physical) {
    values = SortedCells(physical)
    super.init(pane: pane)
  }

  deinit { values.deallocate() }

  func add(_ value: Cell, count: Int64) {
    let place = values.place(of: value)
    if place < values.count, values[place].compare(value, values.physical) == 0 {
      counts[place] += count
    } else if values.count < Self.limit {
      values.insert(value, at: place, pane.arena)
      counts.insert(count, at: place)
      ownBytes = values.reservedBytes + arrayBytes(counts)
    } else if place == Self.limit {
      others += count
    } else {
      others += counts.removeLast()
      values.replace(Self.limit - 1, with: value, at: place, pane.arena)
      counts.insert(count, at: place)
    }
  }

  override func merge(_ other: EntryState) {
    let other = unsafeDowncast(other, to: HistogramState.self)
    for index in 0..<other.values.count { add(other.values[index], count: other.counts[index]) }
    others += other.others
  }

  override func write(to writer: inout StateWriter) {
    writer.write(others)
    writer.write(Int64(values.count))
    for index in 0..<values.count {
      values[index].write(values.physical, to: &writer)
      writer.write(counts[index])
    }
  }

  override func read(_ reader: inout StateReader) throws {
    let arena = Arena(blockSize: 4096)
    others = try reader.amount()
    for _ in 0..<(try reader.count()) {
      let value = try Cell.read(values.physical, from: &reader, into: arena)
      add(value, count: try reader.amount())
    }
  }

  override func result(_ accumulator: Accumulator, into column: Column, _ row: Int, texts: Arena) {
    var writer = NestedWriter()
    let map = writer.open(.map)
    let one = Column(accumulator.argumentType, capacity: 1)
    one.owners = [texts]
    for index in 0..<values.count {
      values[index].put(into: one, 0, texts: texts)
      writer.put(.string(Value(one, 0).description))
      writer.put(integer: counts[index])
    }
    if others > 0 {
      writer.put(.string(Self.othersKey))
      writer.put(integer: others)
    }
    writer.close(map, count: (values.count + (others > 0 ? 1 : 0)) * 2)
    column.bytes[row] = writer.take(into: texts)
  }
}
