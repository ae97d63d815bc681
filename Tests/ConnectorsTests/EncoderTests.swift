import Columns
import Engine
import Foundation
import Glibc
import Testing

@testable import Connectors

private func encode(_ format: RowFormat, _ type: ColumnType, _ value: Value) -> String {
  let schema = Schema([Field("a", .int), Field("v", type)])
  let encoder = RowEncoder(format, schema: schema, columns: [1, 0])
  encoder.append(batch(schema, [[.integer(7), value]]))
  return String(decoding: encoder.output.array, as: UTF8.self)
}

@Suite struct EncoderTests {
  @Test(arguments: [
    (ColumnType.bigint, Value.integer(.min), "-9223372036854775808"),
    (.bigint, .integer(.max), "9223372036854775807"),
    (.int, .integer(0), "0"), (.int, .integer(-10), "-10"),
    (.boolean, .boolean(true), "true"),
    (.double, .double(12), "12.0"), (.double, .double(-0.0), "-0.0"),
    (.double, .double(0.1), "0.1"), (.double, .double(1e20), "1e+20"),
    (.double, .double(.nan), "null"), (.double, .double(-.infinity), "null"),
    (.string, .string("a\"b\\c\n\u{1B}é\u{85}"), #""a\"b\\c\n\u001bé\u0085""#),
    (.string, .string(""), #""""#), (.string, .null, "null"),
    (.timestampLTZ, .time(0), #""1970-01-01T00:00:00.000Z""#),
    (.timestamp, .time(-1), #""1969-12-31T23:59:59.999Z""#),
    (.date, .date(1), #""1970-01-02""#), (.interval, .integer(1500), "1500"),
    (.decimal(precision: 10, scale: 2), .decimal(DecimalNumber(-5, scale: 2)), "-0.05"),
    (.array(.string), .array([.string("a\"b"), .null]), #"["a\"b",null]"#),
    (.array(.double), .array([.double(.nan), .double(1)]), "[null,1.0]"),
    (
      .row([Field("a b", .date), Field("t", .timestamp)]), .row([.date(0), .time(0)]),
      #"{"a b":"1970-01-01","t":"1970-01-01T00:00:00.000Z"}"#
    ),
    (
      .map(key: .int, value: .boolean), .map([Value.Entry(.integer(1), .boolean(true))]),
      #"{"1":true}"#
    ),
  ])
  func jsonValues(_ type: ColumnType, _ value: Value, _ expected: String) {
    #expect(encode(RowFormat(.jsonl), type, value) == "{\"v\":\(expected),\"a\":7}\n")
  }

  @Test(arguments: [
    (ColumnType.string, Value.null, ""), (.string, .string(""), "\"\""),
    (.string, .string("a,b"), "\"a,b\""), (.string, .string("say \"hi\""), "\"say \"\"hi\"\"\""),
    (.string, .string("two\nlines"), "\"two\nlines\""), (.string, .string("plain é"), "plain é"),
    (.double, .double(.nan), "NaN"), (.double, .double(-.infinity), "-Infinity"),
    (.timestamp, .time(0), "1970-01-01T00:00:00.000Z"), (.date, .date(0), "1970-01-01"),
    (.decimal(precision: 3, scale: 0), .decimal(DecimalNumber(120, scale: 0)), "120"),
    (.array(.int), .array([.integer(1), .integer(2)]), "\"[1,2]\""),
  ])
  func csvValues(_ type: ColumnType, _ value: Value, _ expected: String) {
    #expect(encode(RowFormat(.csv), type, value) == "\(expected),7\n")
  }

  @Test func timesAreMillisWhereAskedFor() {
    #expect(
      encode(RowFormat(.jsonl, times: .millis), .timestamp, .time(5)) == "{\"v\":5,\"a\":7}\n")
  }

  @Test func doublesHaveSwiftsShortestText() {
    var generator = SeededGenerator(seed: 7)
    let builder = ByteBuilder()
    func check(_ value: Double) {
      builder.removeAll()
      builder.put(double: value)
      #expect(String(decoding: builder.array, as: UTF8.self) == value.description)
    }
    for value in [
      0, 1e-4, 9.9e-5, 0.000123, 1e13, 9_999_999_999_999.99, 1e15, 0.1 + 0.2, 1e9, 123_456_789.125,
      999_999_999.999_999, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
      4_503_599_627_370_497.5,
    ] {
      check(value)
      check(-value)
    }
    for _ in 0..<20_000 {
      let whole = Int64.random(in: -1_000_000_000...1_000_000_000, using: &generator)
      check(Double(whole) / 100)
      check(Double(whole) / 1_000_000)
      check(Double(whole) / 10_000_000)
      check(Double(whole) * 0.01)
      let any = Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &generator))
      if any.isFinite { check(any) }
    }
  }

  @Test func anyBytesGiveValidJSON() throws {
    var generator = SeededGenerator(seed: 7)
    let arena = Arena()
    let interesting: [UInt8] = [
      0, 10, 31, 34, 65, 92, 127, 0x80, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF,
    ]
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...20, using: &generator)).map { _ in
        interesting.randomElement(using: &generator) ?? 0
      }
      let builder = ByteBuilder(capacity: 1)
      builder.put(jsonString: .of(bytes, in: arena))
      let data = Data("[".utf8) + Data(builder.array) + Data("]".utf8)
      let back = try JSONDecoder().decode([String].self, from: data)
      // By scalars: String's == is by canonical equivalence.
      #expect(
        Array(try #require(back.first).utf8) == Array(String(decoding: bytes, as: UTF8.self).utf8))
      builder.removeAll()
      builder.put(validUTF8: .of(bytes, in: arena))
      #expect(builder.array == Array(String(decoding: bytes, as: UTF8.self).utf8))
    }
  }

  @Test func selectedRowsOnlyWithAHeader() {
    let schema = Schema([Field("a b", .int), Field("c,d", .string), Field("kind", .string)])
    let encoder = RowEncoder(RowFormat(.csv), schema: schema, columns: [0, 1])
    var rows = batch(
      schema,
      [
        [.integer(1), .string("x"), .null], [.integer(2), .null, .null],
        [.integer(3), .null, .null],
      ]
    )
    rows.selection = Selection([0, 2])
    encoder.appendHeader()
    encoder.append(rows)
    #expect(String(decoding: encoder.output.array, as: UTF8.self) == "a b,\"c,d\"\n1,x\n3,\n")
  }

  @Test func xxHashIsTheStandardOne() {
    #expect(XXHash64.hex(of: []) == "ef46db3751d8e999")
    #expect(XXHash64.hex(of: Array("a".utf8)) == "d24ec4f1a98c6e5b")
    #expect(XXHash64.hex(of: Array("abc".utf8)) == "44bc2cf5ad770999")
    // Fed in pieces it is the same.
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    for step in [1, 7, 31, 32, 33, 999] {
      var hash = XXHash64()
      for start in stride(from: 0, to: bytes.count, by: step) {
        bytes[start..<min(start + step, bytes.count)].withUnsafeBytes { hash.update($0) }
      }
      #expect(hash.hex == XXHash64.hex(of: bytes))
    }
  }

  @Test func stdoutFaultsAreThrown() throws {
    let schema = Schema([Field("a", .int)])
    let full = open("/dev/full", O_WRONLY)
    defer { close(full) }
    let sink = StdoutSink(format: RowFormat(.jsonl), schema: schema, columns: [0], file: full)
    try sink.open(restoring: nil)
    let error = #expect(throws: ConnectError.self) {
      try sink.write(batch(schema, [[.integer(1)]]))
    }
    #expect(error?.message.contains("no space left") == true)
    #expect(error?.isReaderGone == false)
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    close(ends[0])
    defer { close(ends[1]) }
    let piped = StdoutSink(format: RowFormat(.jsonl), schema: schema, columns: [0], file: ends[1])
    try piped.open(restoring: nil)
    let gone = #expect(throws: ConnectError.self) {
      try piped.write(batch(schema, [[.integer(1)]]))
    }
    #expect(gone?.isReaderGone == true)
  }
}
