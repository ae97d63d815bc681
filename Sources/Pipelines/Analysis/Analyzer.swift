internal import Columns
internal import Engine

/// Follows the rows through the steps: resolves what each reads, compiles expressions, and reports
/// everything that cannot be.
///
/// A fault makes what depends on it unknown, so that one mistake is said once.
struct Analyzer {
  let source: SourceText
  let steps: [Step]
  let hasHoles: Bool
  let parallelism: Int
  var faults: [Fault] = []
  var analyzed: [AnalyzedStep] = []
  /// Steps whose output has the reader that it needs, or a fault that says why not.
  var settled: Set<Int> = []
  var readSteps: Set<Int> = []
  /// The aggregate that reads a window.
  var aggregates: [Int: Int] = [:]
  var parses: [Int: Int] = [:]
  var targets: [String: Int] = [:]

  init(source: SourceText, steps: [Step], hasHoles: Bool, parallelism: Int) {
    self.source = source
    self.steps = steps
    self.hasHoles = hasHoles
    self.parallelism = parallelism
  }

  mutating func analyze(jobName: String) -> Analysis {
    var numbers: [String: Int] = [:]
    let names = Set(steps.compactMap { $0.name?.value })
    for step in steps {
      numbers[step.kind, default: 0] += 1
      var id = step.name?.value ?? "\(step.kind)-\(numbers[step.kind] ?? 1)"
      while step.name == nil, names.contains(id) { id += "-step" }
      var result = AnalyzedStep(step: step, id: id)
      analyze(&result)
      analyzed.append(result)
    }
    checkEnds()
    return Analysis(jobName: jobName, parallelism: parallelism, steps: analyzed)
  }

  mutating func report(_ finding: Finding, _ range: Range<Int>) {
    faults.append(Fault(finding, range))
  }

  func line(of step: Int) -> Int { source.position(of: steps[step].kindRange.lowerBound).line }

  private mutating func analyze(_ result: inout AnalyzedStep) {
    let step = result.step
    if step.kind == "source" {
      if let from = step.from.first { report(.sourceWithInput, from.range) }
      result.body = .source
      return
    }
    guard let input = resolveInput(step) else {
      // What it would read is not known; what it says is still checked as far as that goes.
      analyzeBody(&result, RowStream(schema: Schema(), isOpen: true), isKnown: false)
      return
    }
    result.input = input
    readSteps.insert(input.step)
    switch step.kind {
    case "parse": analyzeParse(&result, input)
    case "window": analyzeWindow(&result, input)
    case "aggregate": analyzeAggregate(&result, input)
    default:
      guard let rows = rows(of: input, for: step) else {
        result.input = nil
        analyzeBody(&result, RowStream(schema: Schema(), isOpen: true), isKnown: false)
        return
      }
      analyzeBody(&result, rows, isKnown: true)
    }
  }

  private mutating func analyzeBody(
    _ result: inout AnalyzedStep, _ rows: RowStream, isKnown: Bool
  ) {
    if isKnown { result.inputRows = rows }
    switch result.step.kind {
    case "filter": analyzeFilter(&result, rows)
    case "derive": analyzeDerive(&result, rows)
    case "key_by": analyzeKeyBy(&result, rows)
    case "parse": _ = parseSpec(result.step)
    case "window": _ = windowParts(result.step)
    case "aggregate": _ = aggregateSpecs(result.step, rows, keys: [])
    case "sink": analyzeSink(&result, rows)
    default: break
    }
  }

  // MARK: Inputs

  /// What a step reads; nil with a fault where that cannot be.
  private mutating func resolveInput(_ step: Step) -> AnalyzedStep.Input? {
    if step.from.count > 1 {
      report(.severalInputs(kind: step.kind), step.from[1].range)
      return nil
    }
    if let from = step.from.first { return resolve(from, for: step) }
    guard step.index > 0 else {
      if !hasHoles { report(.noInput(kind: step.kind), step.kindRange) }
      return nil
    }
    // A step that could not be read may have stood between them.
    if hasHoles, !isAdjacent(step) { return nil }
    let before = steps[step.index - 1]
    if before.kind == "sink" {
      report(.afterSink(kind: step.kind), step.kindRange)
      return nil
    }
    return AnalyzedStep.Input(step: before.index, port: .main)
  }

  /// Whether nothing but white space and comments stands between a step and the one before it.
  private func isAdjacent(_ step: Step) -> Bool {
    let from = source.position(of: steps[step.index - 1].range.upperBound).line
    let to = source.position(of: step.range.lowerBound).line
    guard from + 1 < to else { return true }
    return ((from + 1)..<to).allSatisfy { line in
      let text = source.line(line).trimmed
      return text.isEmpty || text.hasPrefix("#")
    }
  }

