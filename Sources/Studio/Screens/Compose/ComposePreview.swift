import Columns
import Engine
public import Pipelines
public import Runtime

/// The first records of the log at every step of a pipeline as it is written now.
public struct ComposePreview: Sendable, Equatable {
  /// The version that was run.
  public var text: String
  /// The first records as they stand in the log.
  public var raw: [String] = []
  public var run = PipelinePreview()
  /// The node of each step, by its place.
  public var nodes: [Int: Int] = [:]
  /// Why nothing could be read; nil where it could.
  public var fault: String?

  /// Records that are read at most.
  static let records = 1000
  /// Rows that are kept of each side.
  static let rows = 200

  public init(text: String) { self.text = text }

  /// What a step does to the rows; nil where it does not run.
  public func node(at place: Int) -> PipelinePreview.Node? {
    nodes[place].flatMap { run.nodes.element(at: $0) }
  }

  /// Runs the sound part of a pipeline over the beginning of its log. Writes nothing.
  ///
  /// - Returns: nil where `isCancelled` said so.
  public static func make(
    _ document: PipelineDocument, isCancelled: () -> Bool = { false }
  ) -> ComposePreview? {
    let plan = PreviewPlan.make(document)
    var preview = ComposePreview(text: document.text)
    preview.nodes = plan.nodes
    do {
      if let source = plan.source {
        // Looking at a pipe would take from it what a run is to read.
        if let pipe = try source.splits().first(where: { $0.size == nil }) {
          preview.fault =
            "\(pipe.name) can be read only once, by a run: save the log to a file to see it here"
          return preview
        }
        preview.raw = try rawRecords(of: source, plan.framing)
      }
      guard !plan.graph.nodes.isEmpty else { return preview }
      guard
        let run = try PipelinePreview.of(
          plan.graph, records: records, patience: 10, rows: rows, isCancelled: isCancelled)
      else { return nil }
      preview.run = run
    } catch {
      preview.fault = "\(error)"
    }
    return preview
  }

  /// The first records of the first split that has some.
  private static func rawRecords(of source: any Source, _ framing: Framing) throws -> [String] {
    for split in try source.splits() {
      let reader = try source.open(split, at: .start, framing: framing)
      defer { reader.close() }
      guard let block = try reader.next(maxRecords: rows, maxBytes: 256 << 10) else { continue }
      return String(decoding: block.bytes.buffer, as: UTF8.self)
        .split(whereSeparator: \.isNewline).prefix(rows).map { String($0.prefix(2000)) }
    }
    return []
  }
}
