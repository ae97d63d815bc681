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

  func checkpoint(folder: String) -> CheckpointOptions {
    var options = CheckpointOptions()
    guard case .group(let members) = setting("checkpoint")?.value else { return options }
    for member in members {
      switch member.value {
      case .duration(let ms): options.everyMs = ms
      case .integer(let count): options.keep = Int(count)
      case .text(let path): options.directory = Paths.resolve(path, in: folder)
      default: break
      }
    }
    return options
  }
}

enum Paths {
  /// A path of a pipeline file, from where the program stands.
  static func resolve(_ path: String, in folder: String) -> String {
    if path.hasPrefix("/") || folder == "." { return path }
    return folder.hasSuffix("/") ? folder + path : folder + "/" + path
  }
}
