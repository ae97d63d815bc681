import Engine
import Testing

@testable import Connectors

/// A sink with a target of its own, for the conformance kit: how to make the sink, and what a
/// reader of the target sees.
///
/// To put a new sink under the kit, write one of these and add a line to ``sinksUnderTest``.
protocol SinkUnderTest: AnyObject {
  /// A new object for the same target: as after a crash.
  ///
  /// - Parameter files: what the sink must do its file operations with.
  func makeSink(_ files: FileSystem) -> any Sink

  /// The rows that a reader of the target sees, each as its ad (`NULL` for none), a space and its
  /// clicks; in the order of commits where the sink keeps one, else by clicks.
  func rows() throws -> [String]

  /// The names of everything else that stands there: nothing after a clean end.
  func leftovers() throws -> [String]
}

/// What a sink makes of the rows it gets.
enum SinkSemantics: Sendable {
  /// Every row is a row of the target.
  case appends
  /// A row replaces the one with the same ad and window; `-U` is skipped, `-D` deletes.
  case upserts
}

struct SinkCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let semantics: SinkSemantics
  let make: @Sendable () throws -> any SinkUnderTest

  init(
    _ name: String, _ semantics: SinkSemantics,
    make: @escaping @Sendable () throws -> any SinkUnderTest
  ) {
    testDescription = name
    self.semantics = semantics
    self.make = make
  }
}

/// Every sink that is called exactly-once, and in each of its ways of writing.
let sinksUnderTest = [
  SinkCase("file of JSON Lines", .appends) { try FileUnderTest("out.jsonl", .jsonl) },
  SinkCase("file of CSV", .appends) { try FileUnderTest("out.csv", .csv) },
  SinkCase("part files", .appends) { try FileUnderTest("new/parts/", .csv) },
  SinkCase("SQLite, append", .appends) { try SqliteUnderTest(.append) },
  SinkCase("SQLite, upsert", .upserts) { try SqliteUnderTest(.upsert) },
  SinkCase("standard output", .appends) { try StdoutUnderTest() },
]
