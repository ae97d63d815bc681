import Columns
import Engine
import TestSupport

@testable import Connectors

/// A file, or a folder of parts where the path ends in `/`, that a sink writes clicks to.
final class FileTarget {
  let folder: TemporaryFolder
  let path: String
  private let format: RowFormat.Kind

  init(_ path: String, _ format: RowFormat.Kind) throws {
    folder = try TemporaryFolder()
    self.path = path
    self.format = format
  }

  static let schema = Schema([Field("ad", .string), Field("clicks", .bigint)])

  /// Rows of the same length, as long as their numbers have one digit.
  static func rows(_ range: Range<Int64>) -> Batch {
    batch(schema, range.map { [.string("ad-\($0)"), .integer($0)] })
  }

  func makeSink(_ files: FileSystem = FileSystem()) -> FileSink {
    FileSink(
      path: folder.path(path), format: RowFormat(format), schema: Self.schema, columns: [0, 1],
      jobID: "clicks / per minute", sinkID: "sink-1", files: files)
  }

  /// Writes and commits a transaction.
  @discardableResult
  func add(_ range: Range<Int64>, to sink: FileSink, checkpoint: Int64) throws -> SinkHandle {
    try sink.write(Self.rows(range))
    let handle = try sink.prepare(checkpoint: checkpoint)
    try sink.commit(handle)
    return handle
  }

  /// The file that the first commit left: of parts the first.
  var firstFile: String { path.hasSuffix("/") ? "\(path)part-00001.jsonl" : path }

  private var names: [String] {
    get throws {
      try FileSystem().listing(of: folder.path(path.hasSuffix("/") ? path : "")) ?? []
    }
  }

  /// The hidden staging files.
  var staged: [String] { get throws { try names.filter { $0.hasSuffix(".staged") } } }

  /// The path of the one staging file with this number.
  func stagingFile(_ number: Int) throws -> String {
    let prefix = path.hasSuffix("/") ? path : ""
    let name = try staged.first { $0.hasSuffix(".\(number).staged") } ?? "none"
    return folder.path(prefix + name)
  }

  /// Where the staging file with this number would stand.
  func stagingPath(_ number: Int64) -> String {
    let isFolder = path.hasSuffix("/")
    return StagingNames(
      target: isFolder ? "part" : path, folder: folder.path(isFolder ? path : ""),
      jobID: "clicks / per minute", sinkID: "sink-1"
    ).path(number)
  }

  /// Everything that stands there, hidden names too.
  func contents() throws -> String {
    if !path.hasSuffix("/") {
      return "\(try folder.names())\n" + (try folder.text(path))
    }
    return try names.map { "\($0)\n\(try folder.text(path + $0))" }.joined()
  }

  /// The committed rows' numbers.
  func clicks() throws -> String {
    let isFolder = path.hasSuffix("/")
    let visible = try names.filter { isFolder ? $0.hasPrefix("part-") : $0 == path }
    return try visible.map { try folder.text(isFolder ? path + $0 : $0) }.joined()
      .split(separator: "\n").map { $0.dropLast().split(separator: ":").last ?? "?" }
      .joined(separator: " ")
  }
}
