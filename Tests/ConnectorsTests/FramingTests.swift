import Columns
import Engine
import Glibc
import TestSupport
import Testing

@testable import Connectors

/// What a reader gave, record by record, in a form that does not depend on blocks.
private struct Read: Equatable {
  var text: String
  var start: SplitPosition
  var isOversized = false
}

private func readAll(
  _ bytes: [UInt8], framing: Framing, maxRecords: Int, maxBytes: Int = .max, chunkBytes: Int,
  recordLimit: Int = maxRecordBytes, from position: SplitPosition = .start
) throws -> (blocks: [Read], end: SplitPosition) {
  let folder = try TemporaryFolder()
  try folder.write("log", bytes)
  let source = FileSource(
    paths: ["log"], relativeTo: folder.path, chunkBytes: chunkBytes, recordLimit: recordLimit)
  let split = try #require(try source.splits().first)
  let reader = try source.open(split, at: position, framing: framing)
  defer { reader.close() }
  var blocks: [Read] = []
  var end = position
  // Held on purpose: what was handed out must not be written again.
  var held: [RecordBlock] = []
  while let block = try reader.next(maxRecords: maxRecords, maxBytes: maxBytes) {
    held.append(block)
    #expect(block.start.offset >= end.offset)
    end = block.end
  }
  for block in held {
    blocks.append(
      Read(text: block.bytes.string, start: block.start, isOversized: block.isOversized))
  }
  return (blocks, end)
}

private func records(_ text: String, _ framing: Framing = .lines, limit: Int = 1000) throws
  -> [String]
{
  try readAll(
    Array(text.utf8), framing: framing, maxRecords: 1, chunkBytes: 16, recordLimit: limit
  ).blocks.map(\.text)
}

@Suite struct FramingTests {
  @Test(arguments: [
    ("", []),
    ("a", ["a"]),
    ("a\n", ["a\n"]),
    ("a\nb", ["a\n", "b"]),
    ("a\r\nb\r\n", ["a\r\n", "b\r\n"]),
    ("\n\r\na\n\n\nb\n\n", ["a\n", "b\n"]),
    ("\u{FEFF}a\nb\n", ["a\n", "b\n"]),
    ("\u{FEFF}", []),
    ("a\n\u{FEFF}b\n", ["a\n", "\u{FEFF}b\n"]),
    ("\r", []),
    ("a longer line than a chunk\nb\n", ["a longer line than a chunk\n", "b\n"]),
  ])
  func aRecordIsALine(_ text: String, _ expected: [String]) throws {
    #expect(try records(text) == expected)
  }

  @Test(arguments: [
    ("a,b\nc,d\n", ["a,b\n", "c,d\n"]),
    ("a,\"b\nc\"\nd\n", ["a,\"b\nc\"\n", "d\n"]),
    ("\"a\"\"\n\"\"b\"\nc\n", ["\"a\"\"\n\"\"b\"\n", "c\n"]),
    ("5\" pipe,1\nx,2\n", ["5\" pipe,1\n", "x,2\n"]),
    ("\"a\r\nb\";c\r\nd\r\n", ["\"a\r\nb\";c\r\n", "d\r\n"]),
    ("\"a\nb\"", ["\"a\nb\""]),
    ("a,\"never closed\nc,d\ne,f\n", ["a,\"never closed\n", "c,d\n", "e,f\n"]),
  ])
  func aQuotedFieldMayHoldLineEnds(_ text: String, _ expected: [String]) throws {
    #expect(try records(text, .quotedLines) == expected)
  }

  @Test func aQuotedFieldStartsAfterItsOwnDelimiterOnly() throws {
    let text = "a;\"b\nc;d\n"
    #expect(try records(text, .quoted(delimiter: 59)) == ["a;\"b\n", "c;d\n"])
    let closed = "a;\"b\nc\";d\n"
    #expect(try records(closed, .quoted(delimiter: 59)) == [closed])
    #expect(try records(closed, .quotedLines) == ["a;\"b\n", "c\";d\n"])
  }

