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
    let decides = kind == .argMin || kind == .argMax ? second : argument
    let rows = CountedRows(run, offset: offset, argument: decides, filter: filter)
    if isDistinct, kind != .texts { return addDistinct(rows, argument) }
    switch kind {
    case .countRows, .count: rows.each { _, _, words in words[0] &+= 1 }
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
    case .sumWide, .averageWide:
      guard let values = argument?.wides else { return }
      rows.each { _, row, words in words.addToWideSum(values[row], rows: 1) }
    case .minWide, .maxWide:
      guard let values = argument?.wides else { return }
      let wantsLess = kind == .minWide
      rows.each { _, row, words in
        if words[2] == 0 || (wantsLess ? values[row] < words.wide : values[row] > words.wide) {
          words[0] = Int64(truncatingIfNeeded: values[row])
          words[1] = Int64(truncatingIfNeeded: values[row] >> 64)
        }
        words[2] &+= 1
      }
    case .minBytes, .maxBytes:
      guard let values = argument?.bytes else { return }
      let sign = kind == .minBytes ? -1 : 1
      rows.each { _, row, words in
        let value = values[row]
        if words[2] == 0 || value.compare(words.text(0)) * sign > 0 {
          words.setText(0, value, (words - offset).pane.arena)
        }
        words[2] &+= 1
      }
    case .first, .last: addPicks(rows, argument)
    case .argMin, .argMax: addDecided(rows, argument, second)
    case .moments: addMoments(rows, argument)
    case .texts, .percentile, .approximateCount, .largest, .histogram: addStates(rows, argument)
    }
  }

  @inline(__always)
  func isBetter(_ value: Double, _ held: Double, _ wantsLess: Bool) -> Bool {
    wantsLess ? Self.isLess(value, held) : Self.isLess(held, value)
  }

  private func addPicks(_ rows: CountedRows, _ argument: Column?) {
    guard let argument else { return }
    let isFirst = kind == .first
    rows.eachCell(argument) { row, words, value in
      let sequence = rows.run.sequence(of: row)
      let held = words[PickWord.sequence]
      if words[PickWord.rows] == 0 || (isFirst ? sequence < held : sequence >= held) {
        words.setCell(PickWord.value, value, physical, (words - offset).pane.arena)
        words[PickWord.sequence] = sequence
      }
      words[PickWord.rows] &+= 1
    }
  }

  private func addDecided(_ rows: CountedRows, _ argument: Column?, _ second: Column?) {
    guard let argument, let second else { return }
    let sign = kind == .argMin ? -1 : 1
    rows.eachCell(second) { row, words, decider in
      guard
        words[ArgWord.presence] == 0
          || decider.compare(words.cell(ArgWord.decider, secondPhysical), secondPhysical) * sign > 0
      else { return }
      let arena = (words - offset).pane.arena
      words.setCell(ArgWord.decider, decider, secondPhysical, arena)
      words[ArgWord.sequence] = rows.run.sequence(of: row)
      words[ArgWord.presence] = argument.isNull(row) ? 2 : 1
      let value = argument.isNull(row) ? .none(physical) : Cell(argument, row)
      words.setCell(ArgWord.value, value, physical, arena)
    }
  }

  private func addMoments(_ rows: CountedRows, _ argument: Column?) {
    guard let argument else { return }
    if physical == .double {
      let values = argument.doubles
      rows.each { _, row, words in words.addToMoments(values[row]) }
    } else {
      let values = argument.integers
      rows.each { _, row, words in words.addToMoments(Double(values[row])) }
    }
  }

  private func addDistinct(_ rows: CountedRows, _ argument: Column?) {
    guard let argument else { return }
    rows.eachCell(argument) { _, words, value in
      if state(words, DistinctValues.self).insert(value) { addNew(value, words) }
    }
  }

  /// Adds a distinct value that was not there.
  @inline(__always)
  func addNew(_ value: Cell, _ words: Entry) {
    let words = words + 1
    switch kind {
    case .sumInteger, .averageInteger:
      words.addToSum(value.integer)
      words[SumWord.rows] &+= 1
    case .sumDouble, .averageDouble:
      words.setDouble(0, words.double(0) + value.double)
      words[1] &+= 1
    case .sumWide, .averageWide: words.addToWideSum(value.wide, rows: 1)
    default: words[0] &+= 1
    }
  }

  private func addStates(_ rows: CountedRows, _ argument: Column?) {
    guard let argument else { return }
    switch kind {
    case .texts:
      let values = argument.bytes
      rows.each { _, row, words in
        state(words, TextList.self).append(values[row], sequence: rows.run.sequence(of: row))
      }
    case .percentile where physical == .double:
      let values = argument.doubles
      rows.each { _, row, words in state(words, PercentileState.self).add(values[row]) }
    case .percentile where physical == .wide:
      let values = argument.wides
      let scale = argument.type.scale
      rows.each { _, row, words in
        state(words, PercentileState.self).add(doubleValue(values[row], scale: scale))
      }
    case .percentile:
      let values = argument.integers
      rows.each { _, row, words in state(words, PercentileState.self).add(Double(values[row])) }
    case .approximateCount:
      rows.eachCell(argument) { _, words, value in
        state(words, DistinctSketch.self).add(value.canonical(physical).hash(physical))
      }
    case .largest:
      rows.eachCell(argument) { _, words, value in
        state(words, LargestValues.self).add(value.canonical(physical))
      }
    case .histogram:
      rows.eachCell(argument) { _, words, value in
        state(words, HistogramState.self).add(value.canonical(physical), count: 1)
      }
    default: preconditionFailure("\(kind) holds words only")
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

  /// The state of an entry; made now if it has none.
  @inline(__always)
  func state<State: EntryState>(_ words: Entry, _ type: State.Type) -> State {
    unsafeDowncast(EntryState.at(words) ?? makeState(words), to: type)
  }

  /// A new empty state, reached from the first word.
  func makeState(_ words: Entry) -> EntryState {
    let pane = (words - offset).pane
    let state: EntryState =
      switch kind {
      case .texts: TextList(pane: pane, isDistinct: isDistinct)
      case .percentile: PercentileState(pane: pane)
      case .approximateCount: DistinctSketch(pane: pane)
      case .largest: LargestValues(pane: pane, physical: physical, limit: limit)
      case .histogram: HistogramState(pane: pane, physical: physical)
      default: DistinctValues(pane: pane, physical: physical)
      }
    words[0] = pane.hold(state)
    return state
  }
}
