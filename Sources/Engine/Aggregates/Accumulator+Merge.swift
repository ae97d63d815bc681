import Columns

extension Accumulator {
  /// Adds all that one entry holds to another, of the same pane or of another; the first stays as
  /// it is.
  ///
  /// The result is that of all rows in the order of their arrival, whichever entry is merged into
  /// which; for sums and moments of doubles to within their rounding. Merged into an empty entry
  /// it is a copy.
  func merge(_ source: Entry, into target: Entry) {
    let (from, to) = (source + offset, target + offset)
    let arena = target.pane.arena
    if isDistinct, kind != .texts { return mergeDistinct(from, to) }
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
    case .sumWide, .averageWide: to.addToWideSum(from.wide, rows: from[2], carry: from[3])
    case .minWide, .maxWide:
      guard from[2] != 0 else { return }
      if to[2] == 0 || (kind == .minWide ? from.wide < to.wide : from.wide > to.wide) {
        to.update(from: from, count: 2)
      }
      to[2] &+= from[2]
    case .minBytes, .maxBytes:
      guard from[2] != 0 else { return }
      let value = from.text(0)
      if to[2] == 0 || value.compare(to.text(0)) * (kind == .minBytes ? -1 : 1) > 0 {
        to.setText(0, value, arena)
      }
      to[2] &+= from[2]
    case .first, .last:
      guard from[PickWord.rows] != 0 else { return }
      let (new, held) = (from[PickWord.sequence], to[PickWord.sequence])
      if to[PickWord.rows] == 0 || (kind == .first ? new < held : new >= held) {
        to.setCell(
          PickWord.value, from.cell(PickWord.value, physical), physical, arena)
        to[PickWord.sequence] = new
      }
      to[PickWord.rows] &+= from[PickWord.rows]
    case .argMin, .argMax: mergeDecided(from, to, arena)
    case .moments: to.mergeMoments(from)
    case .texts, .percentile, .approximateCount, .largest, .histogram:
      guard let state = EntryState.at(from) else { return }
      (EntryState.at(to) ?? makeState(to)).merge(state)
    }
  }

  /// The same for many pairs of entries.
  func merge(_ pairs: UnsafeBufferPointer<EntryPair>) {
    guard !isDistinct else {
      for pair in pairs { merge(pair.source, into: pair.target) }
      return
    }
    switch kind {
    case .countRows, .count:
      for pair in pairs { pair.target[offset] &+= pair.source[offset] }
    case .sumDouble, .averageDouble:
      for pair in pairs {
        let (from, to) = (pair.source + offset, pair.target + offset)
        to.setDouble(0, to.double(0) + from.double(0))
        to[1] &+= from[1]
      }
    default: for pair in pairs { merge(pair.source, into: pair.target) }
    }
  }

  private func mergeDecided(_ from: Entry, _ to: Entry, _ arena: Arena) {
    guard from[ArgWord.presence] != 0 else { return }
    let decider = from.cell(ArgWord.decider, secondPhysical)
    if to[ArgWord.presence] != 0 {
      let order =
        decider.compare(to.cell(ArgWord.decider, secondPhysical), secondPhysical)
        * (kind == .argMin ? -1 : 1)
      let isEarlier = from[ArgWord.sequence] < to[ArgWord.sequence]
      guard order > 0 || order == 0 && isEarlier else { return }
    }
    to.setCell(ArgWord.decider, decider, secondPhysical, arena)
    to.setCell(ArgWord.value, from.cell(ArgWord.value, physical), physical, arena)
    to[ArgWord.sequence] = from[ArgWord.sequence]
    to[ArgWord.presence] = from[ArgWord.presence]
  }

  private func mergeDistinct(_ from: Entry, _ to: Entry) {
    guard let source = EntryState.at(from) else { return }
    let values = unsafeDowncast(source, to: DistinctValues.self)
    let target = state(to, DistinctValues.self)
    for index in 0..<values.table.count where target.insert(values.table.cells[index]) {
      addNew(values.table.cells[index], to)
    }
  }
}

/// An entry, and another one that takes in its rows.
struct EntryPair {
  var source: Entry
  var target: Entry
}

extension Accumulator {
  /// What was read back as a collection must be one.
  ///
  /// - Throws: ``StateError``.
  func check(_ entry: Entry) throws {
    let place: Int
    switch kind {
    case .first, .last: place = PickWord.value
    case .argMin, .argMax: place = ArgWord.value
    default: return
    }
    let value = (entry + offset).cell(place, physical).bytes
    guard value.count == 0 || NestedValue.isSound(value, as: argumentType) else {
      throw StateError.truncated
    }
  }
}