  @Test func positionsAreExact() throws {
    let text = "\u{FEFF}one\n\ntwo\r\nthree"
    let single = try readAll(
      Array(text.utf8), framing: .lines, maxRecords: 1, chunkBytes: 16)
    #expect(
      single.blocks.map(\.start) == [
        .init(offset: 3, line: 1), .init(offset: 8, line: 3), .init(offset: 13, line: 4),
      ])
    #expect(single.end == .init(offset: 18, line: 4))
  }

  @Test func everyWayToReadGivesTheSameBytes() throws {
    var generator = SeededGenerator(seed: 7)
    let pieces = ["a", "bc,", "\"", "\n", "\r\n", "\"x\ny\",", "0123456789", "\n\n"]
    for _ in 0..<40 {
      let text = (0..<60).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
      for framing in [Framing.lines, .quotedLines] {
        let bytes = Array(text.utf8)
        let single = try readAll(bytes, framing: framing, maxRecords: 1, chunkBytes: 16)
        // A record alone, at the positions that single steps gave, is the same record.
        for record in single.blocks {
          let again = try readAll(
            bytes, framing: framing, maxRecords: 1, chunkBytes: 64, from: record.start)
          #expect(again.blocks.first == record, "\(text.debugDescription)")
        }
        for (records, maxBytes, chunk) in [
          (Int.max, Int.max, 16), (.max, .max, 4096), (.max, 20, 64), (3, .max, 33), (7, 25, 4096),
        ] {
          let other = try readAll(
            bytes, framing: framing, maxRecords: records, maxBytes: maxBytes, chunkBytes: chunk)
          let joined = other.blocks.map(\.text).joined().filter { $0 != "\n" && $0 != "\r\n" }
          let expected = single.blocks.map(\.text).joined().filter { $0 != "\n" && $0 != "\r\n" }
          #expect(joined == expected, "\(text.debugDescription)")
          let starts = Set(single.blocks.map(\.start))
          #expect(other.blocks.allSatisfy { starts.contains($0.start) })
        }
      }
    }
  }

  @Test(arguments: [1, 2, Int.max])
  func aRecordOverTheLimitComesAloneAndCutShort(_ maxRecords: Int) throws {
    let long = String(repeating: "x", count: 100)
    let result = try readAll(
      Array("a\n\(long)\nb\n".utf8), framing: .lines, maxRecords: maxRecords, chunkBytes: 4096,
      recordLimit: 10)
    #expect(result.blocks.map(\.isOversized) == [false, true, false])
    #expect(
      result.blocks[1]
        == Read(text: "xxxxxxxxxx", start: .init(offset: 2, line: 2), isOversized: true))
    #expect(result.blocks[2].start == .init(offset: 103, line: 3))
    let exact = try readAll(
      Array("0123456789\n".utf8), framing: .lines, maxRecords: 1, chunkBytes: 16, recordLimit: 10)
    #expect(exact.blocks.map(\.isOversized) == [false])
  }

  @Test func pathsArePatternsOrFilesInByteOrder() throws {
    let folder = try TemporaryFolder()
    for name in ["b.log", "a.log", "B.log", "c.txt", "odd[1].log"] { try folder.write(name, "x\n") }
    let source = FileSource(paths: ["*.log", "./a.log", "c.txt"], relativeTo: folder.path)
    #expect(try source.splits().map(\.name) == ["B.log", "a.log", "b.log", "c.txt", "odd[1].log"])
    #expect(
      try FileSource(paths: ["odd[1].log"], relativeTo: folder.path).splits().first?.size == 2)
  }

  @Test func faultsSayWhatToDo() throws {
    let folder = try TemporaryFolder()
    try folder.write("log", "a\nb\n")
    func fault(_ path: String, at position: SplitPosition = .start) -> String {
      let source = FileSource(paths: [path], relativeTo: folder.path)
      let error = #expect(throws: ConnectError.self) {
        let split = try #require(try source.splits().first)
        _ = try source.open(split, at: position, framing: .lines)
      }
      return error?.description ?? ""
    }
    #expect(fault("none").contains("cannot read none: no such file or directory; check the path"))
    #expect(fault(".").contains("is a directory; give the path of a file"))
    #expect(fault("*.csv").contains("no file matches *.csv"))
    #expect(fault("log", at: .init(offset: 9, line: 3)).contains("truncated or replaced"))
    #expect(fault("log", at: .init(offset: 1, line: 2)).contains("does not start there"))
  }

  @Test func aPipeIsReadOnceAndNotResumed() throws {
    let folder = try TemporaryFolder()
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    let writer = open(folder.path("pipe"), O_RDWR)
    defer { close(writer) }
    #expect(write(writer, "a\nb\n", 4) == 4)
    let source = FileSource(paths: ["pipe"], relativeTo: folder.path)
    let split = try #require(try source.splits().first)
    #expect(split.size == nil)
    let reader = try source.open(split, at: .start, framing: .lines)
    #expect(try reader.next(maxRecords: 1, maxBytes: .max)?.bytes.string == "a\n")
    #expect(try reader.next(maxRecords: 1, maxBytes: .max)?.bytes.string == "b\n")
    let error = #expect(throws: ConnectError.self) {
      _ = try source.open(split, at: .init(offset: 2, line: 2), framing: .lines)
    }
    #expect(error?.message.contains("a pipe can be read only once") == true)
  }
}

@Suite struct LineCountTests {
  @Test func isThatOfANaiveLoop() {
    var generator = SeededGenerator(seed: 11)
    for size in [0, 1, 7, 8, 9, 31, 64, 2039, 2040, 2041, 5000] {
      for density in [1, 2, 40] {
        let buffer = ReadBuffer(capacity: max(size, 1))
        for index in 0..<size {
          let other = UInt8.random(in: 0...255, using: &generator)
          buffer.start[index] = Int.random(in: 0..<density, using: &generator) == 0 ? 10 : other
        }
        let naive = (0..<size).count { buffer.start[$0] == 10 }
        #expect(buffer.lineCount(0..<size) == Int64(naive))
      }
    }
  }
}
