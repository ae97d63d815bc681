import Columns
import Expressions

/// One aggregate at work: it owns some words of each entry, adds rows to them, merges them with
/// those of another entry, and gives their result.
///
/// Words that are all zero are an aggregate that has seen nothing. What does not fit into words
/// (values that must be told apart, sketches, lists) lives in an ``EntryState``, whose address is
/// then the first word.
///
/// Chosen once per aggregate; the loops over rows inside are static.
struct Accumulator: Sendable {
  enum Kind: Sendable {
    case countRows, count, countDistinct
    case sumInteger, sumDouble, averageInteger, averageDouble
    case minInteger, maxInteger, minDouble, maxDouble, minBytes, maxBytes
  }

  let kind: Kind
  /// Its first word in an entry, and how many it owns.
  let offset: Int
  let wordCount: Int
  /// The type of the result.
  let type: ColumnType
  /// How a value of the argument is held; integers for `COUNT(*)`.
  let physical: ColumnType.Physical

  init(_ spec: AggregateSpec, offset: Int) {
    self.offset = offset
    type = spec.type
    let argument = spec.argument?.type.physical
    physical = argument ?? .integer
    switch (spec.function, argument) {
    case (.count, nil): kind = .countRows
    case (.count, _): kind = spec.isDistinct ? .countDistinct : .count
    case (.sum, .double): kind = .sumDouble
    case (.sum, _): kind = .sumInteger
    case (.average, .double): kind = .averageDouble
    case (.average, _): kind = .averageInteger
    case (.min, .double): kind = .minDouble
    case (.min, .bytes): kind = .minBytes
    case (.min, _): kind = .minInteger
    case (.max, .double): kind = .maxDouble
    case (.max, .bytes): kind = .maxBytes
    case (.max, _): kind = .maxInteger
    }
    switch kind {
    case .countRows, .count, .countDistinct: wordCount = 1
    // A value and how many rows gave one.
    case .sumDouble, .averageDouble, .minInteger, .maxInteger, .minDouble, .maxDouble:
      wordCount = 2
    // Two words of value and the number of rows.
    default: wordCount = 3
    }
  }

  /// Whether a row may be refused: its sum would not fit.
  var canFail: Bool { kind == .sumInteger }

  /// Whether an entry that was merged may have no result: see ``fault(_:)``.
  var canOverflow: Bool { kind == .sumInteger }

  /// Whether the first word is the address of an ``EntryState``.
  var holdsState: Bool { kind == .countDistinct }

  /// Whether an entry holds bytes in its pane's arena: two words of place, then a count of rows.
  var holdsBytes: Bool { kind == .minBytes || kind == .maxBytes }

  /// Rows of a batch with the entry each belongs to, in the order of their arrival.
  struct Run {
    var rows: UnsafePointer<Int32>
    var entries: UnsafePointer<Entry>
    var count: Int
    /// Rows (positions in the run) that were refused; empty nearly always.
    var refused: Set<Int> = []
    private let sequences: UnsafePointer<Int64>?
    private let firstSequence: Int64

    /// - Parameter batch: the rows' batch, which the caller holds as long as the run.
    init(
      rows: UnsafePointer<Int32>, entries: UnsafePointer<Entry>, count: Int, batch: Batch
    ) {
      self.rows = rows
      self.entries = entries
      self.count = count
      sequences = batch.sequences.map { UnsafePointer($0.values) }
      firstSequence = batch.firstSequence
    }

    /// The number of the record that caused a row of the batch.
    @inline(__always)
    func sequence(of row: Int) -> Int64 {
      if let sequences { return sequences[row] }
      return firstSequence &+ Int64(row)
    }
  }

  static let overflowMessage = "the sum is beyond the range of BIGINT"

  /// Why an entry has no result; nil nearly always.
  ///
  /// Only where ``canOverflow``: rows that do not fit are refused one by one, but two sums that
  /// fit can be merged into one that does not.
  func fault(_ entry: Entry) -> String? {
    canOverflow && entry[offset + SumWord.carry] != 0 ? Self.overflowMessage : nil
  }

  /// Makes the aggregate of an entry empty again and gives its memory back; what lies in the
  /// pane's arena stays there until the pane goes.
  func clear(_ entry: Entry) {
    if holdsState, let state = EntryState.at(entry + offset) { entry.pane.release(state) }
    (entry + offset).update(repeating: 0, count: wordCount)
  }

  // MARK: words

  /// An integer sum: `value + carry * 2^64`, exact.
  enum SumWord {
    static let value = 0
    static let rows = 1
    static let carry = 2
  }

  /// The bytes of a MIN or MAX over strings, held in its words.
  func bytes(_ words: Entry) -> Bytes {
    guard let start = UnsafePointer<UInt8>(bitPattern: Int(words[0])) else { return .empty }
    return Bytes(start: start, count: Int(words[1]))
  }

  func setBytes(_ words: Entry, _ value: Bytes) {
    words[0] = Int64(Int(bitPattern: value.start))
    words[1] = Int64(value.count)
  }

  /// Order of doubles with NaN above everything, as Java's `Double.compare`.
  @inline(__always)
  static func isLess(_ left: Double, _ right: Double) -> Bool {
    left.isNaN ? false : right.isNaN ? true : left < right
  }
}

extension Entry {
  /// A word read as a double.
  @inline(__always)
  func double(_ word: Int) -> Double { Double(bitPattern: UInt64(bitPattern: self[word])) }

  @inline(__always)
  func setDouble(_ word: Int, _ value: Double) { self[word] = Int64(bitPattern: value.bitPattern) }

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
}
