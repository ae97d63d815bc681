import Foundation
import Testing

/// The library that numbers the program's file operations and disturbs one of them: see
/// Tests/Fixtures/faults/faults.c.
enum FaultShim {
  /// Compiled once a run, beside the test bundle.
  static let library: Result<String, Failure> = Result {
    let source = Program.repository + "/Tests/Fixtures/faults/faults.c"
    let built = URL(fileURLWithPath: Program.path).deletingLastPathComponent()
      .appendingPathComponent("libfaults.so").path
    let made = try Program.shell(
      """
      compiler=$(command -v cc || command -v clang) || { echo "no C compiler" >&2; exit 1; }
      "$compiler" -O1 -Wall -Wextra -Werror -shared -fPIC -o "\(built).$$" "\(source)" -ldl &&
        mv "\(built).$$" "\(built)"
      """, in: FileManager.default.temporaryDirectory.path)
    guard made.status == 0 else { throw Failure(description: made.errors) }
    return built
  }.mapError { $0 as? Failure ?? Failure(description: "\($0)") }

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// What becomes of an operation.
  enum Action: String, Sendable, CaseIterable {
    case kill, torn, short, full
    case noSpace = "ENOSPC"
    case quota = "EDQUOT"
    case device = "EIO"
    case tooManyFiles = "EMFILE"
    case interrupted = "EINTR"
    case readOnly = "EROFS"
    case forbidden = "EACCES"

    /// Those after which the program must not even blink.
    var isInvisible: Bool { self == .short || self == .interrupted }
    var isFault: Bool { self != .kill && self != .torn }

    /// The kinds of operation that it fits, as the library has it.
    func fits(_ kind: Operation.Kind) -> Bool {
      switch self {
      case .kill: true
      case .torn: kind == .write
      case .short: kind == .write || kind == .read
      case .full: [.create, .write, .mkdir].contains(kind)
      case .noSpace, .quota: [.create, .write, .mkdir, .rename, .link, .sync].contains(kind)
      case .device: true
      case .tooManyFiles: [.create, .open, .list].contains(kind)
      case .interrupted: [.create, .open, .read, .write, .truncate, .close].contains(kind)
      case .readOnly: [.create, .rename, .remove, .mkdir, .rmdir, .link].contains(kind)
      case .forbidden:
        [.create, .rename, .remove, .mkdir, .rmdir, .open, .list].contains(kind)
      }
    }
  }

  /// A line of the library's log.
  struct Operation: Sendable, CustomStringConvertible {
    enum Kind: String, Sendable {
      case create, write, sync, rename, remove, mkdir, rmdir, truncate, close, link
      case open, read, list
    }
    var number: Int
    var kind: Kind
    /// The number of the opening of the file; 0 for what is done by name.
    var file: Int
    /// Seen from the folder that the program was started in.
    var path: String
    var outcome: String
    var description: String
    /// Whether the plan had a hand in it.
    var isDisturbed: Bool { outcome.hasPrefix("!") }

    init?(_ line: Substring) {
      let words = line.split(separator: " ")
      guard words.count == 6, let number = Int(words[0]), let kind = Kind(rawValue: "\(words[1])"),
        let file = Int(words[2])
      else { return nil }
      (self.number, self.kind, self.file) = (number, kind, file)
      (path, outcome, description) = ("\(words[3])", "\(words[5])", "\(line)")
    }

    /// Whether it makes a checkpoint complete.
    var completesCheckpoint: Bool {
      let name = path.split(separator: "/").last ?? ""
      return kind == .rename && outcome == "ok" && name.hasPrefix("chk-")
    }
  }

  /// What the library is told.
  struct Plan: Sendable {
    var action: Action?
    var operation = 0
    /// From that operation on, not once.
    var isSticky = false
    /// Whether reading, opening to read and listing are operations too.
    var countsReads = false
    /// Whether a read of the log gives little, so that the job has many rounds, and with each a
    /// checkpoint.
    var slicesLog = true
    /// Whether the stream waits until a checkpoint is written: the operations then come in the same
    /// order each time.
    var isOrderly = true

    func environment(for job: CampaignJob, log: String) throws -> [String: String] {
      var variables = [
        "LD_PRELOAD": try FaultShim.library.get(), "FAULTS_LOG": log, "FAULTS_NO_SYNC": "1",
      ]
      if let action {
        variables["FAULTS_DO"] = action.rawValue
        variables["FAULTS_AT"] = "\(operation)"
      }
      if isSticky { variables["FAULTS_STICKY"] = "1" }
      if countsReads { variables["FAULTS_READS"] = "1" }
      if job.output == .stdout { variables["FAULTS_STDOUT"] = "1" }
      if slicesLog { variables["FAULTS_SLICE"] = "\(job.sliceBytes)" }
      if slicesLog, isOrderly { variables["FAULTS_QUIET_US"] = "1500" }
      return variables
    }
  }
}
