internal import Columns
internal import Connectors
internal import Engine

/// Why no pipeline can be proposed for a log, and what to do.
public struct LogProposalFault: Error, Sendable, Hashable, CustomStringConvertible {
  public var message: String
  public var remedy: String

  public var description: String { "\(message); \(remedy)" }
}

/// A first pipeline for a log: it says what was seen in a sample, and why each choice was made.
///
/// The text passes the check. It is a beginning to be changed, not an answer.
public struct LogProposal: Sendable {
  /// The pipeline as YAML, with the reasons as comments.
  public var text: String
  /// Where the file would stand: beside the log, so that its path is the log's name.
  public var path: String

  /// The bytes that are looked at.
  public static let sampleBytes = 1 << 20

  /// Looks at the beginning of a log.
  ///
  /// - Throws: ``LogProposalFault`` for a log that cannot be read, is empty or of no known format.
  public static func propose(path: String) throws -> LogProposal {
    let (bytes, size): ([UInt8], Int64?)
    do {
      (bytes, size) = try FileSystem.beginning(of: path, limit: sampleBytes)
    } catch {
      throw LogProposalFault(
        message: "cannot read \(path): \(SystemFault.text(of: error.code))",
        remedy: "check that it is a file and may be read")
    }
    return try propose(path: path, bytes: bytes, size: max(size ?? 0, Int64(bytes.count)))
  }

  /// The same, and for a text of no known format a pipeline that reads its lines as they are.
  public static func orPlain(path: String) throws -> LogProposal {
    do {
      return try propose(path: path)
    } catch {
      guard isText(path) else { throw error }
      let (file, folder, stem) = names(of: path)
      let name = ProposalText.name(stem)
      return LogProposal(
        text: """
          # Its format is not known, so each line is one column. A pattern with more groups makes more.
          pipeline: \(name)

          steps:
            - source: file
              path: \(ProposalText.yaml(file))
            - parse: regex
              pattern: (?<line>.*)
              columns:
                line: STRING
            - sink: stdout

          """, path: "\(folder)\(stem).yaml")
    }
  }

  /// Whether a file begins with a text; looks at its first 4 KiB only.
  public static func isText(_ path: String) -> Bool {
    guard let bytes = try? FileSystem.beginning(of: path, limit: 4096).bytes else { return false }
    return bytes.contains { $0 > 32 } && !bytes.contains(0)
  }

  private static func names(of path: String) -> (file: String, folder: String, stem: String) {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    let folder = path.hasSuffix(file) ? String(path.dropLast(file.count)) : ""
    return (file, folder, file.split(separator: ".").first.map(String.init) ?? "pipeline")
  }

  /// The same for bytes that were read before.
  ///
  /// - Parameter size: the bytes of the whole log, of which `bytes` are the beginning.
  public static func propose(path: String, bytes: [UInt8], size: Int64) throws -> LogProposal {
    guard bytes.contains(where: { $0 > 32 }) else {
      throw LogProposalFault(
        message: "\(path) is empty", remedy: "give a log with some records in it")
    }
    guard let sample = LogSample.read(bytes, isWhole: Int64(bytes.count) >= size) else {
      throw LogProposalFault(
        message:
          "\(path) is neither JSON lines, nor CSV, nor a web access log, nor are its lines begun by a time",
        remedy: "write a pipeline with `parse: regex` and a pattern with a group for each column")
    }
    let choice = PipelineChoice(
      sample: sample, share: Double(size) / Double(max(1, bytes.count)))
    let (file, folder, stem) = names(of: path)
    return LogProposal(
      text: ProposalText(sample: sample, choice: choice, file: file, stem: stem).text,
      path: "\(folder)\(stem).yaml")
  }
}
