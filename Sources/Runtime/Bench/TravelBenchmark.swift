import Engine

/// Measures time travel: a log is read ahead once, then places in it are gone to.
struct TravelBenchmark {
  let graph: JobGraph
  let clock: any RunClock

  private static let places = 50

  /// - Returns: nil for a case that is another's.
  func run(_ benchmark: Benchmark.Case) throws -> Benchmark.Result? {
    guard [.index, .jump, .back, .firing].contains(benchmark) else { return nil }
    var result = Benchmark.Result(benchmark: benchmark, events: 1, bytes: 0, seconds: [])
    let replay = try Replay(graph: graph)
    let started = clock.monotonicNs
    try replay.move(.end, isCancelled: { false })
    let total = replay.view.position
    if benchmark == .index {
      result.events = total
      result.seconds = [Double(clock.monotonicNs - started) / 1e9]
      return result
    }
    // Places as a person would choose them: all over the log, in no order.
    var place: Int64 = 0
    for number in 0..<Int64(Self.places) {
      place = (place + total / 2 + total / 7 + number * 37) % max(total, 1)
      let jump = try seconds(replay, .position(place))
      switch benchmark {
      case .jump: result.seconds.append(jump)
      case .back: result.seconds.append(try seconds(replay, .events(-1)))
      default: result.seconds.append(try seconds(replay, .nextFiring))
      }
    }
    return result
  }

  /// What a move takes until its picture is there.
  private func seconds(_ replay: Replay, _ move: ReplayMove) throws -> Double {
    let started = clock.monotonicNs
    try replay.move(move, isCancelled: { false })
    _ = replay.view
    return Double(clock.monotonicNs - started) / 1e9
  }
}
