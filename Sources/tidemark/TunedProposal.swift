import Connectors
import Engine
import Foundation
import Pipelines
import Runtime

/// A pipeline proposed for a log, with the watermark that tuning finds best for its beginning.
enum TunedProposal {
  /// The proposed text; as it was where there is nothing to tune.
  static func tuned(_ proposal: LogProposal, log: String) -> String {
    let document = PipelineDocument.parse(text: proposal.text, path: proposal.path)
    guard case .success(let graph) = Planner.plan(document),
      var job = TuningJob.of(graph, window: nil, otherwise: TuningJob.Window(sizeMs: 60_000)),
      let time = job.spec.eventTime, let head = head(of: log)
    else { return proposal.text }
    for index in job.spec.columns.indices where index != time {
      job.spec.columns[index].isRead = false
    }
    // Everything is weighed anew, as `tidemark tune` does.
    job.spec.watermark = WatermarkSpec()
    job.source = MemoryRecords([.init(name: log, records: head)])
    guard let report = try? Tuning.run(job), report.events > 0 else { return proposal.text }
    let found = WatermarkProposal.of(report, takesIdleAfter: false)
    return replacing(found, in: proposal.text)
  }

  private static func head(of log: String) -> [String]? {
    guard let bytes = try? FileSystem.beginning(of: log, limit: LogProposal.sampleBytes).bytes
    else {
      return nil
    }
    var lines = String(decoding: bytes, as: UTF8.self)
      .split(omittingEmptySubsequences: true) { $0.isNewline }.map(String.init)
    // The last one may be cut.
    if bytes.count >= LogProposal.sampleBytes { _ = lines.popLast() }
    return lines
  }

  /// A run is for keeps: its results go to a file, not to the screen on which it was written.
  static func kept(_ text: String) -> String {
    let name = PipelineDocument.parse(text: text, path: "log.yaml").name
    return text.replacingOccurrences(
      of: "  - sink: stdout\n", with: "  - sink: file\n    path: out/\(name).jsonl\n")
  }

  /// The text with the watermark and the reasons over it.
  private static func replacing(_ found: WatermarkProposal, in text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let place = lines.firstIndex(where: { $0.hasPrefix("    watermark: ") }) else {
      return text
    }
    var first = place
    while first > 0, lines[first - 1].hasPrefix("    #") { first -= 1 }
    let reasons = found.reasons.map { "    # \($0.split(separator: "\n").joined(separator: " "))" }
    lines.replaceSubrange(first...place, with: reasons + ["    \(found.yaml)"])
    return lines.joined(separator: "\n")
  }
}
