import Columns
import Runtime
import VisibleText

/// One checkpoint as people read it.
struct CheckpointText {
  let report: CheckpointReport
  let ink: Ink
  let nowMs: Int64

  var text: ConsoleText {
    let parts = [head, sources, operators, sinks, counters]
    return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
      .joined(separator: "\n\n") + "\n"
  }

  private var head: [ConsoleText] {
    let name = CheckpointWords.name(report)
    guard let manifest = report.manifest else {
      return [
        "\(ink.paint(ink.safe(name), .strong))  \(ink.paint("damaged", .bad))",
        "  folder  \(ink.safe(report.path))",
      ] + faults
    }
    let age = CheckpointWords.age(report, nowMs: nowMs)
    let status = CheckpointWords.status(report)
    let rows = [
      ("job", manifest.job), ("folder", report.path),
      ("taken", "\(CheckpointWords.taken(report)), \(age) ago"),
      ("status", status), ("size", "\(CheckpointWords.size(report.bytes))"),
      ("records read", report.records.map(Figures.grouped) ?? "unknown"),
      ("watermark", CheckpointWords.watermark(manifest.watermark)),
      ("format", "\(manifest.formatVersion)"), ("pipeline", manifest.fingerprint),
    ]
    let width = rows.map(\.0.count).max() ?? 0
    return [ink.paint(ink.safe(name), .strong)]
      + rows.map { name, value -> ConsoleText in
        let shown =
          name == "status" && report.isDamaged
          ? ink.paint(ink.safe(value), .bad) : ConsoleText(ink.safe(value))
        return "  \(Figures.left(name, width))  \(shown)"
      } + faults
  }

  private var faults: [ConsoleText] {
    let faults: [ConsoleText] = CheckpointWords.faults(report).map {
      "  \(ink.paint(ink.safe($0), .bad))"
    }
    if report.strangers.isEmpty { return faults }
    return faults + [
      "  not of this checkpoint: \(ink.safe(report.strangers.joined(separator: ", ")))"
    ]
  }

  private var sources: [ConsoleText] {
    guard let splits = report.manifest?.splits, !splits.isEmpty else { return [] }
    let rows = splits.map { split in
      [
        ink.safe(split.source), ink.safe(split.name), Figures.grouped(split.offset),
        Figures.grouped(split.line),
        split.maxEventTime.map(CheckpointWords.watermark) ?? "none yet",
        CheckpointWords.watermark(split.watermark), state(split),
      ]
    }
    let heads = ["source", "split", "offset", "line", "newest event", "watermark", "state"]
    return [ink.paint("Sources", .strong)]
      + table(heads, rows, numbers: [2, 3])
  }

  private func state(_ split: CheckpointManifest.SplitState) -> String {
    if split.isEnded { return "read to its end" }
    if split.isIdle == true { return "idle" }
    return split.isPaused == true ? "waits for slower splits" : "being read"
  }

  private var operators: [ConsoleText] {
    guard let entries = report.manifest?.operators, !entries.isEmpty else { return [] }
    let bad = Set(report.faults.compactMap(\.file))
    let rows = entries.map { entry in
      let more = entry.parts.map { " and \($0.count - 1) more" } ?? ""
      return [
        entry.id == "_job" ? "(the job itself)" : ink.safe(entry.id),
        CheckpointWords.size(entry.size), ink.safe(entry.file) + more, ink.safe(entry.checksum),
        entry.files.contains { bad.contains($0.file) } ? "damaged" : "sound",
      ]
    }
    return [ink.paint("Operators", .strong)]
      + table(["operator", "state", "file", "xxHash64", ""], rows, numbers: [1])
  }

  private var sinks: [ConsoleText] {
    guard let sinks = report.manifest?.sinks, !sinks.isEmpty else { return [] }
    var lines = [ink.paint("Sinks", .strong)]
    for sink in sinks {
      lines.append("  \(ink.safe(sink.id))  prepared for checkpoint \(sink.checkpoint)")
      for (name, value) in sink.fields.sorted(by: { $0.key < $1.key }) {
        lines.append("\(ink.paint("    \(ink.safe(name)) ", .faint))\(ink.safe(value))")
      }
    }
    return lines
  }

  private var counters: [ConsoleText] {
    guard let counters = report.manifest?.counters, !counters.isEmpty else { return [] }
    let rows = counters.sorted { $0.key < $1.key }.map {
      [ink.safe($0.key), Figures.grouped($0.value)]
    }
    return [ink.paint("Counters", .strong)] + table(nil, rows, numbers: [1])
  }

  private func table(_ heads: [String]?, _ rows: [[String]], numbers: Set<Int>) -> [ConsoleText] {
    let all = (heads.map { [$0] } ?? []) + rows
    let widths = (all.first ?? []).indices.map { column in
      all.map { DisplayWidth.columns(of: $0[column]) }.max() ?? 0
    }
    return all.enumerated().map { index, cells -> ConsoleText in
      var text = cells.enumerated().map { column, cell -> String in
        let room = String(
          repeating: " ", count: widths[column] - DisplayWidth.columns(of: cell))
        return numbers.contains(column) ? room + cell : cell + room
      }.joined(separator: "  ")
      while text.hasSuffix(" ") { text.removeLast() }
      return index == 0 && heads != nil ? "  \(ink.paint(text, .faint))" : "  \(text)"
    }
  }
}
