import Columns
import Expressions

/// Operators without state: pure functions of a batch, so batches may go through side by side.
enum StatelessOperators {
  struct Output: Sendable {
    var batch: Batch
    var dead: [DeadLetter]
  }

  /// Keeps the rows for which the condition is TRUE.
  static func filter(_ batch: Batch, _ condition: CompiledExpression) -> Output {
    let (rows, failures) = condition.filter(batch, rows: batch.selectedRows)
    var result = batch
    result.selection = rows
    return Output(batch: result, dead: failures.map { letter(batch, $0) })
  }

  /// Adds a column for each expression; a row that one fails on becomes a dead letter.
  static func derive(_ batch: Batch, _ expressions: [CompiledExpression], schema: Schema) -> Output
  {
    var result = batch
    result.schema = schema
    var dead: [DeadLetter] = []
    for expression in expressions {
      let rows = result.selectedRows
      let evaluated = expression.evaluate(result, rows: rows)
      result.columns.append(evaluated.column)
      if evaluated.failures.isEmpty { continue }
      dead += evaluated.failures.map { letter(batch, $0) }
      let failed = Set(evaluated.failures.map(\.row))
      result.selection = Selection(rows.buffer.map(Int.init).filter { !failed.contains($0) })
    }
    dead.sort { $0.sequence < $1.sequence }
    return Output(batch: result, dead: dead)
  }

  private static func letter(_ batch: Batch, _ failure: RowFailure) -> DeadLetter {
    PreparedBatch.letter(batch, failure.row, error: failure.message)
  }
}
