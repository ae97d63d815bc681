import Engine
import TestSupport
import Testing

@testable import Runtime

/// Two variants over one log: they stand at the same record, and what differs is what differs when
/// both are run whole and compared row by row.
@Suite struct PairReplays {
  private static let never: @Sendable () -> Bool = { false }

  typealias Change = @Sendable (inout WindowJob) -> Void

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var a: Change
    var b: Change
    var testDescription: String { name }
  }

  private static func job(_ change: Change) -> WindowJob {
    var job = WindowJob()
    job.assigner = .tumbling(sizeMs: 25, offsetMs: 0)
    job.outOfOrdernessMs = 8
    job.late = .correct
    job.allowedLatenessMs = 20
    change(&job)
    return job
  }

  private static let cases = [
    Case(name: "delays", a: { _ in }, b: { $0.outOfOrdernessMs = 40 }),
    Case(
      name: "late policies",
      a: {
        $0.late = .drop; $0.allowedLatenessMs = 0
      }, b: { _ in }),
    Case(
      name: "updates in place", a: { $0.late = .update },
      b: {
        $0.late = .update; $0.outOfOrdernessMs = 30
      }),
    Case(
      name: "windows", a: { _ in },
      b: { $0.assigner = .sliding(sizeMs: 50, slideMs: 25, offsetMs: 0) }),
    Case(
      name: "sessions", a: { $0.assigner = .session(gapMs: 4) },
      b: { $0.assigner = .session(gapMs: 7) }),
    Case(name: "filters", a: { _ in }, b: { $0.filter = "value % 7 <> 3" }),
  ]

  private static func graphs(_ test: Case) throws -> (JobGraph, JobGraph) {
    var random = SeededRandom(seed: 91)
    let lines = (0..<180).map { index in
      let late = Int.random(in: 0..<8, using: &random) == 0 ? 40 : 0
      let time = index * 3 - Int.random(in: 0...9, using: &random) - late
      let key = Int.random(in: 0..<4, using: &random)
      return "{\"ts\":\(time),\"key\":\"k\(key)\",\"value\":\(index)}\n"
    }
    let source = MemorySource([(name: "s", text: lines.joined())])
    return (try job(test.a).graph(source), try job(test.b).graph(source))
  }

  /// The results that stand after a replay's output so far, each as its columns.
  private static func standing(_ replay: Replay) throws -> [[String]] {
    guard
      case .output(let page)? = try replay.answer(
        .output(OutputQuery(range: ListRange(limit: 100_000))), isCancelled: never)
    else { return [] }
    var rows: [[String]] = []
    for line in page.lines.reversed() {
      let names = page.columns[line.sink] ?? []
      let about = names.indices.filter {
        ["key", "window_start", "window_end"].contains(names[$0])
      }
      switch line.kind {
      case "-U", "-D": if let place = rows.lastIndex(of: line.values) { rows.remove(at: place) }
      case "+U":
        if let place = rows.lastIndex(where: { row in
          about.allSatisfy { row[$0] == line.values[$0] }
        }) {
          rows.remove(at: place)
        }
        rows.append(line.values)
      default: rows.append(line.values)
      }
    }
    return rows
  }

  private static func rest(_ rows: [[String]], without others: [[String]]) -> [[String]] {
    var others = others
    return rows.filter { row in
      guard let place = others.firstIndex(of: row) else { return true }
      others.remove(at: place)
      return false
    }.sorted { $0.lexicographicallyPrecedes($1) }
  }

  @Test(arguments: cases)
  func whatDiffersIsWhatDiffersRowByRow(_ test: Case) throws {
    let (graphA, graphB) = try Self.graphs(test)
    let (a, b) = (try Replay(graph: graphA), try Replay(graph: graphB))
    let run = try DifferenceRun(
      graphA, graphB, clock: { $0 }, biteRecords: 13, savedEvery: 20)
    let pair = PairReplay(a: a, b: b) { query, position, isCancelled in
      try run.page(query, at: position.records + (position.isAtEnd ? 1 : 0), isCancelled)
    }
    var random = SeededRandom(seed: 5)
    var differences = 0
    for step in 0..<30 {
      if step % 7 == 3 { pair.show(pair.shown.other) }
      let move: ReplayMove =
        switch Int.random(in: 0..<6, using: &random) {
        case 0: .end
        case 1: .nextFiring
        case 2: .events(Int64.random(in: -30...60, using: &random))
        default: .position(Int64.random(in: 0...180, using: &random))
        }
      try pair.move(move, isCancelled: Self.never)
      #expect(a.position == b.position, "\(move)")
      #expect(pair.view == (pair.shown == .a ? a.view : b.view))

      var page = DifferencePage()
      var bites = 0
      repeat {
        let query = ReplayQuery.difference(DifferenceQuery(range: ListRange(limit: 10_000)))
        guard case .difference(let next)? = try pair.answer(query, isCancelled: Self.never) else {
          break
        }
        page = next
        bites += 1
      } while !page.isComplete && bites < 100
      #expect(page.isComplete)
      let (left, right) = (try Self.standing(a), try Self.standing(b))
      let sinks = page.columns["results"] ?? page.columns.first?.value
      #expect(sinks?.identity == ["key", "window_start", "window_end"])
      func whole(_ line: DifferencePage.Line, _ values: [String]) -> [String] {
        line.identity + values
      }
      let onlyA = page.lines.compactMap { line in line.a.map { whole(line, $0) } }
        .sorted { $0.lexicographicallyPrecedes($1) }
      let onlyB = page.lines.compactMap { line in line.b.map { whole(line, $0) } }
        .sorted { $0.lexicographicallyPrecedes($1) }
      #expect(onlyA == Self.rest(left, without: right), "after \(move)")
      #expect(onlyB == Self.rest(right, without: left), "after \(move)")
      #expect(page.resultsA == Int64(left.count) && page.resultsB == Int64(right.count))
      #expect(page.same == Int64(left.count - onlyA.count))
      #expect(page.onlyA + page.onlyB + page.changed == page.lines.count)
      differences += page.lines.count
    }
    #expect(differences > 0)
  }

  @Test func alikeVariantsDifferInNothing() throws {
    let (graphA, graphB) = try Self.graphs(Case(name: "", a: { _ in }, b: { _ in }))
    let pair = PairReplay(a: try Replay(graph: graphA), b: try Replay(graph: graphB))
    try pair.move(.end, isCancelled: Self.never)
    guard
      case .difference(let page)? = try pair.answer(
        .difference(DifferenceQuery()), isCancelled: Self.never)
    else {
      Issue.record("no answer")
      return
    }
    #expect(page.isComplete && page.lines.isEmpty && page.same > 50)
  }

  @Test func playingKeepsBothTogether() throws {
    let (graphA, graphB) = try Self.graphs(Self.cases[0])
    let (a, b) = (try Replay(graph: graphA), try Replay(graph: graphB))
    let pair = PairReplay(a: a, b: b)
    _ = try pair.play(until: 90, maxRecords: 1000)
    #expect(a.position == b.position && a.position.records > 20)
    while try pair.play(until: nil, maxRecords: 50) > 0 {}
    #expect(a.position == b.position && a.position.isAtEnd)
  }
}

/// The changelogs' difference beyond what is kept of each variant.
@Suite struct ResultDifferences {
  @Test func updatesOfOldResultsTakeThePlaceOfWhatIsStillKnown() {
    var difference = ResultDifference()
    for index in 0..<200_100 {
      difference.take(
        "+I", sink: "s", identity: ["k\(index)"], values: ["1"], position: Int64(index), from: .a)
    }
    // The newest is known, so that its update replaces it; the oldest is final.
    difference.take(
      "+U", sink: "s", identity: ["k200099"], values: ["2"], position: 1, from: .a)
    difference.take("+U", sink: "s", identity: ["k0"], values: ["2"], position: 1, from: .a)
    #expect(difference.page(DifferenceQuery()).resultsA == 200_101)
  }
}
