import Columns

extension Accumulator {
  /// Adds rows in order.
  ///
  /// - Parameters:
  ///   - argument: the values, by row of the batch; nil for `COUNT(*)`.
  ///   - second: the values that decide, for `ARG_MIN` and `ARG_MAX`.
  ///   - filter: rows count only where it is TRUE.
  ///   - refuse: called for a position in the run that cannot be added.
  func add(
    _ run: Run, argument: Column?, second: Column? = nil, filter: Column?, refuse: (Int) -> Void
  ) {
    let rows = CountedRows(run, offset: offset, argument: argument, filter: filter)
    switch kind {
    case .countRows, .count: rows.each { _, _, words in words[0] &+= 1 }
    case .countDistinct: addDistinct(rows, argument)
    case .sumInteger:
      guard let values = argument?.integers else { return }
      rows.each { index, row, words in
        let (sum, overflow) = words[SumWord.value].addingReportingOverflow(values[row])
        if overflow {
          if words[SumWord.carry] == 0 { return refuse(index) }
          words[SumWord.carry] &+= values[row] < 0 ? -1 : 1
        }
        words[SumWord.value] = sum
        words[SumWord.rows] &+= 1
      }
    case .averageInteger:
      guard let values = argument?.integers else { return }
      rows.each { _, row, words in
        words.addToSum(values[row])
        words[SumWord.rows] &+= 1
      }
    case .sumDouble, .averageDouble:
      guard let values = argument?.doubles else { return }
      rows.each { _, row, words in
        // Plain addition in the order of arrival, as Flink's: equal to its sums to the last bit.
        words.setDouble(0, words.double(0) + values[row])
        words[1] &+= 1
      }
    case .minInteger:
      guard let values = argument?.integers else { return }
      rows.each { _, row, words in
        if words[1] == 0 || values[row] < words[0] { words[0] = values[row] }
        words[1] &+= 1
      }
    case .maxInteger:
      guard let values = argument?.integers else { return }
      rows.each { _, row, words in
        if words[1] == 0 || values[row] > words[0] { words[0] = values[row] }
        words[1] &+= 1
      }
    case .minDouble, .maxDouble:
      guard let values = argument?.doubles else { return }
      let wantsLess = kind == .minDouble
      rows.each { _, row, words in
        if words[1] == 0 || isBetter(values[row], words.double(0), wantsLess) {
          words.setDouble(0, values[row])
        }
        words[1] &+= 1
      }
    case .minBytes, .maxBytes:
      guard let values = argument?.bytes else { return }
      let sign = kind == .minBytes ? -1 : 1
      rows.each { _, row, words in
        let value = values[row]
        if words[2] == 0 || value.compare(bytes(words)) * sign > 0 {
          setBytes(words, (words - offset).pane.arena.copy(value))
        }
        words[2] &+= 1
      }
    }
  }

  @inline(__always)
  func isBetter(_ value: Double, _ held: Double, _ wantsLess: Bool) -> Bool {
    wantsLess ? Self.isLess(value, held) : Self.isLess(held, value)
  }

  private func addDistinct(_ rows: CountedRows, _ argument: Column?) {
    guard let argument else { return }
    switch physical {
    case .integer:
      let values = argument.integers
      rows.each { _, row, words in _ = distinct(words).insert(Cell(values[row])) }
    case .double:
      let values = argument.doubles
      rows.each { _, row, words in _ = distinct(words).insert(Cell(values[row])) }
    case .bytes:
      let values = argument.bytes
      rows.each { _, row, words in _ = distinct(words).insert(values[row]) }
    }
  }

  /// Takes one row's value out of an integer sum again: a later aggregate refused the row.
  func remove(_ entry: Entry, _ value: Int64) {
    let words = entry + offset
    let (sum, overflow) = words[SumWord.value].subtractingReportingOverflow(value)
    words[SumWord.value] = sum
    if overflow { words[SumWord.carry] &+= value < 0 ? 1 : -1 }
    words[SumWord.rows] &-= 1
  }

  // MARK: states

  /// The distinct values of an entry; made now if it has none.
  @inline(__always)
  func distinct(_ words: Entry) -> DistinctValues {
    if let state = EntryState.at(words) { return unsafeDowncast(state, to: DistinctValues.self) }
    return unsafeDowncast(makeState(words), to: DistinctValues.self)
  }

  /// A new empty state, reached from the first word.
  func makeState(_ words: Entry) -> EntryState {
    let pane = (words - offset).pane
    let state: EntryState
    switch kind {
    case .countDistinct: state = DistinctValues(pane: pane, isBytes: physical == .bytes)
    default: preconditionFailure("\(kind) holds words only")
    }
    words[0] = pane.hold(state)
    return state
  }
}

/// The rows of a run that an aggregate counts: their argument is not NULL, their filter is TRUE and
/// no aggregate refused them.
struct CountedRows {
  let run: Accumulator.Run
  private let offset: Int
  private let validity: UnsafeMutablePointer<UInt8>?
  private let passes: UnsafeMutablePointer<Int64>?
  private let passValidity: UnsafeMutablePointer<UInt8>?

  init(_ run: Accumulator.Run, offset: Int, argument: Column?, filter: Column?) {
    self.run = run
    self.offset = offset
    validity = argument.flatMap { $0.hasNulls ? $0.validity : nil }
    passes = filter?.integers
    passValidity = filter.flatMap { $0.hasNulls ? $0.validity : nil }
  }

  /// Calls with the position in the run, the row of the batch and the aggregate's words.
  @inline(__always)
  func each(_ body: (_ index: Int, _ row: Int, _ words: Entry) -> Void) {
    if validity == nil, passes == nil, run.refused.isEmpty {
      for index in 0..<run.count { body(index, Int(run.rows[index]), run.entries[index] + offset) }
      return
    }
    for index in 0..<run.count {
      let row = Int(run.rows[index])
      if let validity, validity[row] == 0 { continue }
      if let passes, passes[row] == 0 || passValidity?[row] == 0 { continue }
      if !run.refused.isEmpty, run.refused.contains(index) { continue }
      body(index, row, run.entries[index] + offset)
    }
  }
}
