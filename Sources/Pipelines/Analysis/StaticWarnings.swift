internal import Engine

/// Warnings about a pipeline that works: what it costs, and what nobody sees.
enum StaticWarnings {
  static func find(_ analysis: Analysis, source: SourceText) -> [Fault] {
    noSlack(analysis) + clocks(analysis) + unread(analysis) + unusedColumns(analysis)
  }

  /// Windows that wait for nobody and keep nothing.
  private static func noSlack(_ analysis: Analysis) -> [Fault] {
    analysis.steps.compactMap { analyzed in
      guard case .aggregate(let spec, let window, _) = analyzed.body, spec.late == .drop,
        spec.assigner.needsEventTime,
        let parse = parse(of: analysis.steps[window], analysis),
        case .parse(let format) = parse.body, format.watermark.outOfOrdernessMs == 0,
        case .bounded = format.watermark.strategy, member("strategy", of: parse.step) == nil
      else { return nil }
      let step = parse.step
      var range = step.option("event_time")?.range ?? step.variant?.range ?? step.kindRange
      if let watermark = step.option("watermark"), case .group(let members) = watermark.value {
        range = members.first { $0.name == "out_of_orderness" }?.range ?? watermark.nameRange
      }
      return Fault(.noSlack, range)
    }
  }

  private static func member(_ name: String, of parse: Step) -> StepOption? {
    guard case .group(let members) = parse.option("watermark")?.value else { return nil }
    return members.first { $0.name == name }
  }

  /// What is measured by the clock of whoever reads the log.
  private static func clocks(_ analysis: Analysis) -> [Fault] {
    analysis.steps.compactMap { analyzed in
      guard case .parse(let spec) = analyzed.body, spec.arrival == nil else { return nil }
      if spec.watermark.isProcessingTime, let option = member("strategy", of: analyzed.step) {
        return Fault(.dependsOnSpeed("the event time"), option.range)
      }
      if case .everyMs = spec.watermark.emission, let option = member("emit", of: analyzed.step) {
        return Fault(.dependsOnSpeed("a period without arrivals"), option.range)
      }
      if let option = member("idle_after", of: analyzed.step), let input = analyzed.input,
        mayHaveSplits(analysis.steps[input.step].step)
      {
        return Fault(.idleWithoutArrival, option.nameRange)
      }
      return nil
    }
  }

  private static func mayHaveSplits(_ source: Step) -> Bool {
    let paths = source.option("path")?.value.list?.map(\.value) ?? []
    return paths.count > 1 || paths.contains { $0.contains { "*?[".contains($0) } }
  }

  /// The parse that rows come from; nil for results of windows, whose watermark is the same but
  /// whose times are never behind it.
  private static func parse(of step: AnalyzedStep, _ analysis: Analysis) -> AnalyzedStep? {
    var at = step
    for _ in analysis.steps {
      guard let input = at.input, input.port == .main else { return nil }
      at = analysis.steps[input.step]
      switch at.step.kind {
      case "parse": return at
      case "aggregate": return nil
      default: continue
      }
    }
    return nil
  }

  private static func unread(_ analysis: Analysis) -> [Fault] {
    var read: Set<Int> = []
    for step in analysis.steps {
      if let input = step.input { read.insert(input.step) }
    }
    return analysis.steps.compactMap { analyzed in
      let step = analyzed.step
      guard ["parse", "filter", "derive", "aggregate"].contains(step.kind),
        !read.contains(step.index)
      else { return nil }
      return Fault(.unreadStep(kind: step.kind), step.kindRange)
    }
  }

  private static func unusedColumns(_ analysis: Analysis) -> [Fault] {
    let builder = GraphBuilder(analysis: analysis, folder: ".", environment: { [:] })
    guard let nodes = builder.build() else { return [] }
    var faults: [Fault] = []
    for analyzed in analysis.steps {
      guard case .parse = analyzed.body, let option = analyzed.step.option("columns"),
        case .columnTypes(let declared) = option.value,
        let spec = spec(of: analyzed, nodes, analysis)
      else { continue }
      let unused = Set(spec.columns.filter { !$0.isRead }.map(\.name))
      let columns = declared.filter { unused.contains($0.name.value) }
      guard let first = columns.first else { continue }
      faults.append(
        Fault(
          .unusedColumns(
            columns.map(\.name.value), format: analyzed.step.variant?.value ?? ""),
          first.name.range))
    }
    return faults
  }

  private static func spec(
    of parse: AnalyzedStep, _ nodes: [JobNode], _ analysis: Analysis
  ) -> ParseSpec? {
    // Ingest nodes stand in the order of their sources.
    let parses = analysis.steps.filter { $0.step.kind == "parse" }
      .sorted { ($0.input?.step ?? 0) < ($1.input?.step ?? 0) }
    let specs = nodes.compactMap { node -> ParseSpec? in
      if case .ingest(_, let spec) = node.logic { spec } else { nil }
    }
    guard let position = parses.firstIndex(where: { $0.step.index == parse.step.index }),
      position < specs.count
    else { return nil }
    return specs[position]
  }
}
