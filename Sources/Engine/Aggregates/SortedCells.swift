import Columns

/// A few values in rising order. The bytes of strings lie in an arena; a value that takes the place
/// of another takes its room too, so memory is bounded by the greatest number of values held.
struct SortedCells {
  let physical: ColumnType.Physical
  private(set) var count = 0
  /// Two words for each: see ``Swift/UnsafeMutablePointer/cell(_:_:)``.
  private var words: Entry
  private var capacity = 4

  init(_ physical: ColumnType.Physical) {
    self.physical = physical
    words = .allocate(capacity: capacity * 2)
  }

  /// Frees its memory; it must not be used again.
  func deallocate() { words.deallocate() }

  var reservedBytes: Int { heapBytes(capacity * 16) }

  subscript(index: Int) -> Cell { words.cell(index * 2, physical) }

  /// Where the first value stands that is not less.
  func place(of value: Cell) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle].compare(value, physical) < 0 { low = middle + 1 } else { high = middle }
    }
    return low
  }

  mutating func insert(_ value: Cell, at place: Int, _ arena: Arena) {
    if count == capacity {
      let new = Entry.allocate(capacity: capacity * 4)
      new.update(from: words, count: count * 2)
      words.deallocate()
      words = new
      capacity *= 2
    }
    count += 1
    move(from: count - 1, to: place, (0, 0))
    words.setCell(place * 2, value, physical, arena)
  }

  /// Puts a value in place of another that goes.
  ///
  /// - Parameter place: where it stands once the other is gone.
  mutating func replace(_ gone: Int, with value: Cell, at place: Int, _ arena: Arena) {
    move(from: gone, to: place, (words[gone * 2], words[gone * 2 + 1]))
    words.setCell(place * 2, value, physical, arena)
  }

  /// Moves what lies between two places by one, and puts words into the place that is free then.
  private func move(from gone: Int, to place: Int, _ freed: (Int64, Int64)) {
    if gone > place {
      (words + place * 2 + 2).update(from: words + place * 2, count: (gone - place) * 2)
    } else if gone < place {
      (words + gone * 2).update(from: words + gone * 2 + 2, count: (place - gone) * 2)
    }
    words[place * 2] = freed.0
    words[place * 2 + 1] = freed.1
  }
}
