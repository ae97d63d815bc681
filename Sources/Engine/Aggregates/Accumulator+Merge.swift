import Columns

extension Accumulator {
  /// Adds all that one entry holds to another, of the same pane or of another; the first stays as
  /// it is.
  ///
  /// The result is that of all rows in the order of their arrival, whichever entry is merged into
  /// which; for sums and moments of doubles to within their rounding.
  func merge(_ source: Entry, into target: Entry) {
    let (from, to) = (source + offset, target + offset)
    switch kind {
    case .countRows, .count: to[0] &+= from[0]
    case .sumInteger, .averageInteger:
      to.addToSum(from[SumWord.value], carry: from[SumWord.carry])
      to[SumWord.rows] &+= from[SumWord.rows]
    case .sumDouble, .averageDouble:
      to.setDouble(0, to.double(0) + from.double(0))
      to[1] &+= from[1]
    case .minInteger, .maxInteger:
      guard from[1] != 0 else { return }
      if to[1] == 0 || (kind == .minInteger ? from[0] < to[0] : from[0] > to[0]) { to[0] = from[0] }
      to[1] &+= from[1]
    case .minDouble, .maxDouble:
      guard from[1] != 0 else { return }
      if to[1] == 0 || isBetter(from.double(0), to.double(0), kind == .minDouble) {
        to[0] = from[0]
      }
      to[1] &+= from[1]
    case .minBytes, .maxBytes:
      guard from[2] != 0 else { return }
      let value = bytes(from)
      if to[2] == 0 || value.compare(bytes(to)) * (kind == .minBytes ? -1 : 1) > 0 {
        setBytes(to, target.pane.arena.copy(value))
      }
      to[2] &+= from[2]
    case .countDistinct:
      guard let state = EntryState.at(from) else { return }
      (EntryState.at(to) ?? makeState(to)).merge(state)
    }
  }

  // MARK: state as bytes

  /// Writes what an entry holds: the same bytes for the same rows, merged in the same order.
  func write(_ entry: Entry, to writer: inout StateWriter) {
    let words = entry + offset
    if holdsState {
      let state = EntryState.at(words)
      writer.write(Int64(state == nil ? 0 : 1))
      state?.write(to: &writer)
      for word in 1..<max(wordCount, 1) { writer.write(words[word]) }
    } else if holdsBytes {
      writer.write(words[2])
      if words[2] != 0 { writer.write(bytes(words)) }
    } else {
      for word in 0..<wordCount { writer.write(words[word]) }
    }
  }

  /// Reads into an entry whose words are zero.
  ///
  /// - Throws: ``StateError``.
  func read(_ reader: inout StateReader, into entry: Entry) throws {
    let words = entry + offset
    if holdsState {
      if try reader.word() != 0 { try makeState(words).read(&reader) }
      for word in 1..<max(wordCount, 1) { words[word] = try reader.word() }
    } else if holdsBytes {
      words[2] = try reader.word()
      if words[2] != 0 { setBytes(words, try reader.run(into: entry.pane.arena)) }
    } else {
      for word in 0..<wordCount { words[word] = try reader.word() }
    }
  }
}
