internal import Columns
internal import Engine
internal import Expressions

extension Analyzer {
  mutating func analyzeFilter(_ result: inout AnalyzedStep, _ rows: RowStream) {
    result.output = rows
    guard case .expression(let text) = result.step.option("filter")?.value,
      let condition = compile(text, rows)
    else { return }
    guard condition.type == .boolean else {
      report(.filterType(condition.type), text.range)
      return
    }
    result.body = .filter(condition)
    switch condition.constant {
    case .boolean(let value): report(.constantFilter(value), text.range)
    case .null: report(.constantFilter(false), text.range)
    default: break
    }
  }

  mutating func analyzeDerive(_ result: inout AnalyzedStep, _ rows: RowStream) {
    var output = rows
    defer { result.output = output }
    guard case .namedExpressions(let columns) = result.step.option("derive")?.value else {
      output.isOpen = true
      return
    }
    var compiled: [CompiledExpression] = []
    for column in columns {
      let name = column.name.value
      if !ColumnNames.isSound(name) { report(.badColumnName(name), column.name.range) }
      if output.schema.index(of: name) != nil {
        report(.duplicateColumn(name, by: "the row"), column.name.range)
      }
      if let expression = compile(column.expression, output) {
        compiled.append(expression)
        output.schema.fields.append(Field(name, expression.type))
      } else {
        output.isOpen = true
      }
    }
    if compiled.count == columns.count { result.body = .derive(compiled) }
  }

  mutating func analyzeKeyBy(_ result: inout AnalyzedStep, _ rows: RowStream) {
    result.output = rows
    guard let columns = result.step.option("key_by")?.value.list else { return }
    var keys: [Int] = []
    for column in columns {
      guard let position = rows.schema.index(of: column.value) else {
        if !rows.isOpen {
          report(.unknownColumn(column.value, known: Self.names(rows.schema)), column.range)
        }
        continue
      }
      if case .map = rows.schema.fields[position].type {
        report(.keyType(column.value, rows.schema.fields[position].type), column.range)
      } else if keys.contains(position) {
        report(.duplicateColumn(column.value, by: "this key"), column.range)
      } else {
        keys.append(position)
      }
    }
    if keys.count == columns.count { result.body = .keyBy(keys) }
  }

  static func names(_ schema: Schema) -> [String] { schema.fields.map(\.name) }

  // MARK: Expressions

  /// A compiled expression; nil with its faults, or where its columns are not known.
  mutating func compile(_ text: ExpressionText, _ rows: RowStream) -> CompiledExpression? {
    switch ExpressionParser.parse(text.text) {
    case .failure(let failure):
      report(failure, of: text)
      return nil
    case .success(let expression): return compile(expression, text, rows)
    }
  }

  mutating func compile(
    _ expression: Expression, _ text: ExpressionText, _ rows: RowStream
  ) -> CompiledExpression? {
    if rows.isOpen, expression.columnNames.contains(where: { rows.schema.index(of: $0) == nil }) {
      return nil
    }
    do throws(ExpressionFaults) {
      return try CompiledExpression.compile(expression, text: text.text, schema: rows.schema)
    } catch {
      report(error, of: text)
      return nil
    }
  }

  mutating func report(_ failure: ExpressionFaults, of text: ExpressionText) {
    for fault in failure.faults {
      report(
        .expression(message: fault.message, hint: fault.hint), text.place(of: fault.range))
    }
  }
}
