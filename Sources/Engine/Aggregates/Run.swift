import Columns

extension Accumulator {
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
}

/// The rows of a run that an aggregate counts: their argument is not NULL, their filter is TRUE and
/// no aggregate refused them.
struct CountedRows {
  let run: Accumulator.Run
  private let offset: Int
  private let validity: UnsafeMutablePointer<UInt8>?
  private let passes: UnsafeMutablePointer<Int64>?
  private let passValidity: UnsafeMutablePointer<UInt8>?

  init(_ run: Accumulator.Run, offset: Int, argument: Column?, filter: Column?) {
    self.run = run
    self.offset = offset
    validity = argument.flatMap { $0.hasNulls ? $0.validity : nil }
    passes = filter?.integers
    passValidity = filter.flatMap { $0.hasNulls ? $0.validity : nil }
  }

  /// Calls with the position in the run, the row of the batch and the aggregate's words.
  @inline(__always)
  func each(_ body: (_ index: Int, _ row: Int, _ words: Entry) -> Void) {
    if validity == nil, passes == nil, run.refused.isEmpty {
      for index in 0..<run.count { body(index, Int(run.rows[index]), run.entries[index] + offset) }
      return
    }
    for index in 0..<run.count {
      let row = Int(run.rows[index])
      if let validity, validity[row] == 0 { continue }
      if let passes, passes[row] == 0 || passValidity?[row] == 0 { continue }
      if !run.refused.isEmpty, run.refused.contains(index) { continue }
      body(index, row, run.entries[index] + offset)
    }
  }

  /// The same with the value of a column, whatever its type.
  @inline(__always)
  func eachCell(
    _ column: Column, _ body: (_ row: Int, _ words: Entry, _ value: Cell) -> Void
  ) {
    switch column.physical {
    case .wide:
      let values = column.wides
      each { _, row, words in body(row, words, Cell(values[row])) }
    case .integer:
      let values = column.integers
      each { _, row, words in body(row, words, Cell(values[row])) }
    case .double:
      let values = column.doubles
      each { _, row, words in body(row, words, Cell(values[row])) }
    case .bytes:
      let values = column.bytes
      each { _, row, words in body(row, words, Cell(values[row])) }
    }
  }
}
