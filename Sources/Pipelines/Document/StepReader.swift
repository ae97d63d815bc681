internal import Engine

/// Reads the steps of a pipeline: which operator, of which kind, with which options.
struct StepReader {
  private(set) var faults: [Fault] = []
  private(set) var steps: [Step] = []
  /// Whether some step could not be read at all, so that the graph has a hole.
  private(set) var hasHoles = false
  private let source: SourceText

  init(source: SourceText) { self.source = source }

  mutating func read(_ nodes: [YamlNode]) {
    for node in nodes {
      let count = steps.count
      read(node)
      if steps.count == count { hasHoles = true }
    }
    checkNames()
  }

  private mutating func report(_ finding: Finding, _ range: Range<Int>) {
    faults.append(Fault(finding, range))
  }

  private mutating func read(_ node: YamlNode) {
    guard let pairs = node.mapping else {
      return report(.stepIsNotMapping(found: node.kindName), node.range)
    }
    let shared = PipelineKeys.step.map(\.name)
    let operators = pairs.filter { PipelineKeys.operators.contains($0.key) }
    guard let main = operators.first else {
      if let stranger = pairs.first(where: { !shared.contains($0.key) }) {
        report(
          .unknownOperator(stranger.key, known: PipelineKeys.operators), stranger.keyRange)
      } else {
        report(.stepWithoutOperator(operators: PipelineKeys.operators), node.range)
      }
      return
    }
    for other in operators.dropFirst() {
      report(.stepWithSeveralOperators(main.key, other.key), other.keyRange)
    }
    guard let (descriptor, variant) = descriptor(main) else { return }
    let strangers = operators.dropFirst().map(\.key)
    let misplaced = pairs.filter { pair in
      ["checkpoint", "parallelism", "pipeline", "steps"].contains(pair.key)
        && !descriptor.options.contains { $0.name == pair.key }
    }
    for pair in misplaced { report(.misplacedKey(pair.key, owner: main.key), pair.keyRange) }

    var reader = OptionReader()
    reader.takesEnvironment = descriptor.kind == .source || descriptor.kind == .sink
    let owner = variant.map { "\(main.key) \($0.value)" } ?? main.key
    var skipped = shared + strangers + misplaced.map(\.key)
    if variant != nil { skipped.append(main.key) }
    let options = reader.options(
      pairs, descriptor.options, of: owner, at: main.keyRange, also: skipped)
    let isSound = reader.faults.isEmpty
    reader.takesEnvironment = false
    let named = reader.options(
      pairs.filter { shared.contains($0.key) }, PipelineKeys.step, of: owner, at: main.keyRange)
    faults += reader.faults
    var step = Step(
      index: steps.count, kind: main.key, kindRange: main.keyRange, variant: variant, from: [],
      descriptor: descriptor, options: options, range: node.range)
    step.isSound = isSound && operators.count == 1
    for option in named {
      if option.name == "name", let text = option.value.text {
        step.name = Located(text, option.range)
      } else if let list = option.value.list {
        step.from = list
      }
    }
    steps.append(step)
  }

  /// The descriptor of a step, with the word that chose it.
  private mutating func descriptor(
    _ main: YamlPair
  ) -> (descriptor: Descriptor, variant: Located<String>?)? {
    guard let variants = PipelineKeys.variants(of: main.key) else {
      return OperatorDescriptors.operators.first { $0.name == main.key }.map { ($0, nil) }
    }
    guard let scalar = main.value.scalar, !main.value.isNull else {
      let place = main.value.isNull ? main.keyRange : main.value.range
      report(.missingVariant(of: main.key, known: variants.map(\.name)), place)
      return nil
    }
    guard let found = variants.first(where: { $0.name == scalar.text }) else {
      report(
        .unknownVariant(of: main.key, scalar.text, known: variants.map(\.name)), main.value.range)
      return nil
    }
    return (found, Located(scalar.text, main.value.range))
  }

  private mutating func checkNames() {
    var lines: [String: Int] = [:]
    for step in steps {
      guard let name = step.name else { continue }
      if !PipelineKeys.isName(name.value) {
        report(.badName(name.value), name.range)
      } else if let line = lines[name.value] {
        report(.duplicateName(name.value, firstLine: line), name.range)
      } else {
        lines[name.value] = source.position(of: step.kindRange.lowerBound).line
      }
    }
  }
}
