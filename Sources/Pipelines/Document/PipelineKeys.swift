internal import Connectors
internal import Engine

/// What may be written in a pipeline file: its top, the operators, and what stands after each.
enum PipelineKeys {
  /// The keys at the top, beside `steps`.
  static let top: [OptionDescriptor] = [
    OptionDescriptor(
      "pipeline", .text,
      doc: "The pipeline's name: its checkpoints are found by it. Without it the file's name."),
    OptionDescriptor("description", .text, doc: "What it is for, for people."),
    OptionDescriptor(
      "checkpoint",
      .group([
        OptionDescriptor(
          "every", .duration(1...86_400_000), default: "10 s",
          doc: "The time between two checkpoints; sinks show results as often."),
        OptionDescriptor(
          "keep", .integer(1...100), default: "3", doc: "How many checkpoints are kept."),
        OptionDescriptor(
          "timeout", .duration(1...86_400_000), default: "10 m",
          doc: "How long one may take before it is given up; Flink's checkpoint timeout."),
        OptionDescriptor(
          "tolerated_failures", .integer(0...1_000_000), default: "0",
          doc: """
            How many may fail one after another before the job does. What sinks prepared for one that \
            failed is committed with the next.
            """),
        OptionDescriptor(
          "dir", .path, default: ".tidemark",
          doc: "The folder they are in, relative to the pipeline file."),
      ]), doc: "How often the job saves itself, so that a crash loses nothing."),
    OptionDescriptor(
      "restart",
      .group([
        OptionDescriptor(
          "attempts", .integer(0...1_000_000), default: "3",
          doc: "How often in a row; a checkpoint that completes starts the count again."),
        OptionDescriptor(
          "delay", .duration(0...86_400_000), default: "1 s",
          doc: "The time before the first; each further one waits half as long again."),
        OptionDescriptor(
          "max_delay", .duration(0...86_400_000), default: "1 m",
          doc: "The longest time between two."),
      ]), short: "attempts",
      doc: """
        What happens after a fault that may pass, such as a full disk or a locked database: the job \
        starts again from its last checkpoint. Flink's exponential-delay strategy.
        """),
    OptionDescriptor(
      "state",
      .group([
        OptionDescriptor(
          "limit", .size(1_000_000...1_000_000_000_000_000),
          doc: """
            The most memory that windows and other operators may hold together. A job over it takes a \
            last checkpoint and ends with an error, instead of being killed. Without it, half of \
            what the machine, or the container, has.
            """)
      ]), short: "limit", doc: "The memory that the operators may take."),
    OptionDescriptor(
      "parallelism", .integer(1...128), default: "1",
      doc: "Subtasks of each keyed operator; results do not depend on it."),
  ]

  /// Keys that every step may have.
  static let step: [OptionDescriptor] = [
    OptionDescriptor("name", .text, doc: "Names the step, so that others can read it."),
    OptionDescriptor(
      "from", .list,
      doc: """
        What it reads, if not the step before it: NAME, NAME.late (a window's late rows) or \
        NAME.dead (dead letters).
        """),
  ]

  /// The operators, in the order in which rows pass them.
  static let operators = [
    "source", "parse", "filter", "derive", "key_by", "window", "aggregate", "sink",
  ]

  /// What may stand after an operator that has kinds; nil for one that has none.
  static func variants(of kind: String) -> [Descriptor]? {
    switch kind {
    case "source": ConnectorRegistry.sources
    case "parse": OperatorDescriptors.formats
    case "window": OperatorDescriptors.windows
    case "sink": ConnectorRegistry.sinks
    default: nil
    }
  }

  static var all: [Descriptor] {
    ConnectorRegistry.sources + OperatorDescriptors.all + ConnectorRegistry.sinks
  }

  /// The operator under whose key a descriptor stands.
  static func key(of descriptor: Descriptor) -> String {
    switch descriptor.kind {
    case .source: "source"
    case .format: "parse"
    case .window: "window"
    case .sink: "sink"
    case .operator: descriptor.name
    }
  }

  static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 64 else { return false }
    func isLetter(_ byte: UInt8) -> Bool { byte == 95 || (byte | 32 >= 97 && byte | 32 <= 122) }
    return isLetter(first)
      && text.utf8.allSatisfy { isLetter($0) || $0 == 45 || ($0 >= 48 && $0 <= 57) }
  }
}
