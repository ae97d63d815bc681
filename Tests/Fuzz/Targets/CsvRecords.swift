import Columns
import Engine
import Glibc
import Runtime

@testable import Connectors

/// CSV, from the bytes of a file to values: the first byte of an input chooses the options.
enum CsvRecords {
  private static let columns = [
    ParseColumn("i", .int), ParseColumn("s", .string), ParseColumn("x", .double),
    ParseColumn("t", .timestampLTZ), ParseColumn("n", .decimal(precision: 10, scale: 2)),
  ]
  private static let schema = Schema(columns.map { Field($0.name, $0.type) })

  static let seeds: [[UInt8]] = [
    "\u{0}i,s,x,t,n\n1,a,1.5,2026-01-31,1.25\n,\"\",,,\n\"2\",\"a\"\"b\",0,,\n",
    "\u{1}1,a,1.5,2026-01-31,1.25\r\n2,\"x\ny\",,,\r\n",
    "\u{2}s;i\nNULL;1\n\"NULL\";2\n",
    "\u{5}1\ta\t\t\t\n\n\n2\t\"b\"c\t1\n3\t\"never closed\t\t\n4\t\t\t\t",
  ].map { Array($0.utf8) }

  @Sendable static func run(_ input: [UInt8]) throws {
    guard let first = input.first else { return }
    let delimiters: [UInt8] = [44, 44, 59, 59, 9, 9, 124, 124]
    let options = CsvOptions(
      hasHeader: first & 1 == 0, delimiter: delimiters[Int(first & 7)],
      nullText: first & 2 == 0 ? nil : "NULL")
    let bytes = Array(input.dropFirst())
    let limit = first & 16 == 0 ? 1 << 20 : 24
    let file = try ScratchFile.csv.holding(bytes)
    let small = try Self.records(file, options, chunk: 16, limit: limit, maxRecords: 1)
    let large = try Self.records(file, options, chunk: 1 << 16, limit: limit, maxRecords: .max)
    // A stray quote makes blocks of one record of what is many lines of a larger block.
    try require(small == large, "in small pieces \(small), in one \(large)")
    if first & 8 == 0 { try readsBackWhatIsWritten(bytes) }
  }

  private static func records(
    _ path: String, _ options: CsvOptions, chunk: Int, limit: Int, maxRecords: Int
  ) throws -> [SeenRecord] {
    let source = FileSource(
      paths: [path], relativeTo: "/", chunkBytes: chunk, recordLimit: limit)
    let reader = try source.open(
      SplitDescription(name: path), at: .start, framing: .quoted(delimiter: options.delimiter))
    defer { reader.close() }
    let parser = try ParseSpec(format: .csv(options), columns: columns, eventTime: nil).makeParser()
    var header: CsvHeader?
    var seen: [SeenRecord] = []
    while let block = try reader.next(maxRecords: maxRecords, maxBytes: 1 << 20) {
      if options.hasHeader, header == nil { header = options.header(of: block) }
      // A copy, so that a read past the block's end is seen.
      let memory = InputMemory(block.bytes.buffer)
      var copy = block
      copy.bytes = memory.bytes
      copy.owner = memory
      seen += SeenRecord.all(of: parser.parse(copy, header: header))
    }
    return seen
  }

  private static func readsBackWhatIsWritten(_ bytes: [UInt8]) throws {
    let spec = ParseSpec(
      format: .csv(CsvOptions(hasHeader: false)), columns: columns, eventTime: nil)
    let parser = try spec.makeParser()
    let parsed = parser.parse(InputMemory(bytes).block(), header: nil)
    let format = RowFormat(.csv)
    let encoder = RowEncoder(format, schema: schema, columns: Array(columns.indices))
    encoder.append(parsed.batch(schema))
    let first = encoder.output.array
    let again = parser.parse(InputMemory(first).block(), header: nil)
    try require(again.bad.isEmpty, "what was written is not read: \(again.bad)")
    let values = SeenRecord.all(of: parsed).filter { $0.error == nil }.map(\.values)
    try require(
      SeenRecord.all(of: again).map(\.values) == values,
      "\(values) comes back as \(SeenRecord.all(of: again).map(\.values))")
  }
}

/// A file in memory that holds one input after the other.
final class ScratchFile: @unchecked Sendable {
  // Unchecked: a target runs on one thread at a time.
  static let csv = ScratchFile("csv")
  let path: String

  init(_ name: String) {
    let folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    path = "\(folder)/tidemark-fuzz-\(name)-\(getpid())"
    Self.paths.withLock { $0.append(path) }
  }

  func holding(_ bytes: [UInt8]) throws -> String {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard file >= 0 else { throw BrokenProperty("\(path) cannot be opened") }
    defer { close(file) }
    guard write(file, bytes, bytes.count) == bytes.count else {
      throw BrokenProperty("\(path) cannot be written")
    }
    return path
  }

  private static let paths = Guarded<[String]>([])

  /// Removes what was made; at the end of the program.
  static func removeAll() { paths.withLock { $0.forEach { unlink($0) } } }
}
