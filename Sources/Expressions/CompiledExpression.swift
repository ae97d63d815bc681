public import Columns

/// The values of an expression for some rows of a batch.
public struct Evaluated: Sendable {
  /// Holds a value at the position of each row that was asked for; at least as long as the batch.
  public let column: Column
  /// The rows without a value, each once, in the order of the rows. In the column they are NULL
  /// or meaningless.
  public let failures: [RowFailure]
}

/// An expression that was checked against a schema and made into kernels over columns.
///
/// Immutable: several threads may evaluate it at once. What a call needs beside its result it
/// allocates once a batch, never once a row.
///
/// ```swift
/// let isGerman = try CompiledExpression.compile("country = 'DE'", schema: schema)
/// let (rows, failures) = isGerman.filter(batch, rows: batch.selectedRows)
/// ```
public struct CompiledExpression: Sendable {
  /// The type of its values.
  public let type: ColumnType
  /// The positions of the columns it reads, ascending.
  public let columnsRead: [Int]
  /// The expression as it was written.
  public let text: String
  /// The value, where it is the same for every row.
  public let constant: Value?
  let kernel: any Kernel
  let slotCount: Int

  /// Checks and compiles the text of an expression.
  ///
  /// - Throws: every fault that was found in it.
  public static func compile(
    _ text: String, schema: Schema
  ) throws(ExpressionFaults) -> CompiledExpression {
    try compile(try ExpressionParser.parse(text).get(), text: text, schema: schema)
  }

  /// Checks and compiles an expression that was parsed before.
  ///
  /// - Parameter text: what the expression's ranges count in, such as the text of an aggregate's
  ///   call; nil to print the expression again and say faults in that.
  public static func compile(
    _ expression: Expression, text: String? = nil, schema: Schema
  ) throws(ExpressionFaults) -> CompiledExpression {
    guard let text else { return try compile(expression.description, schema: schema) }
    var checker = Checker(schema: schema)
    let node = checker.check(expression)
    var faults = checker.faults
    if faults.isEmpty, node?.type == nil {
      faults = [
        ExpressionFault(
          range: expression.range, message: "the expression is always NULL and has no type",
          hint: "write CAST(NULL AS INT), or another type")
      ]
    }
    guard faults.isEmpty, let node, let type = node.type else {
      throw ExpressionFaults(text: text, faults: faults)
    }
    let isWhole = expression.range == 0..<text.utf8.count
    return CompiledExpression(
      type: type, columnsRead: checker.columnsRead.sorted(),
      text: isWhole ? text : expression.description,
      constant: (node.kernel as? ConstantKernel).map { Value($0.column, 0) },
      kernel: node.kernel.typed(type), slotCount: checker.slotCount)
  }

  /// The values for the given rows, in strictly ascending order.
  ///
  /// A reference to a column gives the batch's own column, uncopied. Parts that a row does not
  /// reach (the other branches of `CASE`, the right side of `FALSE AND …`) are not evaluated for
  /// it and cannot fail it.
  public func evaluate(_ batch: Batch, rows: Selection) -> Evaluated {
    let evaluation = Evaluation(batch: batch, slotCount: slotCount)
    let vector = kernel.evaluate(evaluation, rows)
    let column =
      vector.isConstant ? vector.column.repeated(batch.count) : vector.column
    return Evaluated(column: column, failures: evaluation.failuresByRow())
  }

  /// The rows for which the expression is TRUE, and those for which it fails (in neither is a row
  /// for which it is FALSE or NULL).
  ///
  /// As soon as a part of an `AND` is not TRUE the later parts are not evaluated.
  public func filter(_ batch: Batch, rows: Selection) -> (Selection, [RowFailure]) {
    precondition(type == .boolean, "a filter is BOOLEAN, '\(text)' is \(type.name)")
    let evaluation = Evaluation(batch: batch, slotCount: slotCount)
    let selected = kernel.select(evaluation, rows)
    let failures = evaluation.failuresByRow()
    if failures.isEmpty { return (selected, []) }
    let failed = Set(failures.map(\.row))
    let kept = Selection(capacity: selected.count)
    for row in selected.buffer where !failed.contains(Int(row)) { kept.append(row) }
    return (kept, failures)
  }
}
