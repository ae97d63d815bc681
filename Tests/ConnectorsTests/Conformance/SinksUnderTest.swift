import Columns
import Engine
import Foundation
import GRDB
import Glibc
import TestSupport

@testable import Connectors

private func csvRow(_ line: Substring) -> String {
  let values = line.split(separator: ",", omittingEmptySubsequences: false)
  return "\(values[0].isEmpty ? "NULL" : values[0]) \(values.count > 2 ? values[2] : "?")"
}

/// The file sink: one file, or a folder where the path ends in `/`.
final class FileUnderTest: SinkUnderTest {
  let folder: TemporaryFolder
  let path: String
  private let kind: RowFormat.Kind

  init(_ name: String, _ kind: RowFormat.Kind) throws {
    folder = try TemporaryFolder()
    path = folder.path(name)
    self.kind = kind
  }

  func makeSink(_ files: FileSystem) -> any Sink {
    FileSink(
      path: path, format: RowFormat(kind), schema: ConformanceRow.schema,
      columns: ConformanceRow.columns, jobID: "clicks / per minute", sinkID: "sink-1",
      files: files)
  }

  private var isFolder: Bool { path.hasSuffix("/") }

  private func names() throws -> [String] {
    try FileSystem().listing(of: FileSystem.folder(of: isFolder ? path + "x" : path)) ?? []
  }

  private func isVisible(_ name: String) -> Bool {
    isFolder ? !name.hasPrefix(".") : name == FileSystem.name(of: path)
  }

  func leftovers() throws -> [String] { try names().filter { !isVisible($0) } }

  func rows() throws -> [String] {
    let folder = FileSystem.folder(of: isFolder ? path + "x" : path)
    return try names().filter(isVisible).flatMap { name in
      let bytes = try FileSystem().contents(of: FileSystem.resolve(name, in: folder))
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      return kind == .csv ? lines.dropFirst().map(csvRow) : lines.map(jsonRow)
    }
  }

  private func jsonRow(_ line: Substring) -> String {
    // A crash may have torn the last one.
    let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    return "\(object?["ad"] as? String ?? "NULL") \(object?["clicks"] ?? "?")"
  }
}

/// The SQLite sink. What happens inside the database goes through SQLite's own file operations,
/// which the kit does not stop; see also SqliteSinkTests.
final class SqliteUnderTest: SinkUnderTest {
  let folder: TemporaryFolder
  let mode: SqliteSink.Mode
  var path: String { folder.path("out.db") }
  /// Opened once: it is asked after every call.
  private var reader: DatabaseQueue?

  init(_ mode: SqliteSink.Mode) throws {
    folder = try TemporaryFolder()
    self.mode = mode
  }

  func makeSink(_ files: FileSystem) -> any Sink { makeSqliteSink(files) }

  func makeSqliteSink(_ files: FileSystem = FileSystem()) -> SqliteSink {
    SqliteSink(
      path: path, table: "per \"minute\"", mode: mode, schema: ConformanceRow.schema,
      columns: ConformanceRow.columns, keyColumns: ["ad"], times: .iso, jobID: "job",
      sinkID: "sink", files: files)
  }

  func leftovers() throws -> [String] { try folder.names().filter { $0 != "out.db" } }

  func rows() throws -> [String] {
    guard FileSystem.kind(of: path) != nil else { return [] }
    let order = mode == .append ? "rowid" : "clicks"
    let queue = try reader ?? DatabaseQueue(path: path)
    reader = queue
    return try queue.read { database in
      let tables = try Int.fetchOne(
        database, sql: "SELECT count(*) FROM sqlite_schema WHERE name = 'per \"minute\"'")
      if tables != 1 { return [] }
      return try Row.fetchAll(
        database, sql: "SELECT ad, clicks FROM \"per \"\"minute\"\"\" ORDER BY \(order)"
      ).map { row in "\(row["ad"] as String? ?? "NULL") \(row["clicks"] as Int64)" }
    }
  }
}

/// Standard output, as a file that is appended to.
final class StdoutUnderTest: SinkUnderTest {
  private let folder: TemporaryFolder
  private let file: Int32

  init() throws {
    folder = try TemporaryFolder()
    file = try FileSystem().open(folder.path("out"), O_WRONLY | O_CREAT | O_APPEND)
  }

  deinit { close(file) }

  func makeSink(_ files: FileSystem) -> any Sink {
    StdoutSink(
      format: RowFormat(.csv), schema: ConformanceRow.schema, columns: ConformanceRow.columns,
      file: file)
  }

  func rows() throws -> [String] {
    try folder.text("out").split(separator: "\n").filter { !$0.hasPrefix("ad,") }.map(csvRow)
  }

  func leftovers() throws -> [String] { try folder.names().filter { $0 != "out" } }
}