  private mutating func resolve(_ from: Located<String>, for step: Step) -> AnalyzedStep.Input? {
    let parts = from.value.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts.first ?? "")
    guard let target = steps.first(where: { $0.name?.value == name }) else {
      let known = steps.prefix(step.index).compactMap { $0.name?.value }
      if !hasHoles || !known.isEmpty { report(.unknownInput(name, known: known), from.range) }
      return nil
    }
    guard target.index < step.index else {
      report(.laterInput(name, line: line(of: target.index)), from.range)
      return nil
    }
    guard parts.count == 2 else { return mainInput(target, from, step) }
    guard let port = StreamReference.Port(rawValue: String(parts[1])), port != .main else {
      report(.unknownPort(String(parts[1]), of: name), from.range)
      return nil
    }
    return sideInput(target, port, from)
  }

  private mutating func mainInput(
    _ target: Step, _ from: Located<String>, _ step: Step
  ) -> AnalyzedStep.Input? {
    if target.kind == "sink" {
      report(.afterSink(kind: step.kind), from.range)
      return nil
    }
    // A window's name stands for its results once it has them.
    if target.kind == "window", step.kind != "aggregate", let aggregate = aggregates[target.index] {
      return AnalyzedStep.Input(step: aggregate, port: .main)
    }
    if target.kind == "source", step.kind != "parse", let parse = parses[target.index] {
      return AnalyzedStep.Input(step: parse, port: .main)
    }
    return AnalyzedStep.Input(step: target.index, port: .main)
  }

  private mutating func sideInput(
    _ target: Step, _ port: StreamReference.Port, _ from: Located<String>
  ) -> AnalyzedStep.Input? {
    let name = target.name?.value ?? target.kind
    let owner: Int?
    switch (port, target.kind) {
    case (_, "window"): owner = aggregates[target.index] ?? laterAggregate(of: target.index)
    case (_, "aggregate"), (.dead, "parse"), (.dead, "filter"), (.dead, "derive"):
      owner = target.index
    case (.dead, "source"): owner = parses[target.index]
    default:
      report(
        .noSuchSideOutput(port: port.rawValue, of: name, kind: target.kind), from.range)
      return nil
    }
    guard let owner else { return nil }
    guard owner < analyzed.count else {
      report(.laterInput("\(name).\(port.rawValue)", line: line(of: owner)), from.range)
      return nil
    }
    return AnalyzedStep.Input(step: owner, port: port)
  }

  /// The aggregate that would read a window by standing right after it.
  private func laterAggregate(of window: Int) -> Int? {
    steps.dropFirst(window + 1).first { step in
      step.kind == "aggregate"
        && (step.from.isEmpty
          ? step.index == window + 1 : step.from.first?.value == steps[window].name?.value)
    }?.index
  }

  // MARK: Rows

  /// The rows that an input gives; nil, with a fault, where it gives none to this step.
  mutating func rows(of input: AnalyzedStep.Input, for step: Step) -> RowStream? {
    let from = analyzed[input.step]
    switch input.port {
    case .dead: return RowStream(schema: DeadLetter.schema)
    case .late: return lateRows(from, for: step)
    case .main: break
    }
    switch from.step.kind {
    case "source":
      settle(input.step, .sourceNotParsed(readBy: step.kind))
      return nil
    case "key_by":
      settle(input.step, .keyByWithoutWindow(readBy: step.kind))
      return nil
    case "window":
      settle(input.step, .windowWithoutAggregate(readBy: step.kind))
      return nil
    default: return from.output
    }
  }

  mutating func settle(_ step: Int, _ finding: Finding) {
    if settled.insert(step).inserted { report(finding, steps[step].kindRange) }
  }

  /// A window's late rows: its input's columns, the watermark, and by how much they missed it.
  private mutating func lateRows(_ window: AnalyzedStep, for step: Step) -> RowStream? {
    guard var rows = window.inputRows else { return nil }
    for field in LateColumns.all {
      if rows.schema.index(of: field.name) != nil {
        report(
          .duplicateColumn(field.name, by: "the late rows"),
          step.from.first?.range ?? step.kindRange)
        return nil
      }
      rows.schema.fields.append(field)
    }
    return rows
  }

  // MARK: Ends

  private mutating func checkEnds() {
    for step in steps where !settled.contains(step.index) && steps[step.index].isSound {
      switch step.kind {
      case "source" where parses[step.index] == nil && !hasHoles:
        report(.sourceNotParsed(readBy: nil), step.kindRange)
      case "key_by" where !hasHoles: report(.keyByWithoutWindow(readBy: nil), step.kindRange)
      case "window" where aggregates[step.index] == nil && !hasHoles:
        report(.windowWithoutAggregate(readBy: nil), step.kindRange)
      default: break
      }
    }
    if !hasHoles, !steps.isEmpty, !steps.contains(where: { $0.kind == "sink" }) {
      report(.noSink, steps.last?.kindRange ?? 0..<0)
    }
  }
}

/// The columns that late rows have beside their own.
enum LateColumns {
  static let all = [Field("watermark", .timestampLTZ), Field("missed_by_ms", .bigint)]
}
