import Columns

/// The strings of an entry in the order of their arrival: what `LISTAGG` remembers.
///
/// It keeps every string (every different one, for `LISTAGG(DISTINCT x)`), so it grows with the
/// window.
final class TextList: EntryState {
  private struct Item {
    var sequence: Int64
    var text: Bytes
  }

  private var items: [Item] = []
  /// The different strings so far; nil where equal ones are kept.
  private var seen: CellTable?

  override class var fieldBytes: Int {
    MemoryLayout<[Item]>.stride + MemoryLayout<CellTable?>.stride
  }

  init(pane: Pane, isDistinct: Bool) {
    seen = isDistinct ? CellTable(.bytes) : nil
    super.init(pane: pane)
  }

  deinit { seen?.deallocate() }

  /// Adds a string; records come in order.
  func append(_ text: Bytes, sequence: Int64) {
    append(Item(sequence: sequence, text: text), copies: true)
    account()
  }

  private func append(_ item: Item, copies: Bool) {
    let hash = seen == nil ? 0 : item.text.hash64
    if seen?.find(Cell(item.text), hash) != nil { return }
    var item = item
    if copies { item.text = pane.arena.copy(item.text) }
    items.append(item)
    seen?.append(Cell(item.text), hash)
  }

  private func account() {
    let bytes = arrayBytes(items) + (seen?.reservedBytes ?? 0)
    if bytes != ownBytes { ownBytes = bytes }
  }

  /// Both lists in one order of arrival; of equal strings the first stays.
  override func merge(_ other: EntryState) {
    let more = unsafeDowncast(other, to: TextList.self).items
    let own = items
    items = []
    items.reserveCapacity(own.count + more.count)
    if seen != nil {
      seen?.deallocate()
      seen = CellTable(.bytes)
    }
    var (left, right) = (0, 0)
    while left < own.count || right < more.count {
      if right == more.count || left < own.count && own[left].sequence <= more[right].sequence {
        append(own[left], copies: false)
        left += 1
      } else {
        append(more[right], copies: true)
        right += 1
      }
    }
    account()
  }

  override func write(to writer: inout StateWriter) {
    writer.write(Int64(items.count))
    for item in items {
      writer.write(item.sequence)
      writer.write(item.text)
    }
  }

  override func read(_ reader: inout StateReader) throws {
    let count = try reader.count()
    // A list is made with its first text.
    guard count > 0 else { throw StateError.truncated }
    for _ in 0..<count {
      append(
        Item(sequence: try reader.word(), text: try reader.run(into: pane.arena)), copies: false)
    }
    account()
  }

  override func result(_ accumulator: Accumulator, into column: Column, _ row: Int, texts: Arena) {
    let separator = accumulator.separator
    let count =
      items.reduce(0) { $0 + $1.text.count } + separator.count * (items.count - 1)
    let start = texts.allocate(count)
    var at = start
    for (index, item) in items.enumerated() {
      if index > 0 {
        at.copyMemory(from: separator, byteCount: separator.count)
        at += separator.count
      }
      at.copyMemory(from: item.text.start, byteCount: item.text.count)
      at += item.text.count
    }
    column.bytes[row] = Bytes(
      start: UnsafePointer(start.assumingMemoryBound(to: UInt8.self)), count: count)
  }
}
