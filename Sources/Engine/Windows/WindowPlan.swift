import Columns
import Expressions

/// A window operator's fixed part: what every subtask of it shares.
struct WindowPlan: Sendable {
  let id: String
  let spec: WindowSpec
  let keys: KeyEncoding
  let inputSchema: Schema
  let resultSchema: Schema
  let isResultRead: [Bool]
  let isLateRead: Bool
  let accumulators: [Accumulator]
  /// The aggregates that may refuse a row, then the others.
  let failingFirst: [Int]
  let aggregateWords: Int
  /// How a checkpoint keeps the aggregates.
  let layout: AggregateLayout
  /// The aggregates that ``EntryState/settle()`` does something for.
  private let settled: [Accumulator]
  /// Whether a result may be beyond its column's range.
  let canOverflow: Bool
  /// Words of an entry between its header and its aggregates.
  private let stateWords: Int
  /// Whether a window is put together of slices when it fires.
  let isSliced: Bool

  init(id: String, spec: WindowSpec, inputSchema: Schema, isResultRead: [Bool], isLateRead: Bool) {
    self.id = id
    self.spec = spec
    self.inputSchema = inputSchema
    self.isResultRead = isResultRead
    self.isLateRead = isLateRead
    keys = KeyEncoding(columns: spec.keys, schema: inputSchema)
    resultSchema = spec.resultSchema(input: inputSchema)
    isSliced =
      spec.trigger.isDefault && !spec.trigger.isDiscarding
      && WindowGrid(spec.assigner, zone: spec.zone) != nil
    stateWords = isSliced ? 0 : KeyedWord.count
    var words = 0
    accumulators = spec.aggregates.map { [stateWords] aggregate in
      let accumulator = Accumulator(
        aggregate, offset: EntryWord.headerCount + stateWords + words)
      words += accumulator.wordCount
      return accumulator
    }
    aggregateWords = words
    layout = AggregateLayout(accumulators)
    settled = accumulators.filter { $0.kind == .percentile }
    let order = accumulators.indices
    failingFirst =
      order.filter { [accumulators] in accumulators[$0].canFail }
      + order.filter { [accumulators] in !accumulators[$0].canFail }
    canOverflow = accumulators.contains { $0.canOverflow }
  }

  // MARK: state

  func makeSubtask() -> any WindowSubtask {
    if isSliced, let grid = WindowGrid(spec.assigner, zone: spec.zone) {
      return SlicedWindows(plan: self, grid: grid)
    }
    return KeyedWindows(plan: self)
  }

  /// An empty pane for entries of this operator.
  func pane(_ span: TimeSpan) -> Pane {
    Pane(
      start: span.start, end: span.end, aggregateWords: stateWords + aggregateWords)
  }

  /// Adds what one pane holds to another.
  ///
  /// - Parameters:
  ///   - limit: at most so many entries of it, for those who only look.
  ///   - isBorrowing: whether keys stay where they are, in memory that the other pane then holds
  ///     too: for one that is soon gone.
  func merge(
    _ source: Pane, into target: Pane, limit: Int = .max, isBorrowing: Bool = false
  ) {
    target.isChanged = true
    if isBorrowing { target.borrow(source.arena) }
    let most = min(source.count, limit)
    guard most > 0 else { return }
    let pairs = UnsafeMutablePointer<EntryPair>.allocate(capacity: most)
    defer { pairs.deallocate() }
    var count = 0
    for number in 0..<most {
      let entry = source.entry(number)
      guard entry[EntryWord.rows] > 0 else { continue }
      let sum = target.entry(
        entry.key, UInt64(bitPattern: entry[EntryWord.hash]),
        sequence: entry[EntryWord.firstSequence], isBorrowing: isBorrowing)
      target.willChange(sum)
      Self.mergeHeader(entry, into: sum)
      pairs[count] = EntryPair(source: entry, target: sum)
      count += 1
    }
    // An aggregate at a time: what kind it is, is asked once.
    for accumulator in accumulators {
      accumulator.merge(UnsafeBufferPointer(start: pairs, count: count))
    }
  }

  /// Adds the rows of one entry to another.
  func merge(_ source: Entry, into target: Entry) {
    Self.mergeHeader(source, into: target)
    for accumulator in accumulators { accumulator.merge(source, into: target) }
  }

  @inline(__always)
  private static func mergeHeader(_ source: Entry, into target: Entry) {
    target[EntryWord.firstSequence] = min(
      target[EntryWord.firstSequence], source[EntryWord.firstSequence])
    target[EntryWord.rows] &+= source[EntryWord.rows]
  }

