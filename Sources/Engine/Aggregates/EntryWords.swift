import Columns
import Glibc

extension Entry {
  /// A word read as a double.
  @inline(__always)
  func double(_ word: Int) -> Double { Double(bitPattern: UInt64(bitPattern: self[word])) }

  @inline(__always)
  func setDouble(_ word: Int, _ value: Double) { self[word] = Int64(bitPattern: value.bitPattern) }

  // MARK: sums

  /// Adds to an integer sum (see ``Accumulator/SumWord``), which cannot overflow.
  @inline(__always)
  func addToSum(_ value: Int64, carry: Int64 = 0) {
    let (sum, overflow) = self[0].addingReportingOverflow(value)
    self[0] = sum
    if overflow || carry != 0 {
      self[2] &+= carry &+ (overflow ? (value < 0 ? -1 : 1) : 0)
    }
  }

  var wideSum: Int128 { Int128(self[2]) << 64 + Int128(self[0]) }

  var wide: Int128 { Int128(self[1]) << 64 | Int128(UInt64(bitPattern: self[0])) }

  /// Adds to a sum of decimals: two words of value, then the rows, then a carry as that of
  /// ``addToSum(_:carry:)``.
  func addToWideSum(_ value: Int128, rows: Int64, carry: Int64 = 0) {
    let (sum, overflow) = wide.addingReportingOverflow(value)
    self[0] = Int64(truncatingIfNeeded: sum)
    self[1] = Int64(truncatingIfNeeded: sum >> 64)
    self[2] &+= rows
    self[3] &+= carry &+ (overflow ? (value < 0 ? -1 : 1) : 0)
  }

  // MARK: moments

  /// Adds a value to its count, mean and squares (see ``Accumulator/MomentWord``).
  ///
  /// Welford, "Note on a method for calculating corrected sums of squares and products",
  /// Technometrics 4 (1962): nothing cancels, however far the values are from zero.
  @inline(__always)
  func addToMoments(_ value: Double) {
    self[0] &+= 1
    let distance = value - double(1)
    let mean = double(1) + distance / Double(self[0])
    setDouble(1, mean)
    setDouble(2, double(2) + distance * (value - mean))
  }

  /// Adds the moments of other values.
  ///
  /// Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample
  /// variances", 1979.
  func mergeMoments(_ other: Entry) {
    if other[0] == 0 { return }
    if self[0] == 0 { return update(from: other, count: 3) }
    let (own, more) = (Double(self[0]), Double(other[0]))
    let distance = other.double(1) - double(1)
    setDouble(1, double(1) + distance * (more / (own + more)))
    setDouble(2, double(2) + other.double(2) + distance * distance * (own * more / (own + more)))
    self[0] &+= other[0]
  }

  // MARK: values

  /// Bytes that an entry holds in its pane's arena: their place, then their count with the room
  /// that they may take in the upper half of the word.
  ///
  /// They may be overwritten, so a result must copy them.
  func text(_ word: Int) -> Bytes {
    guard let start = UnsafePointer<UInt8>(bitPattern: Int(self[word])) else { return .empty }
    return Bytes(start: start, count: Int(self[word + 1] & 0xFFFF_FFFF))
  }

  /// Puts bytes in place of those that it holds. Room is reserved doubling, so that the last of
  /// many strings takes no more memory than a few of them.
  func setText(_ word: Int, _ value: Bytes, _ arena: Arena) {
    var room = Int(self[word + 1] >> 32)
    if value.count > room {
      room = Swift.max(16, (room == 0 ? value.count : value.count * 2) + 7 & ~7)
      self[word] = Int64(Int(bitPattern: arena.allocate(room)))
    }
    if let start = UnsafeMutableRawPointer(bitPattern: Int(self[word])) {
      memmove(start, value.start, value.count)
    }
    self[word + 1] = Int64(room) << 32 | Int64(value.count)
  }

  /// A value in two words.
  @inline(__always)
  func cell(_ word: Int, _ physical: ColumnType.Physical) -> Cell {
    physical == .bytes
      ? Cell(text(word))
      : Cell(low: UInt64(bitPattern: self[word]), high: UInt64(bitPattern: self[word + 1]))
  }

  @inline(__always)
  func setCell(_ word: Int, _ value: Cell, _ physical: ColumnType.Physical, _ arena: Arena) {
    if physical == .bytes { return setText(word, value.bytes, arena) }
    self[word] = Int64(bitPattern: value.low)
    self[word + 1] = Int64(bitPattern: value.high)
  }
}
