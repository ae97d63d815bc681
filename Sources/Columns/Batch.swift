/// Which rows of a batch are still in play, in order. Narrowing it copies no row.
public final class Selection: @unchecked Sendable {
  // Unchecked: written by the one who makes it, then only read.
  public let rows: UnsafeMutablePointer<Int32>
  public let capacity: Int
  public var count = 0

  public init(capacity: Int) {
    self.capacity = capacity
    rows = .allocate(capacity: Swift.max(capacity, 1))
  }

  public convenience init(_ rows: some Collection<Int>) {
    self.init(capacity: rows.count)
    for row in rows { append(Int32(row)) }
  }

  deinit { rows.deallocate() }

  @inlinable
  public func append(_ row: Int32) {
    rows[count] = row
    count += 1
  }

  /// For kernels: valid only while somebody holds the selection *by name*. To walk the rows of a
  /// selection that has no name, walk the selection itself.
  public var buffer: UnsafeBufferPointer<Int32> { UnsafeBufferPointer(start: rows, count: count) }

  /// Every row of a batch of `count` rows.
  public static func all(_ count: Int) -> Selection {
    let selection = Selection(capacity: count)
    for row in 0..<count { selection.rows[row] = Int32(row) }
    selection.count = count
    return selection
  }
}

extension Selection: RandomAccessCollection {
  @inlinable public var startIndex: Int { 0 }
  @inlinable public var endIndex: Int { count }
  @inlinable public subscript(position: Int) -> Int32 { rows[position] }
}

/// A fixed run of Int64 that several batches may share.
public final class Longs: @unchecked Sendable {
  // Unchecked: written by the one who makes it, then only read.
  public let values: UnsafeMutablePointer<Int64>
  public let count: Int

  public init(count: Int) {
    self.count = count
    values = .allocate(capacity: max(count, 1))
  }

  public convenience init(_ values: [Int64]) {
    self.init(count: values.count)
    for (index, value) in values.enumerated() { self.values[index] = value }
  }

  deinit { values.deallocate() }

  public subscript(index: Int) -> Int64 { values[index] }
}

/// The watermark before anything was seen, and after everything was.
public let minWatermark = Int64.min
public let maxWatermark = Int64.max

/// A run of source records and the watermark as it stood before each: where the watermark rose.
///
/// Results carry those of the batches they came from, so that an operator downstream knows after
/// which record a watermark passed, whatever the batches.
public struct WatermarkOrigin: Sendable {
  /// The number of the first record.
  public var firstSequence: Int64
  /// The watermark before each record; never falls.
  public var watermarks: Longs
  /// The watermark after the last.
  public var endWatermark: Int64

  public init(firstSequence: Int64, watermarks: Longs, endWatermark: Int64) {
    self.firstSequence = firstSequence
    self.watermarks = watermarks
    self.endWatermark = endWatermark
  }

  /// The number of the last record; nil where there is none.
  public var lastSequence: Int64? {
    watermarks.count > 0 ? firstSequence + Int64(watermarks.count) - 1 : nil
  }
}

/// Rows stored by column, with the watermark as it stood before each of them.
///
/// The watermark travels with the rows, so that an operator can judge each row against the
/// watermark it met, whatever the size of the batch it came in.
public struct Batch: Sendable {
  public var schema: Schema
  /// A column for each field; nil for one that nobody downstream reads.
  public var columns: [Column?]
  /// Rows in the columns, selected or not.
  public var count: Int
  /// The rows in play; nil means all.
  public var selection: Selection?
  /// The watermark before each row (of the columns, not of the selection); never falls.
  /// Nil means that it is ``endWatermark`` throughout.
  public var watermarks: Longs?
  /// The watermark after the last row.
  public var endWatermark: Int64
  /// For each row its number in its stream, rising. Nil: ``firstSequence`` + row.
  public var sequences: Longs?
  public var firstSequence: Int64
  /// For each row the number of the source record that caused it, never falling. Nil for rows that
  /// are source records themselves: their own number.
  public var causes: Longs?
  /// The source records that rows here came of; nil for source records themselves.
  public var carriedOrigins: [WatermarkOrigin]?
  /// Where each row's event time stands; nil before a time was assigned.
  public var eventTimeColumn: Int?

  public init(
    schema: Schema, columns: [Column?], count: Int, selection: Selection? = nil,
    watermarks: Longs? = nil, endWatermark: Int64 = minWatermark, sequences: Longs? = nil,
    firstSequence: Int64 = 0, eventTimeColumn: Int? = nil
  ) {
    self.schema = schema
    self.columns = columns
    self.count = count
    self.selection = selection
    self.watermarks = watermarks
    self.endWatermark = endWatermark
    self.sequences = sequences
    self.firstSequence = firstSequence
    self.eventTimeColumn = eventTimeColumn
    causes = nil
    carriedOrigins = nil
  }

  /// The number of rows in play.
  public var selectedCount: Int { selection?.count ?? count }

  /// The rows in play, as indices into the columns.
  public var selectedRows: Selection { selection ?? .all(count) }

  public func watermark(before row: Int) -> Int64 { watermarks?[row] ?? endWatermark }
  public func sequence(of row: Int) -> Int64 { sequences?[row] ?? firstSequence + Int64(row) }

  /// The number of the source record that caused a row.
  public func cause(of row: Int) -> Int64 { causes?[row] ?? sequence(of: row) }

  /// Where the watermark rose among source records, for as long as this batch took.
  public var origins: [WatermarkOrigin] {
    carriedOrigins
      ?? watermarks.map {
        [WatermarkOrigin(firstSequence: firstSequence, watermarks: $0, endWatermark: endWatermark)]
      } ?? []
  }

  public func column(_ name: String) -> Column? { schema.index(of: name).flatMap { columns[$0] } }

  /// One row as values, for people and tests: NULL for a column that was not read.
  public func values(at row: Int) -> [Value] {
    columns.map { column in column.map { Value($0, row) } ?? .null }
  }
}
