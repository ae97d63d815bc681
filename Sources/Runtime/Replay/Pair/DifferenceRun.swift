import Columns
import Engine

/// Runs two variants of a job beside their replays and compares what they give.
///
/// Where it stands is kept now and then, so that going back does not begin anew.
final class DifferenceRun {
  private struct Saved {
    var a: ReplayMemory
    var b: ReplayMemory
    var difference: ResultDifference
  }

  private let machines: [PairSide: ReplayMachine]
  private var difference = ResultDifference()
  private var saved: [Saved]
  private var interval: Int64
  /// Records that one answer reads at most, so that nobody waits long.
  private let biteRecords: Int64
  private let columns: [String: DifferencePage.Columns]
  /// For each variant and sink, the places of the columns in its rows; nil for one it has not.
  private let places: [PairSide: [String: Places]]

  private struct Places {
    var identity: [Int?]
    var values: [Int?]
  }

  private static let savedLimit = 24
  private static let savedBytes = 128 << 20

  /// - Throws: ``ConnectError`` where a split cannot be opened.
  init(
    _ a: JobGraph, _ b: JobGraph, clock: @escaping ProcessingClock, biteRecords: Int64 = 32_768,
    savedEvery interval: Int64 = 8192
  ) throws {
    (self.biteRecords, self.interval) = (biteRecords, interval)
    let machineA = try ReplayMachine(graph: a, clock: clock)
    let machineB = try ReplayMachine(graph: b, clock: clock)
    machines = [.a: machineA, .b: machineB]
    saved = [Saved(a: machineA.memory, b: machineB.memory, difference: difference)]
    let names = [PairSide.a: Self.outputColumns(a), .b: Self.outputColumns(b)]
    let about = Self.identityNames(a).union(Self.identityNames(b))
    var columns: [String: DifferencePage.Columns] = [:]
    for sink in Set(names.values.flatMap(\.keys)) {
      let (left, right) = (names[.a]?[sink] ?? [], names[.b]?[sink] ?? [])
      let all = left + right.filter { !left.contains($0) }
      // Rows that do not say of which window they are can only be alike or not.
      let isNamed = left.contains("window_start") && right.contains("window_start")
      columns[sink] = DifferencePage.Columns(
        identity: isNamed ? all.filter { about.contains($0) } : [],
        values: isNamed ? all.filter { !about.contains($0) } : all)
    }
    self.columns = columns
    places = names.mapValues { sinks in
      sinks.reduce(into: [:]) { places, sink in
        guard let known = columns[sink.key] else { return }
        places[sink.key] = Places(
          identity: known.identity.map { sink.value.firstIndex(of: $0) },
          values: known.values.map { sink.value.firstIndex(of: $0) })
      }
    }
  }

  /// The names of the columns that say what a result is about.
  private static func identityNames(_ graph: JobGraph) -> Set<String> {
    var names: Set<String> = ["window_start", "window_end"]
    for node in graph.nodes {
      guard case .window(let spec) = node.logic, let input = node.inputs.first else { continue }
      let schema = graph.nodes[input.node].schema
      for key in spec.keys where schema.fields.indices.contains(key) {
        names.insert(schema.fields[key].name)
      }
    }
    return names
  }

  /// Reads on, or goes back, towards a tick.
  ///
  /// - Returns: whether it is there.
  private func advance(to tick: Int64, _ isCancelled: () -> Bool) throws -> Bool {
    guard let a = machines[.a], let b = machines[.b] else { return true }
    if a.tick > tick {
      guard let nearest = saved.last(where: { $0.a.tick <= tick }) else { return false }
      try a.restore(nearest.a)
      try b.restore(nearest.b)
      difference = nearest.difference
    }
    let last = min(tick, a.tick + biteRecords)
    while a.tick < last, !isCancelled() {
      let next = min(last, a.tick + ReplayMachine.roundRecords)
      for side in PairSide.allCases {
        guard let machine = machines[side] else { continue }
        var ignored = ReplayHistory()
        while machine.tick < next {
          guard try machine.forward(atMost: next - machine.tick, noting: &ignored) else { break }
          take(machine.round, from: side)
        }
      }
      if a.execution.hasFinished { break }
      save(a, b)
    }
    return a.tick >= tick || a.execution.hasFinished
  }

  private func save(_ a: ReplayMachine, _ b: ReplayMachine) {
    guard let last = saved.last, a.tick - last.a.tick >= interval else { return }
    saved.append(Saved(a: a.memory, b: b.memory, difference: difference))
    let bytes = saved.reduce(0) { $0 + $1.a.byteCount + $1.b.byteCount }
    if saved.count > Self.savedLimit || bytes > Self.savedBytes && saved.count > 2 {
      interval *= 2
      saved = saved.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
    }
  }

  private func take(_ round: ReplayRound, from side: PairSide) {
    for case .output(_, let line) in round.items {
      guard let places = places[side]?[line.sink] else { continue }
      func values(_ places: [Int?]) -> [String] {
        places.map { $0.flatMap { line.values.indices.contains($0) ? line.values[$0] : nil } ?? "" }
      }
      difference.take(
        line.kind, sink: line.sink, identity: values(places.identity),
        values: values(places.values), position: line.position, from: side)
    }
  }

  /// What differs up to a tick, or as far as one bite came.
  func page(
    _ query: DifferenceQuery, at tick: Int64, _ isCancelled: () -> Bool
  ) throws -> DifferencePage {
    let isThere = try advance(to: tick, isCancelled)
    var page = difference.page(query)
    page.columns = columns
    page.isComplete = isThere
    page.position = machines[.a]?.execution.recordsRead ?? 0
    return page
  }

  /// The names of the columns that each sink of a graph gets.
  static func outputColumns(_ graph: JobGraph) -> [String: [String]] {
    graph.nodes.reduce(into: [:]) { columns, node in
      guard case .sink(let spec) = node.logic else { return }
      columns[node.id] = CaptureSink.shown(spec.columns, node.schema)
        .map { node.schema.fields[$0].name }
    }
  }
}
