import Columns
import Expressions
import TestSupport

@testable import Engine

/// Aggregates on their own: entries that rows are added to, without windows around them.
struct AggregateBench {
  struct Row {
    var sequence: Int64
    var values: [Value]
  }

  static let schema = Schema([
    Field("i", .int), Field("n", .bigint), Field("x", .double), Field("z", .double),
    Field("s", .string), Field("ok", .boolean), Field("d", .date), Field("t", .timestamp),
    Field("m", .decimal(precision: 10, scale: 2)), Field("a", .array(.int)),
  ])

  let specs: [AggregateSpec]
  let accumulators: [Accumulator]
  private let words: Int
  private let held = Held()

  private final class Held {
    var panes: [Pane] = []
  }

  init(_ calls: [String], schema: Schema = Self.schema) throws {
    try self.init(calls.enumerated().map { try AggregateSpec("c\($0)", call: $1, schema: schema) })
  }

  init(_ specs: [AggregateSpec]) {
    self.specs = specs
    var words = 0
    accumulators = specs.map { spec in
      let accumulator = Accumulator(spec, offset: EntryWord.headerCount + words)
      words += accumulator.wordCount
      return accumulator
    }
    self.words = words
  }

  /// Every function over every type that it takes, with and without DISTINCT and FILTER.
  static let everyCall: [String] =
    AggregateSpec.Function.allCases.flatMap { function in
      schema.fields.flatMap { field -> [String] in
        guard AggregateSpec.resultType(of: function, argument: field.type) != nil else { return [] }
        let parameters: [String] =
          switch function.parameter {
          case .decider: ["n", "z", "s", "m", "ok"].map { ", \($0)" }
          case .fraction: [", 0", ", 0.37", ", 0.5", ", 1"]
          case .separator: ["", ", '; '"]
          case .limit: [", 1", ", 5"]
          case nil: [""]
          }
        return parameters.flatMap { parameter in
          (function.takesDistinct ? ["", "DISTINCT "] : [""]).flatMap { distinct in
            ["", " FILTER (WHERE ok)"].map {
              "\(function.rawValue)(\(distinct)\(field.name)\(parameter))\($0)"
            }
          }
        }
      }
    } + ["COUNT(*)", "COUNT(*) FILTER (WHERE ok)"]

  /// A pane that lives as long as this: its entries are only addresses.
  func makePane() -> Pane {
    let pane = Pane(start: 0, end: 1, aggregateWords: words)
    held.panes.append(pane)
    return pane
  }

  func makeEntry(_ pane: Pane) -> Entry { pane.insert(.empty, 0, sequence: 0) }

  /// Adds rows in batches of so many.
  ///
  /// - Returns: the numbers of the records that were refused, by aggregate.
  @discardableResult
  func add(
    _ rows: [Row], to entry: Entry, batches: Int = .max, schema: Schema = Self.schema
  ) -> [Int: [Int64]] {
    var refused: [Int: [Int64]] = [:]
    var rest = rows[...]
    while !rest.isEmpty {
      let batch = Self.batch(Array(rest.prefix(batches)), schema)
      rest = rest.dropFirst(min(batches, rest.count))
      let selection = Selection.all(batch.count)
      let entries = [Entry](repeating: entry, count: batch.count)
      entries.withUnsafeBufferPointer { entries in
        guard let start = entries.baseAddress else { return }
        let run = Accumulator.Run(
          rows: UnsafePointer(selection.rows), entries: start, count: batch.count, batch: batch)
        for (index, accumulator) in accumulators.enumerated() {
          func column(_ expression: CompiledExpression?) -> Column? {
            expression?.evaluate(batch, rows: selection).column
          }
          accumulator.add(
            run, argument: column(specs[index].argument), second: column(specs[index].second),
            filter: column(specs[index].filter)
          ) { refused[index, default: []].append(batch.sequence(of: $0)) }
        }
      }
    }
    return refused
  }

  static func batch(_ rows: [Row], _ schema: Schema = Self.schema) -> Batch {
    let columns = schema.fields.indices.map { index -> Column? in
      let column = Column(schema.fields[index].type, capacity: rows.count)
      let arena = Arena()
      column.owners = [arena]
      for (row, values) in rows.enumerated() {
        column.set(values.values[index], at: row, in: arena)
      }
      return column
    }
    return Batch(
      schema: schema, columns: columns, count: rows.count, sequences: Longs(rows.map(\.sequence)))
  }

  func results(_ entry: Entry) -> [Value] {
    accumulators.map { accumulator in
      let texts = Arena()
      let column = Column(accumulator.type, capacity: 1)
      column.owners = [texts]
      accumulator.result(entry, into: column, 0, texts: texts)
      return Value(column, 0)
    }
  }

  func merge(_ source: Entry, into target: Entry) {
    for accumulator in accumulators { accumulator.merge(source, into: target) }
  }

  func bytes(_ entry: Entry) -> [UInt8] {
    var writer = StateWriter()
    AggregateLayout(accumulators).write(entry, to: &writer)
    return writer.bytes
  }

  func read(_ bytes: [UInt8], into entry: Entry) throws -> Bool {
    var reader = StateReader(bytes)
    try AggregateLayout(accumulators).read(&reader, into: entry)
    return reader.isAtEnd
  }

  // MARK: random rows

  /// Rows with NULLs, equal values, and doubles that are no numbers in `z`.
  static func rows(_ count: Int, _ random: inout SeededRandom) -> [Row] {
    var sequence = Int64.random(in: 0...5, using: &random)
    let texts = ["", "a", "b", "ab", "Ä", "zebra", "a longer text that takes more room", "日本"]
    let odd = [0.0, -0.0, .infinity, -.infinity, .nan, 1.5, -1.5, 1e-300]
    return (0..<count).map { _ in
      sequence += Int64.random(in: 1...3, using: &random)
      var values: [Value] = [
        .integer(Int64.random(in: -20...20, using: &random)),
        .integer(Int64.random(in: -1_000_000_000_000...1_000_000_000_000, using: &random)),
        .double(Double.random(in: -1000...1000, using: &random)),
        .double(odd.randomElement(using: &random) ?? 0),
        .string(texts.randomElement(using: &random) ?? ""),
        .boolean(Bool.random(using: &random)),
        .date(Int64.random(in: -40000...40000, using: &random)),
        .time(Int64.random(in: -5...5, using: &random) * 1000),
        .decimal(DecimalNumber(Int128(Int64.random(in: -999...999, using: &random)), scale: 2)),
        .array((0..<Int.random(in: 0...2, using: &random)).map { .integer(Int64($0)) }),
      ]
      for index in values.indices where Int.random(in: 0..<6, using: &random) == 0 {
        values[index] = .null
      }
      return Row(sequence: sequence, values: values)
    }
  }
}
