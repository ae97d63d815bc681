internal import Columns
internal import Engine
internal import Expressions

/// What a parse says of time: the watermark, the arrival, processing time.
extension Analyzer {
  /// The name of the column that processing time adds.
  static let processingTime = "processing_time"

  /// The watermark's options as they were meant; faults leave the default in their place.
  mutating func watermark(_ step: Step, _ columns: [ParseColumn]) -> WatermarkSpec {
    var spec = WatermarkSpec()
    guard case .group(let members) = step.option("watermark")?.value else { return spec }
    func member(_ name: String) -> StepOption? { members.first { $0.name == name } }
    spec.outOfOrdernessMs = member("out_of_orderness")?.value.milliseconds ?? 0
    spec.maxFutureMs = member("max_future")?.value.milliseconds
    spec.idleAfterMs = member("idle_after")?.value.milliseconds
    spec.maxDriftMs = member("max_drift")?.value.milliseconds
    let strategy = member("strategy")?.value.text ?? "bounded"
    if strategy == Self.processingTime { spec.strategy = .processingTime }
    if case .expression(let text) = member("from")?.value,
      let carried = carried(text, columns, isOpen: !step.isSound)
    {
      spec.strategy = .carried(carried)
    }
    if let emit = member("emit"), let text = emit.value.text {
      if let emission = EmissionText.parse(text) {
        spec.emission = emission
      } else {
        report(.emission(text), emit.range)
      }
    }
    checkConflicts(members, strategy)
    return spec
  }

  private mutating func carried(
    _ text: ExpressionText, _ columns: [ParseColumn], isOpen: Bool
  ) -> CompiledExpression? {
    let schema = Schema(columns.map { Field($0.name, $0.type) })
    guard let expression = compile(text, RowStream(schema: schema, isOpen: isOpen)) else {
      return nil
    }
    guard expression.type.isTime else {
      report(.carriedType(expression.type), text.range)
      return nil
    }
    return expression
  }

  /// Options that would do nothing beside another one.
  private mutating func checkConflicts(_ members: [StepOption], _ strategy: String) {
    let isCarried = members.contains { $0.name == "from" }
    for option in members {
      let other: String? =
        switch option.name {
        case "strategy": isCarried ? "from" : nil
        case "out_of_orderness":
          strategy != "bounded" ? strategy : isCarried ? "from" : nil
        default: strategy == Self.processingTime ? strategy : nil
        }
      if let other { report(.watermarkConflict(option.name, with: other), option.nameRange) }
    }
  }

  /// Adds the column that processing time fills.
  ///
  /// - Returns: its position.
  mutating func addProcessingTime(_ step: Step, to columns: inout [ParseColumn]) -> Int {
    if let option = step.option("event_time") {
      report(.eventTimeInProcessingTime, option.nameRange)
    }
    if columns.contains(where: { $0.name == Self.processingTime }) {
      let declared = declarations(step).first { $0.name.value == Self.processingTime }
      report(
        .duplicateColumn(Self.processingTime, by: "the time of reading"),
        declared?.name.range ?? step.kindRange)
    }
    columns.append(ParseColumn(Self.processingTime, .timestampLTZ))
    return columns.count - 1
  }

  /// The arrival's position.
  mutating func arrival(_ step: Step, _ columns: [ParseColumn]) -> Int? {
    guard let option = step.option("arrival"), let name = option.value.text else { return nil }
    guard let position = columns.firstIndex(where: { $0.name == name }) else {
      if step.isSound {
        report(.unknownColumn(name, known: columns.map(\.name)), option.range)
      }
      return nil
    }
    guard columns[position].type.isTime else {
      report(.arrivalType(name, columns[position].type), option.range)
      return nil
    }
    return position
  }
}

/// When a watermark is passed on, as it is written: `per_event`, `every 100 rows`, `every 1 s`.
enum EmissionText {
  static func parse(_ text: String) -> WatermarkSpec.Emission? {
    let words = text.lowercased().split(whereSeparator: \.isWhitespace)
    if words == ["per_event"] { return .perEvent }
    guard words.first == "every", words.count > 1 else { return nil }
    if words.count == 3, ["row", "rows", "record", "records"].contains(words[2]) {
      return Int64(words[1].replacing("_", with: "")).flatMap {
        (1...1_000_000_000).contains($0) ? .everyRecords($0) : nil
      }
    }
    guard case .success(let ms) = DurationText.parse(words.dropFirst().joined(separator: " ")),
      (1...msPerDay).contains(ms)
    else { return nil }
    return .everyMs(ms)
  }
}
