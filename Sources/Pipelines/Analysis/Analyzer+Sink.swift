internal import Columns
internal import Engine

extension Analyzer {
  mutating func analyzeSink(_ result: inout AnalyzedStep, _ rows: RowStream) {
    let step = result.step
    checkTarget(step)
    var included: Set<String> = rows.changes ? ["kind"] : []
    for column in step.option("include")?.value.list ?? [] {
      let meta = rows.schema.fields.filter(\.isMeta).map(\.name)
      if rows.schema[column.value] == nil, !rows.isOpen {
        report(
          .unknownColumn(column.value, known: meta.isEmpty ? Self.names(rows.schema) : meta),
          column.range)
      }
      included.insert(column.value)
    }
    let positions = rows.schema.fields.indices.filter {
      !rows.schema.fields[$0].isMeta || included.contains(rows.schema.fields[$0].name)
    }
    let upserts = step.option("mode")?.value.text == "upsert"
    if upserts, rows.windowKeys == nil, !rows.isOpen, let mode = step.option("mode") {
      report(
        .sinkOptions(
          message: "`mode: upsert` needs results of a window: rows here have no key to replace by",
          hint: "leave out mode, or put key_by, window and aggregate before the sink"), mode.range)
    }
    let keys =
      (rows.windowKeys ?? []) + (rows.windowKeys == nil ? [] : ["window_start", "window_end"])
    result.body = .sink(SinkColumns(positions: positions, keys: keys))
    if step.descriptor.guarantee == .atLeastOnce {
      report(.atLeastOnce(sink: step.descriptor.name), step.variant?.range ?? step.kindRange)
    }
    if rows.changes, !upserts, step.descriptor.name != "stdout" {
      report(
        .changingResults(sink: "this sink"), step.variant?.range ?? step.kindRange)
    }
  }

  /// Two sinks must not write to one place.
  private mutating func checkTarget(_ step: Step) {
    guard let option = step.option("path"), let path = option.value.text else {
      guard step.descriptor.name == "stdout" else { return }
      return claim("standard output", step, step.variant?.range ?? step.kindRange)
    }
    let parts = path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    let table = step.option("table")?.value.text.map { " table \($0)" } ?? ""
    claim((path.hasPrefix("/") ? "/" : "") + parts + table, step, option.range)
  }

  private mutating func claim(_ target: String, _ step: Step, _ range: Range<Int>) {
    if let other = targets[target] {
      if target != "standard output" {
        report(.sameTarget(target, firstLine: line(of: other)), range)
      }
    } else {
      targets[target] = step.index
    }
  }
}
