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
    case countRows, count
    case sumInteger, sumDouble, sumWide, averageInteger, averageDouble, averageWide
    case minInteger, maxInteger, minDouble, maxDouble, minBytes, maxBytes, minWide, maxWide
    /// The value with the least or the greatest number of record.
    case first, last
    /// The value at the least or the greatest of another.
    case argMin, argMax
    /// Count, mean and sum of squared distances from it: STDDEV and VAR.
    case moments
    case texts, percentile, approximateCount, largest, histogram
  }

  /// What lies in an entry's words, so that all kinds are written, read and cleared by one code.
  enum Slot: Sendable {
    case word
    /// Bytes in the pane's arena: see ``Swift/UnsafeMutablePointer/text(_:)``.
    case text
    /// The address of an ``EntryState``.
    case state

    var wordCount: Int { self == .text ? 2 : 1 }
  }

  let function: AggregateSpec.Function
  let kind: Kind
  /// Whether equal values count once; their ``DistinctValues`` are then the first slot.
  let isDistinct: Bool
  /// Its first word in an entry, and how many it owns.
  let offset: Int
  let wordCount: Int
  let slots: [Slot]
  /// The type of the result.
  let type: ColumnType
  /// The type of the argument; BIGINT for `COUNT(*)`.
  let argumentType: ColumnType
  /// How values of the argument are held, and those of the second; integers where there is none.
  let physical: ColumnType.Physical
  let secondPhysical: ColumnType.Physical
  /// `p` of `PERCENTILE`.
  let fraction: Double
  /// `k` of `TOP_K`.
  let limit: Int
  /// The separator of `LISTAGG`.
  let separator: [UInt8]

  init(_ spec: AggregateSpec, offset: Int) {
    self.offset = offset
    function = spec.function
    type = spec.type
    let argument = spec.argument?.type.physical
    argumentType = spec.argument?.type ?? .bigint
    physical = argument ?? .integer
    secondPhysical = spec.second?.type.physical ?? .integer
    fraction = spec.constant?.number ?? 0
    limit = Int(fraction)
    separator = Array((spec.constant?.text ?? ",").utf8)
    kind = Self.kind(spec.function, argument)
    let isAdded =
      switch spec.function {
      case .count, .sum, .average: argument != nil
      default: false
      }
    isDistinct = spec.isDistinct && (isAdded || kind == .texts)
    slots =
      (isDistinct && isAdded ? [.state] : []) + Self.slots(kind, physical, secondPhysical)
    wordCount = slots.reduce(0) { $0 + $1.wordCount }
  }

  private static func kind(
    _ function: AggregateSpec.Function, _ argument: ColumnType.Physical?
  ) -> Kind {
    switch (function, argument) {
    case (.count, nil): .countRows
    case (.count, _): .count
    case (.sum, .double): .sumDouble
    case (.sum, .wide): .sumWide
    case (.sum, _): .sumInteger
    case (.average, .double): .averageDouble
    case (.average, .wide): .averageWide
    case (.average, _): .averageInteger
    case (.min, .double): .minDouble
    case (.min, .bytes): .minBytes
    case (.min, .wide): .minWide
    case (.min, _): .minInteger
    case (.max, .double): .maxDouble
    case (.max, .bytes): .maxBytes
    case (.max, .wide): .maxWide
    case (.max, _): .maxInteger
    case (.first, _): .first
    case (.last, _): .last
    case (.argMin, _): .argMin
    case (.argMax, _): .argMax
    case (.stddevPop, _), (.stddevSamp, _), (.varPop, _), (.varSamp, _): .moments
    case (.listAgg, _): .texts
    case (.percentile, _): .percentile
    case (.approxCountDistinct, _): .approximateCount
    case (.topK, _): .largest
    case (.histogram, _): .histogram
    }
  }

  private static func slots(
    _ kind: Kind, _ physical: ColumnType.Physical, _ second: ColumnType.Physical
  ) -> [Slot] {
    func value(_ physical: ColumnType.Physical) -> [Slot] {
      physical == .bytes ? [.text] : [.word, .word]
    }
    return switch kind {
    case .countRows, .count: [.word]
    case .sumInteger, .averageInteger: [.word, .word, .word]
    case .sumWide, .averageWide: [.word, .word, .word, .word]
    case .minWide, .maxWide: [.word, .word, .word]
    case .minBytes, .maxBytes: [.text, .word]
    // A value and how many rows gave one.
    case .sumDouble, .averageDouble, .minInteger, .maxInteger, .minDouble, .maxDouble:
      [.word, .word]
    case .first, .last: value(physical) + [.word, .word]
    case .argMin, .argMax: value(second) + value(physical) + [.word, .word]
    case .moments: [.word, .word, .word]
    case .texts, .percentile, .approximateCount, .largest, .histogram: [.state]
    }
  }

  /// Whether a row may be refused: its sum would not fit. A sum of distinct values or decimals
  /// refuses none: too large, it has a ``fault(_:)``.
  var canFail: Bool { kind == .sumInteger && !isDistinct }

  /// Whether an entry may have no result: see ``fault(_:)``.
  var canOverflow: Bool { kind == .sumInteger || kind == .sumWide || kind == .averageWide }

  static let overflowMessage = "the sum is beyond the range of BIGINT"

  /// Why an entry has no result; nil nearly always.
  ///
  /// Only where ``canOverflow``: rows that do not fit are refused one by one, but two sums that
  /// fit can be merged into one that does not. Asked for its result nevertheless, such an entry
  /// gives NULL.
  func fault(_ entry: Entry) -> String? {
    let words = entry + values
    switch kind {
    case .sumInteger: return words[SumWord.carry] != 0 ? Self.overflowMessage : nil
    case .sumWide, .averageWide:
      return words[2] != 0 && decimal(words) == nil
        ? "the \(kind == .sumWide ? "sum" : "mean") is beyond the range of \(type.name)" : nil
    default: return nil
    }
  }

  /// The sum or the mean of decimals without its point; nil where it has more than 38 digits.
  ///
  /// A mean has more digits after the point than the values, at least six: as in Flink it is
  /// rounded half away from zero.
  func decimal(_ words: Entry) -> Int128? {
    guard words[3] == 0 else { return nil }
    if kind == .sumWide {
      return words.wide.magnitude < decimalPowers[maxDecimalPrecision].magnitude ? words.wide : nil
    }
    let rows = Int128(words[2])
    let (quotient, remainder) = words.wide.quotientAndRemainder(dividingBy: rows)
    let shift = type.scale - argumentType.scale
    guard let whole = rescaleDecimal(quotient, by: shift),
      let rest = rescaleDecimal(remainder, by: shift)
    else { return nil }
    let mean = whole + divideRoundingHalfUp(rest, rows)
    return mean.magnitude < decimalPowers[maxDecimalPrecision].magnitude ? mean : nil
  }

  /// Makes the aggregate of an entry empty again and gives its memory back; what lies in the
  /// pane's arena stays there until the pane goes.
  func clear(_ entry: Entry) {
    let words = entry + offset
    if slots.first == .state, let state = EntryState.at(words) { entry.pane.release(state) }
    words.update(repeating: 0, count: wordCount)
  }

  /// The first word after the distinct values.
  var values: Int { isDistinct && kind != .texts ? offset + 1 : offset }

  /// An integer sum: `value + carry * 2^64`, exact.
  enum SumWord {
    static let value = 0
    static let rows = 1
    static let carry = 2
  }

  /// A value, the number of its record, and how many rows gave one.
  enum PickWord {
    static let value = 0
    static let sequence = 2
    static let rows = 3
  }

  /// What decides, the value, the number of their record, and 1 for a value or 2 for NULL.
  enum ArgWord {
    static let decider = 0
    static let value = 2
    static let sequence = 4
    static let presence = 5
  }

  /// The words of STDDEV and VAR.
  enum MomentWord {
    static let rows = 0
    static let mean = 1
    /// The sum of the squared distances from the mean.
    static let squares = 2
  }

  /// Order of doubles with NaN above everything, as Java's `Double.compare`.
  @inline(__always)
  static func isLess(_ left: Double, _ right: Double) -> Bool {
    left.isNaN ? false : right.isNaN ? true : left < right
  }
}

extension Value {
  /// A number as a double.
  var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .double(let value): value
    case .decimal(let value): doubleValue(value.unscaled, scale: value.scale)
    default: nil
    }
  }

  var text: String? { if case .string(let value) = self { value } else { nil } }
}
