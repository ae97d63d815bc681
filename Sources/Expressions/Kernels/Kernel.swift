import Columns

/// One step of a compiled expression: immutable, called once a batch.
protocol Kernel: Sendable {
  var type: ColumnType { get }
  /// The values for `rows`, which ascend strictly. Rows that fail are reported to `evaluation` and
  /// are NULL.
  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector
  /// The rows for which a BOOLEAN is TRUE, in order.
  func select(_ evaluation: Evaluation, _ rows: Selection) -> Selection
}

/// What one call of a compiled expression needs: its batch, its failures, its shared values.
final class Evaluation {
  let batch: Batch
  /// Values that several steps read (see ``LetKernel``).
  var slots: [Vector?]
  private var failures: [RowFailure] = []
  /// Every column made on the way. Loops hold only its pointers, so it must outlive them.
  private var columns: [Column] = []

  init(batch: Batch, slotCount: Int) {
    self.batch = batch
    slots = Array(repeating: nil, count: slotCount)
  }

  func keep(_ column: Column) { columns.append(column) }

  func fail(_ row: Int, _ message: String) {
    failures.append(RowFailure(row: row, message: message))
  }

  var hasFailed: Bool { !failures.isEmpty }
  var firstFailure: RowFailure? { failures.first }

  /// Each failed row once, with the failure that was met first.
  func failuresByRow() -> [RowFailure] {
    if failures.isEmpty { return [] }
    var seen: Set<Int> = []
    return failures.filter { seen.insert($0.row).inserted }.sorted { $0.row < $1.row }
  }
}

/// A column, or one value that stands for every row.
///
/// Kernels read row `r` at `r & mask`: the mask is all ones for a column and zero for a constant,
/// so that one loop serves both.
struct Vector {
  let column: Column
  let mask: Int

  init(_ column: Column) {
    self.column = column
    mask = -1
  }

  init(constant column: Column) {
    self.column = column
    mask = 0
  }

  var isConstant: Bool { mask == 0 }
  var hasNulls: Bool { column.hasNulls }
}
