import Columns

@testable import Expressions

/// A few rows of every type, with NULLs, for the tables of tests.
enum Rows {
  static let schema = Schema([
    Field("a", .int), Field("b", .int), Field("n", .bigint), Field("x", .double),
    Field("s", .string), Field("country", .string), Field("ok", .boolean),
    Field("t", .timestamp), Field("d", .date),
  ])

  static func batch(_ rows: [[Value]]) -> Batch {
    let columns: [Column?] = schema.fields.indices.map { position in
      let column = Column(schema.fields[position].type, capacity: rows.count)
      let arena = Arena()
      column.owners = [arena]
      for (row, values) in rows.enumerated() {
        column.set(values[position], at: row, in: arena)
      }
      return column
    }
    return Batch(schema: schema, columns: columns, count: rows.count)
  }

  /// a=7 b=2 …, then all NULL, then b=0.
  static let sample = batch([
    [
      .integer(7), .integer(2), .integer(5_000_000_000), .double(1.5), .string("Straße"),
      .string("DE"), .boolean(true), .time(1_769_862_896_789), .date(20_484),
    ],
    Array(repeating: .null, count: 9),
    [
      .integer(-3), .integer(0), .integer(-1), .double(-0.5), .string(""), .string("FR"),
      .boolean(false), .time(-1), .date(-1),
    ],
  ])

  /// What an expression gives for every row of a batch: the value, or the failure.
  static func evaluate(_ text: String, _ batch: Batch) throws -> [String] {
    let compiled = try CompiledExpression.compile(text, schema: schema)
    let evaluated = compiled.evaluate(batch, rows: .all(batch.count))
    return (0..<batch.count).map { row in
      if let failure = evaluated.failures.first(where: { $0.row == row }) {
        return "! \(failure.message)"
      }
      return Value(evaluated.column, row).description
    }
  }

  /// What an expression without columns gives.
  static func constant(_ text: String) -> String {
    do {
      return try evaluate(text, batch([Array(repeating: .null, count: 9)]))[0]
    } catch let faults as ExpressionFaults {
      return "fault: " + (faults.faults.first?.message ?? "")
    } catch { return "\(error)" }
  }
}
