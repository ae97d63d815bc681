import Testing

@testable import Columns

@Suite struct NestedTests {
  static let values: [Value] = [
    .array([]), .array([.null, .integer(0), .integer(-1), .integer(.min), .integer(.max)]),
    .row([.boolean(true), .boolean(false), .double(-0.5), .string(""), .string("日本")]),
    .map([
      Value.Entry(.string("k"), .array([.integer(300)])), Value.Entry(.string(""), .null),
    ]),
    .array([.row([.date(-1), .time(.max), .time(.min)]), .null, .array([.array([])])]),
    .array([
      .decimal(DecimalNumber(-1, scale: 38)),
      .decimal(DecimalNumber(decimalPowers[38] - 1, scale: 0)),
      .decimal(DecimalNumber(1 - decimalPowers[38], scale: 2)),
    ]),
    .array([.string(String(repeating: "x", count: 70_000)), .integer(1)]),
  ]

  @Test(arguments: values)
  func valueIsReadAgainFromItsBytes(_ value: Value) {
    let arena = Arena()
    var writer = NestedWriter()
    writer.put(value)
    let bytes = writer.take(into: arena)
    let read = NestedValue(bytes)
    #expect(read.value == value)
    #expect(read.bytes.count == bytes.count)
    for (index, part) in read.parts.enumerated() {
      #expect(read.part(index).bytes == part.bytes)
    }
  }

  @Test func partsGoIntoColumnsAndBack() {
    let arena = Arena()
    for (type, value) in [
      (ColumnType.int, Value.integer(-5)), (.boolean, .boolean(true)), (.double, .double(0.1)),
      (.decimal(precision: 38, scale: 4), .decimal(DecimalNumber(-99_999, scale: 4))),
      (.string, .string("é")), (.date, .date(3)), (.timestamp, .time(-4)),
      (.array(.int), .array([.integer(1)])), (.int, .null),
    ] {
      let column = Column(type, capacity: 1)
      column.owners = [arena]
      column.set(value, at: 0, in: arena)
      var writer = NestedWriter()
      let mark = writer.open(.array)
      writer.put(column, 0)
      writer.close(mark, count: 1)
      let held = writer.take(into: arena)
      let target = Column(type, capacity: 1)
      target.set(NestedValue(held).part(0), at: 0)
      #expect(Value(target, 0) == value)
      let rows = Selection([0])
      #expect(Value(column.gather(rows.buffer), 0) == value)
      #expect(Value(column.grown(to: 4, keeping: 1), 0) == value)
    }
  }

  @Test func descriptionIsFlinksText() {
    #expect(
      Value.row([.array([.integer(1), .null]), .map([Value.Entry(.string("a"), .integer(2))])])
        .description == "([1, NULL], {a=2})")
  }
}
