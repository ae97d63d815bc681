import Columns
import Expressions
import Glibc

/// One aggregate at work: it owns some words of each entry and adds rows to them.
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
  /// For `COUNT(DISTINCT …)`: which of the pane's sets it uses.
  let distinctIndex: Int
  let type: ColumnType

  init(_ spec: AggregateSpec, offset: Int, distinctIndex: Int) {
    self.offset = offset
    self.distinctIndex = distinctIndex
    type = spec.type
    let argument = spec.argument?.type
    switch (spec.function, argument?.physical) {
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
    case .averageInteger, .minBytes, .maxBytes: wordCount = 3
    default: wordCount = 2  // a value and how many rows gave one
    }
  }

  /// Whether a row may be refused: its sum would not fit.
  var canFail: Bool { kind == .sumInteger }

  var holdsBytes: Bool { kind == .minBytes || kind == .maxBytes }

  /// Rows of a batch with the entry each belongs to.
  struct Run {
    var rows: UnsafePointer<Int32>
    var entries: UnsafePointer<Entry>
    var count: Int
    /// Rows (positions in the run) that were refused; empty nearly always.
    var refused: Set<Int>
  }

  /// Adds rows in order.
  ///
  /// - Parameters:
  ///   - argument: the values, by row of the batch; nil for `COUNT(*)`.
  ///   - filter: rows count only where it is TRUE.
  ///   - refuse: called for a row that cannot be added.
  func add(_ run: Run, argument: Column?, filter: Column?, refuse: (Int) -> Void) {
    let validity = argument.flatMap { $0.hasNulls ? $0.validity : nil }
    let passes = filter?.integers
    let passValidity = filter.flatMap { $0.hasNulls ? $0.validity : nil }
    let isPlain = validity == nil && passes == nil && run.refused.isEmpty
    @inline(__always)
    func each(_ body: (Int, Entry) -> Void) {
      if isPlain {
        for index in 0..<run.count { body(Int(run.rows[index]), run.entries[index] + offset) }
        return
      }
      for index in 0..<run.count {
        let row = Int(run.rows[index])
        if let validity, validity[row] == 0 { continue }
        if let passes, passes[row] == 0 || passValidity?[row] == 0 { continue }
        if !run.refused.isEmpty, run.refused.contains(index) { continue }
        body(row, run.entries[index] + offset)
      }
    }
    switch kind {
    case .countRows, .count: each { _, words in words[0] &+= 1 }
    case .countDistinct: addDistinct(run, argument, each)
    case .sumInteger: addIntegers(run, argument, validity, passes, passValidity, refuse)
    case .averageInteger:
      guard let values = argument?.integers else { return }
      each { row, words in  // 128 bits: cannot overflow
        let sum = wide(words) + Int128(values[row])
        setWide(words, sum)
        words[2] &+= 1
      }
    case .sumDouble, .averageDouble:
      guard let values = argument?.doubles else { return }
      each { row, words in
        let sum = Double(bitPattern: UInt64(bitPattern: words[0])) + values[row]
        words[0] = Int64(bitPattern: sum.bitPattern)
        words[1] &+= 1
      }
    case .minInteger:
      guard let values = argument?.integers else { return }
      each { row, words in
        if words[1] == 0 || values[row] < words[0] { words[0] = values[row] }
        words[1] &+= 1
      }
    case .maxInteger:
      guard let values = argument?.integers else { return }
      each { row, words in
        if words[1] == 0 || values[row] > words[0] { words[0] = values[row] }
        words[1] &+= 1
      }
    case .minDouble, .maxDouble:
      guard let values = argument?.doubles else { return }
      let wantsLess = kind == .minDouble
      each { row, words in
        let held = Double(bitPattern: UInt64(bitPattern: words[0]))
        let value = values[row]
        if words[1] == 0 || isLess(value, held) == wantsLess && value != held {
          words[0] = Int64(bitPattern: value.bitPattern)
        }
        words[1] &+= 1
      }
    case .minBytes, .maxBytes:
      guard let values = argument?.bytes else { return }
      let sign = kind == .minBytes ? -1 : 1
      each { row, words in
        let value = values[row]
        if words[2] == 0 || value.compare(bytes(words)) * sign > 0 {
          setBytes(words, (words - offset).pane.arena.copy(value))
        }
        words[2] &+= 1
      }
    }
  }

  /// Order of doubles with NaN above everything, as Java's `Double.compare`.
  private func isLess(_ left: Double, _ right: Double) -> Bool {
    left.isNaN ? false : right.isNaN ? true : left < right
  }

  private func addDistinct(
    _ run: Run, _ argument: Column?, _ each: ((Int, Entry) -> Void) -> Void
  ) {
    guard let argument else { return }
    each { row, words in
      let entry = words - offset
      let set = entry.pane.distinct[distinctIndex]
      let isNew: Bool
      if argument.type.physical == .bytes {
        isNew = set.insert(entry, argument.bytes[row])
      } else {
        var bits: UInt64
        if argument.type.physical == .double {
          let value = argument.doubles[row]
          bits = (value == 0 ? 0 : value.isNaN ? .nan : value).bitPattern
        } else {
          bits = UInt64(bitPattern: argument.integers[row])
        }
        isNew = withUnsafePointer(to: &bits) { place in
          place.withMemoryRebound(to: UInt8.self, capacity: 8) { start in
            set.insert(entry, Bytes(start: start, count: 8))
          }
        }
      }
      if isNew { words[0] &+= 1 }
    }
  }

  private func addIntegers(
    _ run: Run, _ argument: Column?, _ validity: UnsafeMutablePointer<UInt8>?,
    _ passes: UnsafeMutablePointer<Int64>?, _ passValidity: UnsafeMutablePointer<UInt8>?,
    _ refuse: (Int) -> Void
  ) {
    guard let values = argument?.integers else { return }
    for index in 0..<run.count {
      let row = Int(run.rows[index])
      if let validity, validity[row] == 0 { continue }
      if let passes, passes[row] == 0 || passValidity?[row] == 0 { continue }
      if !run.refused.isEmpty, run.refused.contains(index) { continue }
      let words = run.entries[index] + offset
      let (sum, overflow) = words[0].addingReportingOverflow(values[row])
      if overflow {
        refuse(index)
      } else {
        words[0] = sum
        words[1] &+= 1
      }
    }
  }

  /// Takes one row's value out of an integer sum again: a later aggregate refused the row.
  func remove(_ entry: Entry, _ value: Int64) {
    entry[offset] &-= value
    entry[offset + 1] &-= 1
  }

  @inline(__always)
  private func wide(_ words: Entry) -> Int128 {
    Int128(words[0]) << 64 | Int128(UInt64(bitPattern: words[1]))
  }

  @inline(__always)
  private func setWide(_ words: Entry, _ value: Int128) {
    words[0] = Int64(truncatingIfNeeded: value >> 64)
    words[1] = Int64(truncatingIfNeeded: value)
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

  /// Writes the result of an entry.
  @inline(__always)
  func result(_ entry: Entry, into column: Column, _ row: Int) {
    let words = entry + offset
    switch kind {
    case .countRows, .count, .countDistinct: column.integers[row] = words[0]
    case .sumInteger, .minInteger, .maxInteger:
      if words[1] == 0 { return column.setNull(row) }
      column.integers[row] = words[0]
    case .sumDouble, .minDouble, .maxDouble:
      if words[1] == 0 { return column.setNull(row) }
      column.doubles[row] = Double(bitPattern: UInt64(bitPattern: words[0]))
    case .averageInteger:
      if words[2] == 0 { return column.setNull(row) }
      column.integers[row] = Int64(truncatingIfNeeded: wide(words) / Int128(words[2]))
    case .averageDouble:
      if words[1] == 0 { return column.setNull(row) }
      column.doubles[row] =
        Double(bitPattern: UInt64(bitPattern: words[0])) / Double(words[1])
    case .minBytes, .maxBytes:
      if words[2] == 0 { return column.setNull(row) }
      column.bytes[row] = bytes(words)
    }
  }

  var canOverflow: Bool { kind == .sumInteger }
  func fault(_ entry: Entry) -> String? { nil }

  func merge(_ source: Entry, into target: Entry) {
    let from = source + offset
    let to = target + offset
    switch kind {
    case .countRows, .count: to[0] &+= from[0]
    case .countDistinct:
      for value in source.pane.distinct[distinctIndex].valuesByEntry()[source] ?? [] {
        if target.pane.distinct[distinctIndex].insert(target, value) { to[0] &+= 1 }
      }
    case .sumInteger:
      to[0] &+= from[0]
      to[1] &+= from[1]
    case .averageInteger:
      setWide(to, wide(to) + wide(from))
      to[2] &+= from[2]
    case .sumDouble, .averageDouble:
      let sum =
        Double(bitPattern: UInt64(bitPattern: to[0]))
        + Double(bitPattern: UInt64(bitPattern: from[0]))
      to[0] = Int64(bitPattern: sum.bitPattern)
      to[1] &+= from[1]
    case .minInteger, .maxInteger:
      if from[1] > 0 {
        if to[1] == 0 || (kind == .minInteger ? from[0] < to[0] : from[0] > to[0]) { to[0] = from[0] }
        to[1] &+= from[1]
      }
    case .minDouble, .maxDouble:
      if from[1] > 0 {
        let held = Double(bitPattern: UInt64(bitPattern: to[0]))
        let value = Double(bitPattern: UInt64(bitPattern: from[0]))
        if to[1] == 0 || isLess(value, held) == (kind == .minDouble) && value != held { to[0] = from[0] }
        to[1] &+= from[1]
      }
    case .minBytes, .maxBytes:
      if from[2] > 0 {
        let sign = kind == .minBytes ? -1 : 1
        let value = bytes(from)
        if to[2] == 0 || value.compare(bytes(to)) * sign > 0 {
          setBytes(to, target.pane.arena.copy(value))
        }
        to[2] &+= from[2]
      }
    }
  }

  func write(_ entry: Entry, to writer: inout StateWriter) {
    let words = entry + offset
    if holdsBytes {
      writer.write(words[2])
      writer.write(words[2] == 0 ? .empty : bytes(words))
    } else {
      for word in 0..<wordCount { writer.write(words[word]) }
    }
    if kind == .countDistinct {
      let values = entry.pane.distinct[distinctIndex].valuesByEntry()[entry] ?? []
      writer.write(Int64(values.count))
      for value in values { writer.write(value) }
    }
  }

  func read(_ reader: inout StateReader, into entry: Entry) throws {
    let words = entry + offset
    if holdsBytes {
      words[2] = try reader.word()
      setBytes(words, try reader.run(into: entry.pane.arena))
    } else {
      for word in 0..<wordCount { words[word] = try reader.word() }
    }
    if kind == .countDistinct {
      for _ in 0..<(try reader.count()) {
        _ = entry.pane.distinct[distinctIndex].insert(entry, try reader.run(into: entry.pane.arena))
      }
    }
  }
}
