import Columns
import Testing

@testable import Engine

@Suite struct KeyEncodingTests {
  static let schema = Schema([
    Field("price", .decimal(precision: 38, scale: 2)), Field("ad", .string),
    Field("tags", .array(.string)), Field("place", .row([Field("x", .int)])), Field("n", .bigint),
    Field("x", .double),
  ])

  static let rows: [[Value]] = [
    [
      .decimal(DecimalNumber(-1, scale: 2)), .string("a"), .array([.string("t"), .null]),
      .row([.integer(-7)]), .integer(.min), .double(-0.5),
    ],
    [
      .decimal(DecimalNumber(decimalPowers[38] - 1, scale: 2)), .string(""), .array([]),
      .row([.null]), .integer(0), .double(.infinity),
    ],
    Array(repeating: .null, count: 6),
  ]

  @Test(arguments: [[0], [0, 1], [2], [0, 1, 2, 3, 4, 5], [5, 3, 0]])
  func keyOfEveryTypeComesBack(_ columns: [Int]) {
    let arena = Arena()
    let filled = Self.schema.fields.enumerated().map { index, field in
      let column = Column(field.type, capacity: Self.rows.count)
      column.owners = [arena]
      for (row, values) in Self.rows.enumerated() {
        column.set(values[index], at: row, in: arena)
      }
      return column
    }
    let batch = Batch(schema: Self.schema, columns: filled, count: Self.rows.count)
    let encoding = KeyEncoding(columns: columns, schema: Self.schema)
    var keys = [Bytes](repeating: .empty, count: Self.rows.count)
    var hashes = [UInt64](repeating: 0, count: Self.rows.count)
    let selected = batch.selectedRows
    keys.withUnsafeMutableBufferPointer { keys in
      hashes.withUnsafeMutableBufferPointer { hashes in
        guard let keys = keys.baseAddress, let hashes = hashes.baseAddress else { return }
        encoding.encode(batch, selected.buffer, keys: keys, hashes: hashes, arena: arena)
      }
    }
    #expect(Set(hashes).count == Self.rows.count)
    let outputs = columns.map { Column(Self.schema.fields[$0].type, capacity: Self.rows.count) }
    for (row, key) in keys.enumerated() { encoding.decode(key, into: outputs, row) }
    for row in Self.rows.indices {
      #expect(outputs.map { Value($0, row) } == columns.map { Self.rows[row][$0] })
    }
  }
}
