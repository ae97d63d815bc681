import Columns
import Foundation
import TestSupport
import Testing

@testable import Engine

/// What Flink SQL computed over a log (Tests/Fixtures/aggregates, where aggregates.sql says how to
/// make it again), computed here.
@Suite struct FlinkAggregates {
  private static let folder =
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/aggregates").path()

  private static let log = "\(folder)/rows.jsonl"

  private static let schema = Schema([
    Field("k", .string), Field("i", .int), Field("n", .bigint), Field("x", .double),
    Field("s", .string), Field("ok", .boolean), Field("d", .date), Field("t", .timestamp),
    Field("m", .decimal(precision: 10, scale: 2)),
  ])

  private struct Golden {
    /// The types of the results, by position of the call.
    var types: [String] = []
    var results: [(key: String, call: String, value: String)] = []
  }

  private func golden() throws -> Golden {
    var golden = Golden()
    for line in try String(contentsOfFile: "\(Self.folder)/results.txt", encoding: .utf8)
      .split(separator: "\n")
    where line.hasPrefix("| ") {
      let cells = line.dropFirst(2).split(
        separator: " |", maxSplits: 3, omittingEmptySubsequences: false
      ).map { $0.trimmingCharacters(in: .whitespaces) }
      if cells[0] == "+I" {
        let value = cells[3].hasSuffix("|") ? String(cells[3].dropLast()) : cells[3]
        golden.results.append((cells[1], cells[2], value.trimmingCharacters(in: .whitespaces)))
      } else if cells[0].hasPrefix("c") {
        golden.types.append(cells[1])
      }
    }
    return golden
  }

  /// The rows of the log, read by the engine's own parser.
  private func rows() throws -> [AggregateBench.Row] {
    let columns = Self.schema.fields.map { field in
      ParseColumn(
        field.name, field.type,
        timeFormat: field.type == .timestamp ? .pattern("yyyy-MM-dd HH:mm:ss") : .iso)
    }
    let source = MemorySource(bytes: Array(try Data(contentsOf: URL(filePath: Self.log))))
    let reader = try source.open(try source.splits()[0], at: .start, framing: .lines)
    var rows: [AggregateBench.Row] = []
    while let block = try reader.next(maxRecords: .max, maxBytes: .max) {
      let parsed = JsonParser(columns: columns).parse(block, header: nil)
      for row in 0..<parsed.count {
        #expect(parsed.badRecord(at: row) == nil)
        let values = parsed.columns.map { $0.map { Value($0, row) } ?? .null }
        rows.append(.init(sequence: Int64(rows.count), values: values))
      }
    }
    return rows
  }

  @Test func everyResultIsFlinks() throws {
    let golden = try golden()
    let calls = golden.results.prefix { $0.key == golden.results[0].key }.map(\.call)
    #expect(calls.count == golden.types.count && calls.count > 70)
    let log = try rows()
    let bench = try AggregateBench(calls, schema: Self.schema)
    for (spec, type) in zip(bench.specs, golden.types) {
      #expect(spec.type.name == type, "\(spec.call)")
    }
    for key in Set(golden.results.map(\.key)).sorted() {
      let rows = log.filter { $0.values[0] == .string(key) }
      let pane = bench.makePane()
      let entry = bench.makeEntry(pane)
      bench.add(rows, to: entry, batches: 10, schema: Self.schema)
      let expected = golden.results.filter { $0.key == key }
      for ((spec, found), (_, call, value)) in zip(zip(bench.specs, bench.results(entry)), expected)
      {
        #expect(text(found, spec.type) == self.text(value, spec.type), "\(key): \(call)")
      }
    }
  }

  private func text(_ value: Value, _ type: ColumnType) -> String {
    value == .null ? "<NULL>" : squeezed(value.description)
  }

  private func text(_ value: String, _ type: ColumnType) -> String {
    if value == "<NULL>" { return value }
    switch type {
    case .double: return Double(value).map { $0.description } ?? value
    case .timestamp: return value.replacing(" ", with: "T") + "Z"
    default: return squeezed(value)
    }
  }

  /// As the fixture was made: without runs of spaces, nor spaces at the ends.
  private func squeezed(_ text: String) -> String {
    text.split(separator: " ").joined(separator: " ")
  }
}
