import Columns

/// The numbers of an entry: what `PERCENTILE` remembers.
///
/// Up to ``exactLimit`` of them it keeps them all and is exact; beyond that it counts them in a
/// ``BucketSketch``. Which it is depends on how many there are, not on their order, so the result
/// does not depend on order or merges either.
final class PercentileState: EntryState {
  static let exactLimit = 4096

  private var values: [Double] = []
  private var isSorted = true
  private var sketch: BucketSketch?

  override class var fieldBytes: Int {
    MemoryLayout<[Double]>.stride + 8 + MemoryLayout<BucketSketch?>.stride
  }

  var count: Int { sketch?.count ?? values.count }

  @inline(__always)
  func add(_ value: Double) {
    if sketch != nil {
      sketch?.add(value, count: 1)
    } else {
      values.append(BucketSketch.plain(value))
      isSorted = false
      if values.count > Self.exactLimit { makeSketch() }
    }
    account()
  }

  private func account() {
    let bytes = arrayBytes(values) + (sketch?.reservedBytes ?? 0)
    if bytes != ownBytes { ownBytes = bytes }
  }

  private func makeSketch() {
    var sketch = BucketSketch()
    for value in values { sketch.add(value, count: 1) }
    self.sketch = sketch
    values = []
  }

  override func merge(_ other: EntryState) {
    let other = unsafeDowncast(other, to: PercentileState.self)
    if let theirs = other.sketch {
      if sketch == nil { makeSketch() }
      sketch?.merge(theirs)
      account()
    } else {
      for value in other.values { add(value) }
    }
  }

  /// The values in their order. They stay as they are: whoever only looks, such as a checkpoint
  /// that is written beside the stream, changes nothing.
  private var sorted: [Double] { isSorted ? values : values.sorted(by: Accumulator.isLess) }

  override func settle() {
    guard !isSorted else { return }
    values.sort(by: Accumulator.isLess)
    isSorted = true
  }

  override func write(to writer: inout StateWriter) {
    writer.write(Int64(sketch == nil ? 0 : 1))
    if let sketch { return sketch.write(to: &writer) }
    writer.write(Int64(values.count))
    for value in sorted { writer.write(value.bitPattern) }
  }

  override func read(_ reader: inout StateReader) throws {
    if try reader.word() != 0 {
      sketch = try BucketSketch(&reader)
    } else {
      let count = try reader.count()
      guard count > 0 else { throw StateError.truncated }
      for _ in 0..<count {
        values.append(Double(bitPattern: UInt64(bitPattern: try reader.word())))
      }
    }
    account()
  }

  /// The value at rank `(n - 1) * p`, between its two neighbours where the rank is between two, as
  /// Flink computes it.
  override func result(_ accumulator: Accumulator, into column: Column, _ row: Int, texts: Arena) {
    let values = sorted
    let rank = Double(count - 1) * accumulator.fraction
    let (low, high) = (rank.rounded(.down), rank.rounded(.up))
    let (first, second): (Double, Double) =
      if let sketch {
        (sketch.value(at: Int(low)), sketch.value(at: Int(high)))
      } else {
        (values[Int(low)], values[Int(high)])
      }
    column.doubles[row] =
      low == high || first == second ? first : (high - rank) * first + (rank - low) * second
  }
}
