internal import Columns
internal import Engine
internal import Expressions

/// A number that changes when the meaning of a job does: not with comments, names of files,
/// spaces, parallelism or how often it saves itself.
enum Fingerprint {
  static func of(_ nodes: [JobNode]) -> String {
    hash(nodes.map(words).joined(separator: "\n"))
  }

  private static func words(_ node: JobNode) -> String {
    let inputs = node.inputs.map { "\($0.node).\($0.port.rawValue)" }.joined(separator: ",")
    return "\(node.id)<\(inputs)>\(logic(node.logic)) -> \(schema(node.schema))"
  }

  private static func schema(_ schema: Schema) -> String {
    schema.fields.map { "\(quoted($0.name)) \($0.type.name)" }.joined(separator: ",")
  }

  private static func logic(_ logic: NodeLogic) -> String {
    switch logic {
    case .ingest(_, let spec): ingest(spec)
    case .filter(let condition): "filter \(sql(condition))"
    case .derive(let expressions): "derive \(expressions.map(sql).joined(separator: ";"))"
    case .window(let spec): window(spec)
    case .sink(let spec):
      "sink \(spec.kind) \(spec.columns.map(String.init).joined(separator: ","))"
    }
  }

  private static func ingest(_ spec: ParseSpec) -> String {
    let columns = spec.columns.map { column in
      "\(quoted(column.name)) \(column.type.name) \(time(column))"
    }
    let watermark = spec.watermark
    return "parse \(format(spec.format)) [\(columns.joined(separator: ","))] "
      + "time \(spec.eventTime ?? -1) behind \(watermark.outOfOrdernessMs) "
      + "future \(watermark.maxFutureMs ?? -1)" + timing(spec)
  }

  /// What is not the default, so that pipelines without it keep their fingerprint.
  private static func timing(_ spec: ParseSpec) -> String {
    let watermark = spec.watermark
    var words = ""
    if let arrival = spec.arrival { words += " arrival \(arrival)" }
    if let idle = watermark.idleAfterMs { words += " idle \(idle)" }
    if let drift = watermark.maxDriftMs { words += " drift \(drift)" }
    if let carried = watermark.carried { words += " from \(sql(carried))" }
    if watermark.isProcessingTime { words += " processing time" }
    switch watermark.emission {
    case .perEvent: break
    case .everyRecords(let count): words += " every \(count) records"
    case .everyMs(let ms): words += " every \(ms) ms"
    }
    return words
  }

  private static func format(_ format: RecordFormat) -> String {
    switch format {
    case .json: "json"
    case .csv(let options):
      "csv \(options.hasHeader) \(options.delimiter) \(options.nullText.map(quoted) ?? "-")"
    case .regex(let pattern): "regex \(quoted(pattern))"
    case .accessLog: "access_log"
    }
  }

  private static func time(_ column: ParseColumn) -> String {
    guard column.type.isTime else { return "" }
    switch column.timeFormat {
    case .iso: return "iso"
    case .epoch(let unit): return unit.rawValue
    case .pattern(let pattern): return quoted(pattern)
    }
  }

  private static func window(_ spec: WindowSpec) -> String {
    let aggregates = spec.aggregates.map { aggregate in
      let more = [aggregate.second.map(sql), aggregate.constant.map { quoted($0.description) }]
      let arguments = [aggregate.argument.map(sql) ?? "*"] + more.compactMap { $0 }
      return "\(quoted(aggregate.name))=\(aggregate.function.rawValue)\(aggregate.isDistinct)"
        + "(\(arguments.joined(separator: ",")))[\(aggregate.filter.map(sql) ?? "")]"
    }
    let keys = spec.keys.map(String.init).joined(separator: ",")
    return "window \(spec.windowText) late \(spec.late.rawValue) \(spec.allowedLatenessMs) "
      + "keys \(keys) \(aggregates.joined(separator: ","))"
  }

  /// An expression without the accidents of how it is written.
  private static func sql(_ expression: CompiledExpression) -> String {
    switch ExpressionParser.parse(expression.text) {
    case .success(let parsed): parsed.description
    case .failure: expression.text
    }
  }

  private static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }

  /// FNV-1a in 64 bits, twice with different beginnings: 128 bits as hexadecimal digits.
  private static func hash(_ text: String) -> String {
    [0xCBF2_9CE4_8422_2325, 0x6C62_272E_07BB_0142].map { (basis: UInt64) in
      let value = text.utf8.reduce(basis) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
      let digits = String(value, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
