internal import Engine

/// An operator that could be added to a pipeline at some place.
public struct OperatorChoice: Sendable, Equatable {
  /// `filter`, `window` …
  public var kind: String
  /// `tumbling` of `window: tumbling`; nil for an operator without kinds.
  public var variant: String?
  /// One line: what it does.
  public var summary: String
  /// A step to begin with, as YAML.
  public var example: String
  /// Why it does not fit there; nil where it does.
  public var reason: String?

  /// `window: tumbling`.
  public var title: String { variant.map { "\(kind): \($0)" } ?? kind }
}

extension PipelineDocument {
  /// Every operator, with what speaks against it before a step, or behind the last one.
  ///
  /// An operator fits where its example, together with what must follow it, brings no fault about
  /// the order of steps that was not there before; its columns are the user's matter.
  ///
  /// - Parameters:
  ///   - place: 0 to the number of items in the list.
  ///   - input: what it would read; nil for the step before it.
  public func operators(at place: Int, reading input: String? = nil) -> [OperatorChoice] {
    let before = Set(orderFaults)
    return PipelineKeys.all.map { descriptor in
      let kind = PipelineKeys.key(of: descriptor)
      var choice = OperatorChoice(
        kind: kind, variant: descriptor.kind == .operator ? nil : descriptor.name,
        summary: descriptor.summary, example: descriptor.example)
      let found = continuations(of: kind).map { rest in
        let first = input.map { Self.step(descriptor.example, reading: $0) } ?? descriptor.example
        return faults(adding: [first] + rest, at: place).filter { !before.contains($0) }
      }
      if !found.contains([]) {
        choice.reason =
          found.first?.first?.message ?? "the list of steps is not written with dashes"
      }
      return choice
    }
  }

  /// A step that reads what it is told to.
  ///
  /// - Parameter yaml: an item of the list of steps, with its dash in the first column.
  public static func step(_ yaml: String, reading input: String) -> String {
    var lines = yaml.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    // An operator whose own value fills the lines below it takes its input behind them.
    let place = lines.first?.hasSuffix(":") == true ? lines.count : 1
    lines.insert("  from: \(input)", at: min(place, lines.count))
    return lines.joined(separator: "\n")
  }

  /// Steps that an operator needs behind it, the fewest first.
  private func continuations(of kind: String) -> [[String]] {
    let aggregate = Descriptor.aggregate.example
    return switch kind {
    case "source" where stepCount == 0: [[Descriptor.json.example]]
    case "key_by": [[], [Descriptor.tumbling.example, aggregate]]
    case "window": [[], [aggregate]]
    default: [[]]
    }
  }

  private func faults(adding examples: [String], at place: Int) -> [OrderFault] {
    var document = self
    for (index, example) in examples.enumerated() {
      guard let next = document.inserting(step: example, at: place + index) else {
        return [OrderFault(code: "", message: "the list of steps is not written with dashes")]
      }
      document = next
    }
    return document.orderFaults
  }

  private struct OrderFault: Hashable {
    var code: String
    var message: String
  }

  private static let orderCodes = Set(
    [
      FaultCode.unknownInput, .laterInput, .sideOutput, .severalInputs, .noInput, .parseOrder,
      .keyByOrder, .windowOrder, .aggregateOrder, .afterSink, .noEventTime,
    ].map(\.rawValue))

  private var orderFaults: [OrderFault] {
    diagnostics.filter { Self.orderCodes.contains($0.code) }
      .map { OrderFault(code: $0.code, message: $0.message) }
  }
}
