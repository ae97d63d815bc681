internal import Columns
internal import Engine
internal import Expressions

extension Analyzer {
  mutating func analyzeWindow(_ result: inout AnalyzedStep, _ input: AnalyzedStep.Input) {
    let step = result.step
    var keys: [Int] = []
    var keyBy: Int?
    let rows: RowStream?
    if input.port == .main, analyzed[input.step].step.kind == "key_by" {
      settled.insert(input.step)
      keyBy = input.step
      rows = analyzed[input.step].output
      if case .keyBy(let found) = analyzed[input.step].body { keys = found }
    } else {
      rows = self.rows(of: input, for: step)
    }
    let parts = windowParts(step)
    let needsTime = parts.map { $0.assigner.needsEventTime || $0.trigger.earlyMs != nil } ?? true
    if needsTime, let rows, !rows.isOpen, rows.eventTime == nil {
      let times = rows.schema.fields.filter { $0.type.isTime }.map(\.name)
      report(
        rows.schema == DeadLetter.schema
          ? .noEventTimeInDeadLetters : .noEventTime(hasTimes: times),
        step.kindRange)
    }
    if rows?.changes == true { report(.windowOverChanges, step.variant?.range ?? step.kindRange) }
    result.inputRows = rows
    result.output = rows
    if var parts {
      parts.keys = keys
      parts.keyBy = keyBy
      if parallelism > 1, keyBy == nil { report(.parallelWithoutKey(parallelism), step.kindRange) }
      result.body = .window(parts)
    }
    if rows == nil { settled.insert(step.index) }
  }

  mutating func analyzeAggregate(_ result: inout AnalyzedStep, _ input: AnalyzedStep.Input) {
    let step = result.step
    let from = analyzed[input.step]
    var window: Int?
    if input.port == .main, from.step.kind == "window" {
      window = input.step
      settled.insert(input.step)
      if aggregates[input.step] == nil { aggregates[input.step] = step.index }
    } else {
      if input.port == .main { settled.insert(input.step) }
      report(.aggregateWithoutWindow(reads: from.step.kind), step.kindRange)
      result.input = nil
    }
    let rows = from.output ?? RowStream(schema: Schema(), isOpen: true)
    result.inputRows = window == nil ? nil : rows
    var parts: WindowParts?
    if case .window(let found) = from.body { parts = found }
    let keys = (parts?.keys ?? []).map { rows.schema.fields[$0].name }
    let (specs, isWhole) = aggregateSpecs(step, rows, keys: keys)
    guard let parts, let window else {
      result.output = RowStream(schema: Schema(), eventTime: 0, isOpen: true)
      return
    }
    let spec = WindowSpec(
      assigner: parts.assigner, zone: parts.zone, trigger: parts.trigger,
      allowedLatenessMs: parts.allowedLatenessMs, late: parts.late, keys: parts.keys,
      aggregates: specs)
    let schema = spec.resultSchema(input: rows.schema)
    if let keyBy = parts.keyBy { checkKeys(keys, of: keyBy) }
    if isWhole { result.body = .aggregate(spec, window: window, keyBy: parts.keyBy) }
    result.id = step.name?.value ?? analyzed[window].step.name?.value ?? result.id
    if let name = step.name ?? analyzed[window].step.name { result.id = name.value }
    result.output = RowStream(
      schema: schema, eventTime: rows.eventTime.flatMap { _ in schema.index(of: "window_time") },
      changes: spec.resultsChange, windowKeys: keys, isOpen: !isWhole || rows.isOpen)
  }

  /// Keys stand among the results, so they cannot have the names of other columns there.
  private mutating func checkKeys(_ keys: [String], of keyBy: Int) {
    guard let written = steps[keyBy].option("key_by")?.value.list else { return }
    for key in written where ResultColumns.all.contains(key.value) {
      report(.reservedColumn(key.value), key.range)
    }
  }

  /// The aggregates of a step, and whether all of them are sound.
  mutating func aggregateSpecs(
    _ step: Step, _ rows: RowStream, keys: [String]
  ) -> ([AggregateSpec], isWhole: Bool) {
    guard case .namedExpressions(let columns) = step.option("aggregate")?.value else {
      return ([], false)
    }
    var specs: [AggregateSpec] = []
    for column in columns {
      let name = column.name
      if !ColumnNames.isSound(name.value) { report(.badColumnName(name.value), name.range) }
      if ResultColumns.all.contains(name.value) {
        report(.reservedColumn(name.value), name.range)
      } else if keys.contains(name.value) {
        report(.duplicateColumn(name.value, by: "the key"), name.range)
      }
      if let spec = aggregateSpec(name.value, column.expression, rows) { specs.append(spec) }
    }
    return (specs, specs.count == columns.count && step.isSound)
  }
}

/// The columns that every result of a window has.
enum ResultColumns {
  static let all = ["window_start", "window_end", "kind", "firing", "window_time", "watermark"]
  static let meta = ["kind", "firing", "window_time", "watermark"]
}
