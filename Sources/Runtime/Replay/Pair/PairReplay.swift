/// Two variants of a pipeline over the same log, moved together: what is asked of the pair is done
/// by the one that is shown, and the other follows to the same record.
public final class PairReplay: ReplayControlling {
  /// Compares what the two have given, up to a position or as far as it came.
  package typealias Comparison = (
    DifferenceQuery, ReplayPosition, _ isCancelled: () -> Bool
  ) throws -> DifferencePage

  private let a: any ReplayControlling
  private let b: any ReplayControlling
  private let compare: Comparison
  public private(set) var shown: PairSide = .a

  /// - Parameters:
  ///   - a: keeps its position.
  ///   - b: goes there with ``align(isCancelled:)``.
  public convenience init(a: Replay, b: Replay) {
    var run: DifferenceRun?
    self.init(a: a, b: b) { query, position, isCancelled in
      let current = try run ?? DifferenceRun(a.graph, b.graph, clock: a.clock)
      run = current
      return try current.page(
        query, at: position.records + (position.isAtEnd ? 1 : 0), isCancelled)
    }
  }

  package init(
    a: any ReplayControlling, b: any ReplayControlling, compare: @escaping Comparison
  ) {
    self.a = a
    self.b = b
    self.compare = compare
  }

  private var here: any ReplayControlling { shown == .a ? a : b }
  private var there: any ReplayControlling { shown == .a ? b : a }

  public var view: ReplayView { here.view }
  public var position: ReplayPosition { here.position }
  public var workNs: [UInt64?] { here.workNs }

  public var pair: PairView { PairView(a: a.view, b: b.view, shown: shown) }

  /// Chooses the variant that ``view`` is of.
  public func show(_ side: PairSide) { shown = side }

  /// Lets the second variant go; the first stays where it stands.
  public func separate() { b.close() }

  /// Brings the variant that is not shown to where the other stands.
  public func align(isCancelled: () -> Bool) throws {
    let position = here.position
    guard there.position != position else { return }
    try there.move(
      position.isAtEnd ? .end : .position(position.records), isCancelled: isCancelled)
  }

  public func move(_ move: ReplayMove, isCancelled: () -> Bool) throws {
    try here.move(move, isCancelled: isCancelled)
    try align(isCancelled: isCancelled)
  }

  public func play(until playhead: Int64?, maxRecords: Int) throws -> Int {
    let count = try here.play(until: playhead, maxRecords: maxRecords)
    try align(isCancelled: { false })
    return count
  }

  public func show(windowNode: Int) {
    a.show(windowNode: windowNode)
    b.show(windowNode: windowNode)
  }

  public func close() {
    a.close()
    b.close()
  }

  public func answer(_ query: ReplayQuery, isCancelled: () -> Bool) throws -> ReplayAnswer? {
    guard case .difference(let query) = query else {
      return try here.answer(query, isCancelled: isCancelled)
    }
    return .difference(try compare(query, position, isCancelled))
  }
}
