import Columns

extension Accumulator {
  /// Writes the result of an entry; the entry must have no ``fault(_:)``.
  ///
  /// - Parameter texts: where a text that the result makes is kept; the column owns it. Texts that
  ///   the entry holds stay in its pane, which the column must own too.
  @inline(__always)
  func result(_ entry: Entry, into column: Column, _ row: Int, texts: Arena) {
    let words = entry + offset
    switch kind {
    case .countRows, .count: column.integers[row] = words[0]
    case .sumInteger, .minInteger, .maxInteger:
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
    case .minBytes, .maxBytes:
      if words[2] == 0 { return column.setNull(row) }
      column.bytes[row] = bytes(words)
    default: stateResult(words, into: column, row, texts: texts)
    }
  }

  /// The results that take more than a look at the words.
  private func stateResult(_ words: Entry, into column: Column, _ row: Int, texts: Arena) {
    let state = EntryState.at(words)
    switch kind {
    case .countDistinct:
      column.integers[row] =
        state.map { Int64(unsafeDowncast($0, to: DistinctValues.self).count) } ?? 0
    default: preconditionFailure("\(kind) has no state")
    }
  }
}
