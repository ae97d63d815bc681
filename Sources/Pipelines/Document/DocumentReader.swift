internal import Engine

/// Reads the top of a pipeline file.
struct DocumentReader {
  private(set) var faults: [Fault] = []
  private(set) var settings: [StepOption] = []
  private(set) var steps: [Step] = []
  private(set) var tests: [PipelineTest] = []
  private(set) var hasHoles = false
  /// Whether there was a text to judge at all.
  private(set) var isReadable = false
  private let source: SourceText

  init(source: SourceText) { self.source = source }

  mutating func readNothing() { faults.append(Fault(.noSteps, 0..<0)) }

  mutating func read(_ root: YamlNode) {
    guard let pairs = root.mapping else {
      let finding: Finding = root.isNull ? .noSteps : .topLevelIsNotMapping(found: root.kindName)
      faults.append(Fault(finding, root.range))
      return
    }
    let known = PipelineKeys.top.map(\.name) + ["steps", "tests"]
    for pair in pairs where !known.contains(pair.key) {
      faults.append(Fault(.unknownTopLevel(pair.key, known: known), pair.keyRange))
    }
    var reader = OptionReader()
    settings = reader.options(
      pairs.filter { known.contains($0.key) }, PipelineKeys.top, of: "a pipeline", at: root.range,
      also: ["steps", "tests"])
    faults += reader.faults
    if let pair = pairs.first(where: { $0.key == "tests" }) {
      var reader = TestReader(source: source)
      reader.read(pair)
      faults += reader.faults
      tests = reader.tests
    }
    if let option = setting("pipeline"), let name = option.value.text, !PipelineKeys.isName(name) {
      faults.append(Fault(.badName(name), option.range))
    }
    readSteps(pairs.first { $0.key == "steps" }, in: root)
  }

  private mutating func readSteps(_ pair: YamlPair?, in root: YamlNode) {
    guard let pair, !pair.value.isNull else {
      faults.append(
        Fault(.noSteps, pair?.keyRange ?? root.range.lowerBound..<root.range.lowerBound))
      return
    }
    guard let nodes = pair.value.sequence else {
      let finding = Finding.wrongKind(
        "steps", expected: "a list of steps, each after a `-`", found: pair.value.kindName)
      faults.append(Fault(finding, pair.keyRange))
      return
    }
    guard !nodes.isEmpty else {
      faults.append(Fault(.noSteps, pair.keyRange))
      return
    }
    guard nodes.count <= OptionReader.maxMembers else {
      faults.append(Fault(.tooMany("steps", limit: OptionReader.maxMembers), pair.keyRange))
      return
    }
    isReadable = true
    var reader = StepReader(source: source)
    reader.read(nodes)
    faults += reader.faults
    steps = reader.steps
    hasHoles = reader.hasHoles
  }

  private func setting(_ name: String) -> StepOption? { settings.first { $0.name == name } }

  var name: String? { setting("pipeline")?.value.text }
  var description: String? { setting("description")?.value.text }

  var parallelism: Int {
    if case .integer(let count) = setting("parallelism")?.value { return Int(count) }
    return 1
  }

  private func members(of name: String) -> [StepOption] {
    if case .group(let members) = setting(name)?.value { members } else { [] }
  }

  func checkpoint(folder: String) -> CheckpointOptions {
    var options = CheckpointOptions()
    for member in members(of: "checkpoint") {
      switch member.name {
      case "every": options.everyMs = member.value.milliseconds ?? options.everyMs
      case "keep": options.keep = member.value.number.map(Int.init) ?? options.keep
      case "timeout": options.timeoutMs = member.value.milliseconds ?? options.timeoutMs
      case "tolerated_failures":
        options.toleratedFailures = member.value.number.map(Int.init) ?? options.toleratedFailures
      case "dir": options.directory = member.value.text.map { Paths.resolve($0, in: folder) }
      default: break
      }
    }
    return options
  }

  var restart: RestartOptions {
    var options = RestartOptions()
    for member in members(of: "restart") {
      switch member.name {
      case "attempts": options.attempts = member.value.number.map(Int.init) ?? options.attempts
      case "delay": options.delayMs = member.value.milliseconds ?? options.delayMs
      case "max_delay": options.maxDelayMs = member.value.milliseconds ?? options.maxDelayMs
      default: break
      }
    }
    return options
  }

  var stateLimitBytes: Int64? { members(of: "state").first { $0.name == "limit" }?.value.number }
}

enum Paths {
  /// A path of a pipeline file, from where the program stands.
  static func resolve(_ path: String, in folder: String) -> String {
    if path.hasPrefix("/") || folder == "." { return path }
    return folder.hasSuffix("/") ? folder + path : folder + "/" + path
  }
}
