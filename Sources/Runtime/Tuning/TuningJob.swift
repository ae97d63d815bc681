import Columns
public import Engine
import Expressions

/// What a tuning reads: a source with its parse, the operators that stand between it and a window,
/// and that window.
public struct TuningJob: Sendable {
  /// Windows to judge rows by: `[start, start + size)`, with a start every slide. A row is late
  /// when the last of its windows has ended: for windows that grow, that is the longest one.
  public struct Window: Sendable, Hashable {
    /// What it is called in the pipeline; nil for one that was asked for.
    public var name: String?
    public var sizeMs: Int64
    /// The size, where windows do not overlap.
    public var slideMs: Int64
    public var offsetMs: Int64
    public var allowedLatenessMs: Int64

    public init(
      name: String? = nil, sizeMs: Int64, slideMs: Int64? = nil, offsetMs: Int64 = 0,
      allowedLatenessMs: Int64 = 0
    ) {
      self.name = name
      self.sizeMs = sizeMs
      self.slideMs = slideMs ?? sizeMs
      self.offsetMs = offsetMs
      self.allowedLatenessMs = allowedLatenessMs
    }
  }

  public var source: any Source
  public var spec: ParseSpec
  public var window: Window
  /// Filters and derivations that a row passes before the window.
  var gates: [JobNode] = []
  /// Bounds to weigh beside the usual ones, ms.
  public var alsoTry: [Int64] = []
  /// Whether event times so far ahead that a clock must be wrong are looked for where the parse
  /// has no `max_future`.
  public var looksForBadClocks = true

  public init(source: any Source, spec: ParseSpec, window: Window) {
    self.source = source
    self.spec = spec
    self.window = window
  }

  /// The first source of a job, up to the first window that its rows reach whose ends are on a grid
  /// of time: tumbling, sliding or cumulating.
  ///
  /// - Parameter window: to judge by in place of the job's own, or where it has none.
  /// - Returns: nil for a job without a source.
  public static func of(_ graph: JobGraph, window asked: Window?, otherwise: Window) -> TuningJob? {
    for (index, node) in graph.nodes.enumerated() {
      guard case .ingest(let source, let spec) = node.logic else { continue }
      var job = TuningJob(source: source, spec: spec, window: asked ?? otherwise)
      if let (window, gates) = path(from: index, in: graph) {
        job.gates = gates
        if asked == nil { job.window = window }
      }
      return job
    }
    return nil
  }

  /// The way from a source to the first window on a grid below it.
  private static func path(from source: Int, in graph: JobGraph) -> (Window, [JobNode])? {
    for node in graph.nodes {
      guard case .window(let spec) = node.logic, spec.zone == nil,
        var window = grid(of: spec.assigner)
      else {
        continue
      }
      window.name = node.id
      window.allowedLatenessMs = spec.late == .drop ? 0 : spec.allowedLatenessMs
      var gates: [JobNode] = []
      var at = node
      while let input = at.inputs.first, at.inputs.count == 1, input.port == .main {
        if input.node == source {
          return (window, gates.reversed())
        }
        at = graph.nodes[input.node]
        switch at.logic {
        case .filter, .derive: gates.append(at)
        default: break
        }
        if gates.last?.id != at.id { break }
      }
    }
    return nil
  }

  private static func grid(of assigner: WindowAssigner) -> Window? {
    switch assigner {
    case .tumbling(let size, let offset): Window(sizeMs: size, offsetMs: offset)
    case .sliding(let size, let slide, let offset):
      Window(sizeMs: size, slideMs: slide, offsetMs: offset)
    case .cumulating(_, let max, let offset): Window(sizeMs: max, offsetMs: offset)
    case .session, .count, .global: nil
    }
  }

  /// Whether each row of a block passes the gates; nil where all do.
  func passes(_ block: ParsedBlock) -> [Bool]? {
    if gates.isEmpty { return nil }
    let schema = Schema(spec.columns.map { Field($0.name, $0.type) })
    var batch = Batch(
      schema: schema, columns: block.columns, count: block.count, eventTimeColumn: spec.eventTime)
    var isGood = [Bool](repeating: true, count: block.count)
    for bad in block.bad { isGood[bad.row] = false }
    batch.selection = Selection(isGood.indices.filter { isGood[$0] })
    for gate in gates { apply(gate, to: &batch) }
    var passes = [Bool](repeating: false, count: block.count)
    for row in batch.selectedRows { passes[Int(row)] = true }
    return passes
  }

  private func apply(_ gate: JobNode, to batch: inout Batch) {
    if case .filter(let condition) = gate.logic {
      batch.selection = condition.filter(batch, rows: batch.selectedRows).0
    } else if case .derive(let expressions) = gate.logic {
      batch.schema = gate.schema
      for expression in expressions {
        let rows = batch.selectedRows
        let evaluated = expression.evaluate(batch, rows: rows)
        batch.columns.append(evaluated.column)
        if evaluated.failures.isEmpty { continue }
        let failed = Set(evaluated.failures.map(\.row))
        batch.selection = Selection(rows.map(Int.init).filter { !failed.contains($0) })
      }
    }
  }
}
