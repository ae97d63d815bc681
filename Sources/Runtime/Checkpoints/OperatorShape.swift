import Columns
import Engine
import Expressions

/// What an operator was when a checkpoint was taken, in words: enough to say what has changed.
public struct OperatorShape: Hashable, Sendable, Codable {
  public enum Kind: String, Sendable, Codable { case source, filter, derive, window, sink }

  /// The operator's id.
  public var id: String
  public var kind: Kind
  /// What it does, as its pipeline says it.
  public var meaning: String
  /// The key columns of a window with their types.
  public var keys: [String]?
  /// The bounds of a window and when it fires.
  public var window: String?
  /// The aggregates of a window, in their order: `spend = SUM(cost)`.
  public var aggregates: [String]?

  static func all(of graph: JobGraph) -> [OperatorShape] {
    graph.nodes.map { node in
      let input = node.inputs.first.map { graph.nodes[$0.node].schema }
      let meaning = node.steps.map { "\($0.kind) \($0.detail)" }.joined(separator: " → ")
      switch node.logic {
      case .ingest(_, let spec):
        let columns = spec.columns.map { "\($0.name) \($0.type.name)" }.joined(separator: ", ")
        return OperatorShape(id: node.id, kind: .source, meaning: "\(meaning) (\(columns))")
      case .filter(let condition):
        return OperatorShape(id: node.id, kind: .filter, meaning: condition.text)
      case .derive(let expressions):
        let names = node.schema.fields.suffix(expressions.count).map(\.name)
        let columns = zip(names, expressions).map { "\($0) = \($1.text)" }
        return OperatorShape(
          id: node.id, kind: .derive, meaning: columns.joined(separator: ", "))
      case .sink(let spec): return OperatorShape(id: node.id, kind: .sink, meaning: spec.kind)
      case .window(let spec):
        var shape = OperatorShape(id: node.id, kind: .window, meaning: meaning)
        shape.keys = spec.keys.compactMap { position in
          input.map { "\($0.fields[position].name) \($0.fields[position].type.name)" }
        }
        shape.window = spec.windowText
        shape.aggregates = spec.aggregates.map { aggregate in
          let type = aggregate.argument.map { " of \($0.type.name)" } ?? ""
          return "\(aggregate.name) = \(aggregate.call)\(type)"
        }
        return shape
      }
    }
  }

  init(id: String, kind: Kind, meaning: String) {
    self.id = id
    self.kind = kind
    self.meaning = meaning
  }
}

/// Whether a checkpoint of one pipeline can be restored into another, and what is different.
///
/// Stateless operators may change: rows after the checkpoint meet the new ones. State must fit what
/// it is given to.
struct RestorePlan {
  /// What is different and allowed, for the user to know.
  private(set) var notices: [String] = []
  /// Why it cannot be restored.
  private(set) var refusals: [String] = []

  /// - Parameter dropsUnknown: whether state of operators that are gone may be forgotten.
  init(_ manifest: CheckpointManifest, graph: JobGraph, dropsUnknown: Bool) {
    guard let old = manifest.shapes else { return }
    let new = OperatorShape.all(of: graph)
    for shape in new {
      guard let before = old.first(where: { $0.id == shape.id }) else {
        added(shape)
        continue
      }
      if before.kind != shape.kind {
        refusals.append(
          "'\(shape.id)' was a \(before.kind.rawValue), now it is a \(shape.kind.rawValue); give it "
            + "another name")
      } else {
        compare(before, shape)
      }
    }
    for shape in old where !new.contains(where: { $0.id == shape.id }) {
      removed(shape, dropsUnknown: dropsUnknown)
    }
  }

  private mutating func added(_ shape: OperatorShape) {
    switch shape.kind {
    case .source:
      refusals.append(
        "the checkpoint does not know the source '\(shape.id)'; name it as it was, or start over "
          + "with --fresh")
    case .window: notices.append("the window '\(shape.id)' is new: it starts empty")
    case .sink: notices.append("the sink '\(shape.id)' is new: it starts with the next result")
    case .filter, .derive:
      notices.append("the \(shape.kind.rawValue) '\(shape.id)' is new: rows from here on meet it")
    }
  }

  private mutating func removed(_ shape: OperatorShape, dropsUnknown: Bool) {
    switch shape.kind {
    case .filter, .derive: notices.append("the \(shape.kind.rawValue) '\(shape.id)' is gone")
    case .source, .window, .sink:
      let what =
        switch shape.kind {
        case .window: "the windows of '\(shape.id)' (\(shape.meaning))"
        case .sink: "what the sink '\(shape.id)' prepared"
        default: "how far the source '\(shape.id)' was read"
        }
      if dropsUnknown {
        notices.append("\(what): dropped, for no operator of that name is left")
      } else {
        refusals.append(
          "the checkpoint holds \(what), and the pipeline has no operator of that name; put it back, "
            + "`name:` one so, or drop it with --allow-non-restored-state")
      }
    }
  }

  private mutating func compare(_ old: OperatorShape, _ new: OperatorShape) {
    guard new.kind == .window else {
      if old.meaning != new.meaning {
        notices.append(
          "'\(new.id)' was \(old.meaning), now it is \(new.meaning): it holds from here on")
      }
      return
    }
    let before = refusals.count
    if old.keys != new.keys {
      refusals.append(
        "'\(new.id)' was keyed by \(Self.list(old.keys)), now by \(Self.list(new.keys))")
    }
    if old.window != new.window {
      refusals.append("'\(new.id)' was \(old.meaning), now it is \(new.meaning)")
    }
    let (was, now) = (old.aggregates ?? [], new.aggregates ?? [])
    for aggregate in now where !was.contains(aggregate) {
      refusals.append("'\(new.id)': the open windows have no `\(aggregate)`")
    }
    for aggregate in was where !now.contains(aggregate) {
      refusals.append("'\(new.id)': the open windows hold `\(aggregate)`, which is gone")
    }
    if Set(was) == Set(now), was != now {
      refusals.append(
        "'\(new.id)': its aggregates were in another order: \(was.joined(separator: ", "))")
    }
    if refusals.count == before, old.meaning != new.meaning {
      notices.append(
        "'\(new.id)' was \(old.meaning), now it is \(new.meaning): it holds from here on")
    }
  }

  private static func list(_ names: [String]?) -> String {
    names.map { $0.isEmpty ? "nothing" : $0.joined(separator: ", ") } ?? "nothing"
  }

  /// - Throws: a ``ConnectError`` with every reason at once.
  func check(_ checkpoint: Int64) throws {
    guard !refusals.isEmpty else { return }
    let list = refusals.map { "\n  - \($0)" }.joined()
    throw ConnectError(
      "checkpoint \(checkpoint) does not fit the pipeline as it is now:\(list)",
      remedy: "put the pipeline back as it was, or start over with --fresh")
  }
}
