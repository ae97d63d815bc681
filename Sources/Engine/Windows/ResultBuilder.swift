import Columns

/// Rows under construction: columns that grow, and for each row its place in the one order in
/// which results come out, whatever the number of subtasks.
final class ResultBuilder: @unchecked Sendable {
  // Unchecked: filled by one subtask, then only read.

  /// Where a result stands: by the record that caused it; then, for what a watermark caused, by
  /// the window's end; then by the record that made the entry.
  struct Order: Comparable {
    var cause: Int64
    var windowEnd: Int64
    var first: Int64

    @inline(__always)
    static func < (left: Order, right: Order) -> Bool {
      if left.cause != right.cause { return left.cause < right.cause }
      if left.windowEnd != right.windowEnd { return left.windowEnd < right.windowEnd }
      return left.first < right.first
    }
  }

  let schema: Schema
  private(set) var columns: [Column?]
  private(set) var order: [Order] = []
  private(set) var count = 0
  /// Texts that results make: its columns own it.
  let texts = Arena()
  private var capacity: Int

  /// - Parameter isRead: which columns somebody reads; the others are not filled.
  init(schema: Schema, isRead: [Bool]) {
    self.schema = schema
    capacity = 0
    columns = zip(schema.fields, isRead).map { field, isRead in
      isRead ? Column(field.type, capacity: 0) : nil
    }
    hold(texts)
  }

  /// Makes room for so many more rows; they are filled by column afterwards.
  ///
  /// - Returns: the first of them.
  func extend(_ more: Int) -> Int {
    let first = count
    count += more
    if count > capacity {
      capacity = max(count, capacity * 2, 64)
      columns = columns.map { $0?.grown(to: capacity, keeping: first) }
    }
    return first
  }

  func appendOrder(_ new: Order) { order.append(new) }

  /// Takes the last row back: what it announced did not happen.
  func removeLast() {
    count -= 1
    order.removeLast()
  }

  func hold(_ owner: AnyObject) {
    for column in columns where column?.type.physical == .bytes {
      if column?.owners.last !== owner { column?.owners.append(owner) }
    }
  }

  /// The rows of several subtasks as one batch, in order.
  static func merge(_ builders: [ResultBuilder], endWatermark: Int64) -> Batch? {
    let filled = builders.filter { $0.count > 0 }
    guard let first = filled.first else { return nil }
    if filled.count == 1 {
      return Batch(
        schema: first.schema, columns: first.columns, count: first.count,
        endWatermark: endWatermark, sequences: Longs(first.order.map(\.cause)))
    }
    let total = filled.reduce(0) { $0 + $1.count }
    var cursors = [Int](repeating: 0, count: filled.count)
    var picks: [(builder: Int, row: Int)] = []
    picks.reserveCapacity(total)
    let sequences = Longs(count: total)
    for row in 0..<total {
      var best = -1
      for (index, builder) in filled.enumerated() where cursors[index] < builder.count {
        if best < 0 || builder.order[cursors[index]] < filled[best].order[cursors[best]] {
          best = index
        }
      }
      picks.append((best, cursors[best]))
      sequences.values[row] = filled[best].order[cursors[best]].cause
      cursors[best] += 1
    }
    let columns = first.schema.fields.indices.map { index -> Column? in
      guard first.columns[index] != nil else { return nil }
      let result = Column(first.schema.fields[index].type, capacity: total)
      let sources = filled.compactMap { $0.columns[index] }
      for source in sources { result.retain(ownersOf: source) }
      for (row, pick) in picks.enumerated() {
        result.copyValue(row, from: sources[pick.builder], pick.row)
      }
      return result
    }
    return Batch(
      schema: first.schema, columns: columns, count: total, endWatermark: endWatermark,
      sequences: sequences)
  }
}