  /// Prepares an entry that changes anyway for more than one result.
  @inline(__always)
  func settle(_ entry: Entry) {
    for accumulator in settled { EntryState.at(entry + accumulator.offset)?.settle() }
  }

  /// Why an entry's result cannot be given; nil where it can.
  func fault(_ entry: Entry) -> String? {
    for (index, accumulator) in accumulators.enumerated() where accumulator.canOverflow {
      if let fault = accumulator.fault(entry) {
        return "'\(spec.aggregates[index].name)': \(fault)"
      }
    }
    return nil
  }

  /// What is left of a result that cannot be given.
  func letter(_ result: WindowResult, cause: Int64, error: String) -> DeadLetter {
    let arena = Arena(blockSize: 256)
    let start = formatTimestamp(result.start)
    let end = formatTimestamp(result.end)
    return DeadLetter(
      sequence: cause, error: error, position: "window [\(start), \(end))",
      raw: arena.copy("key: \(result.key), rows: \(result.rows)"), owner: arena)
  }

  // MARK: results

  /// The bounds of results.
  enum Bounds {
    /// All of them of one window.
    case window(TimeSpan)
    /// Each with those in its entry.
    case own

    func span(_ entry: Entry) -> TimeSpan {
      switch self {
      case .window(let span): span
      case .own: entry.span
      }
    }
  }

  /// Writes results into rows of a builder, column by column.
  func fill(
    _ results: ResultBuilder, from first: Int, _ firings: [WindowWork.Firing], _ bounds: Bounds,
    kind: RowKind
  ) {
    guard let pane = firings.first?.entry.pane else { return }
    results.hold(pane)
    let columns = results.columns
    let count = firings.count
    if !spec.keys.isEmpty {
      let outputs = Array(columns[..<spec.keys.count])
      for index in 0..<count { keys.decode(firings[index].entry.key, into: outputs, first + index) }
    }
    var at = spec.keys.count
    fillBound(columns[at], first, firings, bounds) { $0.start }
    fillBound(columns[at + 1], first, firings, bounds) { $0.end }
    at += 2
    for accumulator in accumulators {
      if let column = columns[at] {
        for index in 0..<count {
          accumulator.result(
            firings[index].entry, into: column, first + index, texts: results.texts)
        }
      }
      at += 1
    }
    if let column = columns[at] {
      let text = Self.kindTexts[kind] ?? .empty
      for index in 0..<count { column.bytes[first + index] = text }
    }
    if let column = columns[at + 1] {
      let target = column.integers + first
      for index in 0..<count { target[index] = pane.firings(firings[index].entry) }
    }
    fillBound(columns[at + 2], first, firings, bounds) { $0.maxTimestamp }
    if let column = columns[at + 3] {
      let target = column.integers + first
      for index in 0..<count { target[index] = firings[index].risen }
    }
  }

  private func fillBound(
    _ column: Column?, _ first: Int, _ firings: [WindowWork.Firing], _ bounds: Bounds,
    _ moment: (TimeSpan) -> Int64
  ) {
    guard let column else { return }
    switch bounds {
    case .window(let span) where span.start != .min:
      (column.integers + first).update(repeating: moment(span), count: firings.count)
    default:
      let target = column.integers + first
      for index in firings.indices {
        let span = bounds.span(firings[index].entry)
        // Rows without an event time have windows without bounds.
        if span.start == .min {
          column.setNull(first + index)
        } else {
          target[index] = moment(span)
        }
      }
    }
  }

  private static let kindTexts: [RowKind: Bytes] = {
    var texts: [RowKind: Bytes] = [:]
    for kind in [RowKind.insert, .updateBefore, .updateAfter, .delete] {
      let place = UnsafeMutablePointer<UInt8>.allocate(capacity: 2)
      for (index, byte) in kind.rawValue.utf8.enumerated() { place[index] = byte }
      texts[kind] = Bytes(start: UnsafePointer(place), count: 2)
    }
    return texts
  }()

  /// The aggregates of an entry, for people.
  func values(_ entry: Entry) -> [Value] {
    let texts = Arena(blockSize: 256)
    return accumulators.map { accumulator in
      let column = Column(accumulator.type, capacity: 1)
      column.owners = [entry.pane, texts]
      accumulator.result(entry, into: column, 0, texts: texts)
      return Value(column, 0)
    }
  }

  func result(_ entry: Entry, _ span: TimeSpan) -> WindowResult {
    WindowResult(
      key: keys.text(entry.key), start: span.start, end: span.end, rows: entry[EntryWord.rows],
      firings: entry.pane.firings(entry), values: values(entry),
      firstSequence: entry[EntryWord.firstSequence])
  }
}
