internal import Columns
internal import Engine
internal import Expressions

/// Fuses the steps of an analysis into the nodes of a job.
struct GraphBuilder {
  let analysis: Analysis
  let folder: String
  let environment: @Sendable () -> [String: String]

  /// A node on its way: where it stands, and what it reads, by steps.
  private struct Draft {
    /// The step at whose place the node runs.
    var place: Int
    /// The step whose results are the node's.
    var step: Int
    var input: AnalyzedStep.Input?
    /// All steps that run in it.
    var covered: [Int]
    var node: JobNode

    var isIngest: Bool { if case .ingest = node.logic { true } else { false } }
  }

  /// The nodes in topological order, with unread columns marked; nil where a step has faults.
  func build() -> [JobNode]? {
    var drafts: [Draft] = []
    for analyzed in analysis.steps {
      switch analyzed.body {
      case .source, .keyBy, .window: continue
      case .none: return nil
      case .some(let body):
        guard let draft = draft(analyzed, body) else { return nil }
        drafts.append(draft)
      }
    }
    let nodes = join(drafts).nodes
    return nodes.count == drafts.count ? Pruning.prune(nodes) : nil
  }

  /// The nodes of the steps without faults, all columns read, and the node of each step.
  func buildSound() -> (nodes: [JobNode], steps: [Int: Int]) {
    join(analysis.steps.compactMap { analyzed in analyzed.body.flatMap { draft(analyzed, $0) } })
  }

  /// What the first source reads, parsed or not.
  var firstSource: (any Source)? {
    analysis.steps.first { $0.step.kind == "source" && $0.step.isSound }.map { source($0.step) }
  }

  /// Gives each node its input; those whose input is missing are left out.
  private func join(_ unsorted: [Draft]) -> (nodes: [JobNode], steps: [Int: Int]) {
    let drafts = unsorted.sorted { ($0.place, $0.step) < ($1.place, $1.step) }
    var positions: [Int: Int] = [:]
    var covered: [Int: Int] = [:]
    var nodes: [JobNode] = []
    var ids: Set<String> = []
    for draft in drafts {
      var node = draft.node
      if let input = draft.input {
        guard let position = positions[input.step] else { continue }
        node.inputs = [StreamReference(node: position, port: input.port)]
      } else if !draft.isIngest {
        continue
      }
      positions[draft.step] = nodes.count
      for step in draft.covered { covered[step] = nodes.count }
      while !ids.insert(node.id).inserted { node.id += "-2" }
      if case .sink(let spec) = node.logic {
        guard let analyzed = analysis.steps.first(where: { $0.step.index == draft.step }) else {
          continue
        }
        node.logic = .sink(sink(analyzed, id: node.id, columns: spec.columns))
      }
      nodes.append(node)
    }
    return (nodes, covered)
  }

  private func draft(_ analyzed: AnalyzedStep, _ body: AnalyzedStep.Body) -> Draft? {
    let index = analyzed.step.index
    let schema = analyzed.output?.schema ?? Schema()
    var place = index
    var input = analyzed.input
    var id = analyzed.id
    var covered = [analyzed]
    let logic: NodeLogic
    switch body {
    case .parse(let spec):
      guard let from = input.map({ analysis.steps[$0.step] }) else { return nil }
      input = nil
      place = from.step.index
      covered = [from, analyzed]
      id = analyzed.step.name?.value ?? from.id
      logic = .ingest(source(from.step), spec)
    case .filter(let condition): logic = .filter(condition)
    case .derive(let expressions): logic = .derive(expressions)
    case .aggregate(let spec, let window, let keyBy):
      place = window
      let first = keyBy.map { analysis.steps[$0] }
      input = (first ?? analysis.steps[window]).input
      covered = [first, analysis.steps[window], analyzed].compactMap { $0 }
      // The window's name is the node's where it has one; else the aggregate's.
      id =
        analysis.steps[window].step.name?.value
        ?? analyzed.step.name?.value ?? analysis.steps[window].id
      logic = .window(spec)
    case .sink(let columns): logic = .sink(placeholder(columns.positions))
    case .source, .keyBy, .window: return nil
    }
    return Draft(
      place: place, step: index, input: input, covered: covered.map(\.step.index),
      node: JobNode(
        id: id, steps: covered.map(StepWords.summary), inputs: [],
        schema: analyzed.step.kind == "sink" ? analyzed.inputRows?.schema ?? Schema() : schema,
        logic: logic))
  }

  // MARK: Connectors

  private func source(_ step: Step) -> any Source {
    let paths = step.option("path")?.value.list?.map(\.value) ?? []
    return ConnectorFactory.source(
      step.descriptor.name, paths: paths, folder: folder, environment: environment)
  }

  private func placeholder(_ columns: [Int]) -> SinkSpec {
    SinkSpec(kind: "", target: "", guarantee: .atLeastOnce, columns: columns) {
      throw ConnectError("the sink was not planned")
    }
  }

  private func sink(_ analyzed: AnalyzedStep, id: String, columns: [Int]) -> SinkSpec {
    var keys: [String] = []
    if case .sink(let found) = analyzed.body { keys = found.keys }
    let request = SinkRequest(
      kind: analyzed.step.descriptor.name, options: analyzed.step.options,
      schema: analyzed.inputRows?.schema ?? Schema(), columns: columns, keys: keys,
      jobID: analysis.jobName, sinkID: id, folder: folder)
    let environment = environment
    var spec = SinkSpec(
      kind: request.kind, target: StepWords.target(analyzed.step),
      guarantee: analyzed.step.descriptor.guarantee ?? .atLeastOnce, columns: columns
    ) { try ConnectorFactory.sink(request, environment: environment()) }
    spec.addsToEarlierRuns = ConnectorFactory.addsToEarlierRuns(request)
    return spec
  }
}
