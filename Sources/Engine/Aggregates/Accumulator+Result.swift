import Columns

extension Accumulator {
  /// Writes the result of an entry; the entry must have no ``fault(_:)``.
  ///
  /// - Parameter texts: where the texts of results are copied to; the column must own it.
  @inline(__always)
  func result(_ entry: Entry, into column: Column, _ row: Int, texts: Arena) {
    let words = entry + values
    switch kind {
    case .countRows, .count: column.integers[row] = words[0]
    case .sumInteger:
      if words[SumWord.rows] == 0 || words[SumWord.carry] != 0 { return column.setNull(row) }
      column.integers[row] = words[SumWord.value]
    case .minInteger, .maxInteger:
      if words[1] == 0 { return column.setNull(row) }
      column.integers[row] = words[0]
    case .averageInteger:
      if words[1] == 0 { return column.setNull(row) }
      column.integers[row] = Int64(truncatingIfNeeded: words.wideSum / Int128(words[1]))
    case .sumDouble, .minDouble, .maxDouble:
      if words[1] == 0 { return column.setNull(row) }
      column.doubles[row] = words.double(0)
    case .averageDouble:
      if words[1] == 0 { return column.setNull(row) }
      column.doubles[row] = words.double(0) / Double(words[1])
    default: otherResult(words, into: column, row, texts: texts)
    }
  }

  /// The results that take more than a look at the words.
  private func otherResult(_ words: Entry, into column: Column, _ row: Int, texts: Arena) {
    switch kind {
    case .sumWide, .averageWide:
      guard words[2] != 0, let value = decimal(words) else { return column.setNull(row) }
      column.wides[row] = value
    case .minWide, .maxWide:
      if words[2] == 0 { return column.setNull(row) }
      column.wides[row] = words.wide
    case .minBytes, .maxBytes:
      if words[2] == 0 { return column.setNull(row) }
      column.bytes[row] = texts.copy(words.text(0))
    case .first, .last:
      if words[PickWord.rows] == 0 { return column.setNull(row) }
      words.cell(PickWord.value, physical).put(into: column, row, texts: texts)
    case .argMin, .argMax:
      if words[ArgWord.presence] != 1 { return column.setNull(row) }
      words.cell(ArgWord.value, physical).put(into: column, row, texts: texts)
    case .moments: momentResult(words, into: column, row)
    case .approximateCount where words[0] == 0: column.integers[row] = 0
    default:
      guard let state = EntryState.at(words) else { return column.setNull(row) }
      state.result(self, into: column, row, texts: texts)
    }
  }

  /// NULL of no value, and of a sample of one, as in Flink; of integers without its fraction.
  private func momentResult(_ words: Entry, into column: Column, _ row: Int) {
    let isSample = function == .stddevSamp || function == .varSamp
    let count = words[MomentWord.rows] - (isSample ? 1 : 0)
    if count <= 0 { return column.setNull(row) }
    var result = words.double(MomentWord.squares) / Double(count)
    if function == .stddevPop || function == .stddevSamp { result = result.squareRoot() }
    switch type {
    case .double: column.doubles[row] = result
    case .int: column.integers[row] = Int64(Int32(clamped: result))
    default: column.integers[row] = Int64(clamped: result)
    }
  }
}

extension FixedWidthInteger {
  /// The nearest integer towards zero, as Java casts: 0 for NaN, the last one beyond the range.
  init(clamped value: Double) {
    self =
      value.isNaN
      ? 0 : Self(exactly: value.rounded(.towardZero)) ?? (value < 0 ? Self.min : Self.max)
  }
}
