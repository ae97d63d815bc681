import Columns
import Expressions

/// A batch made ready for a window operator: keys, hashes and arguments computed once, whatever the
/// number of subtasks.
final class PreparedBatch: @unchecked Sendable {
  // Unchecked: filled in init, then only read.
  let batch: Batch
  private let selection: Selection
  private let keyed: KeyedRows
  /// The rows in play, and the keys and hashes of each, in their order.
  let rows: UnsafePointer<Int32>
  let keys: UnsafePointer<Bytes>
  let hashes: UnsafePointer<UInt64>
  /// For each aggregate its argument and its filter; nil where it has none.
  let arguments: [Column?]
  /// The values that decide for `ARG_MIN` and `ARG_MAX`.
  let seconds: [Column?]
  let filters: [Column?]
  /// Rows whose expressions failed.
  let failed: [DeadLetter]
  /// Where the watermark rises in the batch, and its last one: asked for each window that fires.
  let risings: UnsafeMutableBufferPointer<Rising>
  let endWatermark: Int64
  private let origins: [WatermarkOrigin]
  /// The numbers of the rows and of what caused them, as the batch holds them.
  private let sequences: UnsafePointer<Int64>?
  private let causes: UnsafePointer<Int64>?
  private let firstSequence: Int64

  /// A ``WatermarkOrigin`` as the batch holds it.
  struct Rising {
    var firstSequence: Int64
    var watermarks: UnsafeBufferPointer<Int64>
    var endWatermark: Int64
  }

  init(_ batch: Batch, plan: WindowPlan, parallelism: Int) {
    self.batch = batch
    sequences = batch.sequences.map { UnsafePointer($0.values) }
    causes = batch.causes.map { UnsafePointer($0.values) }
    firstSequence = batch.firstSequence
    endWatermark = batch.endWatermark
    origins = batch.origins
    risings = .allocate(capacity: origins.count)
    for (index, origin) in origins.enumerated() {
      risings.initializeElement(
        at: index,
        to: Rising(
          firstSequence: origin.firstSequence,
          watermarks: UnsafeBufferPointer(
            start: origin.watermarks.values, count: origin.watermarks.count),
          endWatermark: origin.endWatermark))
    }
    var rows = batch.selectedRows
    var failures: [RowFailure] = []
    func evaluate(_ expression: CompiledExpression?) -> Column? {
      guard let expression else { return nil }
      let evaluated = expression.evaluate(batch, rows: rows)
      failures += evaluated.failures
      return evaluated.column
    }
    arguments = plan.spec.aggregates.map { evaluate($0.argument) }
    seconds = plan.spec.aggregates.map { evaluate($0.second) }
    filters = plan.spec.aggregates.map { evaluate($0.filter) }
    var letters: [DeadLetter] = []
    if !failures.isEmpty {
      var messages: [Int: String] = [:]
      for failure in failures where messages[failure.row] == nil {
        messages[failure.row] = failure.message
      }
      for row in rows.buffer {
        guard let message = messages[Int(row)] else { continue }
        letters.append(Self.letter(batch, Int(row), error: message))
      }
      rows = Selection(rows.buffer.map(Int.init).filter { messages[$0] == nil })
    }
    failed = letters
    selection = rows
    keyed = KeyedRows(batch, rows, plan.keys, parallelism: parallelism)
    self.rows = UnsafePointer(selection.rows)
    keys = UnsafePointer(keyed.keys)
    hashes = UnsafePointer(keyed.hashes)
  }

  deinit { risings.deallocate() }

  /// The positions in ``rows`` that a subtask owns; nil for all of them.
  func positions(of subtask: Int) -> (UnsafeMutablePointer<Int32>?, Int) {
    keyed.bySubtask.map { ($0[subtask].rows, $0[subtask].count) } ?? (nil, selection.count)
  }

  /// As the batch's own, for each row: nothing is retained.
  @inline(__always)
  func sequence(of row: Int) -> Int64 { sequences?[row] ?? firstSequence + Int64(row) }
  @inline(__always)
  func cause(of row: Int) -> Int64 { causes?[row] ?? sequence(of: row) }

  func letter(_ row: Int, error: String) -> DeadLetter { Self.letter(batch, row, error: error) }

  static func letter(_ batch: Batch, _ row: Int, error: String) -> DeadLetter {
    let arena = Arena(blockSize: 256)
    let values = zip(batch.schema.fields, batch.columns).compactMap { field, column in
      column.map { "\(field.name): \(Value($0, row))" }
    }
    return DeadLetter(
      sequence: batch.cause(of: row), error: error, position: "record \(batch.cause(of: row) + 1)",
      raw: arena.copy(values.joined(separator: ", ")), owner: arena)
  }
}

/// The keys of a batch's rows, and which subtask each row goes to.
private final class KeyedRows: @unchecked Sendable {
  // Unchecked: filled in init, then only read.
  let keys: UnsafeMutablePointer<Bytes>
  let hashes: UnsafeMutablePointer<UInt64>
  let bySubtask: [Selection]?
  private let arena = Arena()

  init(_ batch: Batch, _ rows: Selection, _ encoding: KeyEncoding, parallelism: Int) {
    keys = .allocate(capacity: max(rows.count, 1))
    hashes = .allocate(capacity: max(rows.count, 1))
    encoding.encode(batch, rows.buffer, keys: keys, hashes: hashes, arena: arena)
    guard parallelism > 1 else {
      bySubtask = nil
      return
    }
    let selections = (0..<parallelism).map { _ in Selection(capacity: rows.count) }
    for position in 0..<rows.count {
      let owner = subtask(of: keyGroup(of: hashes[position]), parallelism: parallelism)
      selections[owner].append(Int32(position))
    }
    bySubtask = selections
  }

  deinit {
    keys.deallocate()
    hashes.deallocate()
  }
}
