internal import Connectors
import Engine
import Foundation

/// Requests to a running job, as files in its folder: written by `tidemark savepoint`, looked for
/// between rounds, answered in a file.
public struct RequestFolder: Sendable {
  private let folder: String
  private let files = FileSystem()

  /// - Parameters:
  ///   - directory: the folder of all checkpoints.
  ///   - job: the job's name.
  public init(directory: String, job: String) {
    folder = CheckpointStore(directory: directory, job: job).folder
  }

  private var requestPath: String { "\(folder)/request.json" }
  private func answerPath(_ id: String) -> String { "\(folder)/answer-\(id).json" }

  /// The process that runs the job; nil where none does.
  public var runningProcess: Int32? { JobLock.holder(folder) }

  // MARK: The job's side

  /// Removes what was asked of a run that is gone.
  public func clear() {
    guard let names = try? files.listing(of: folder) else { return }
    for name in names where name == "request.json" || name.hasPrefix("answer-") {
      try? files.remove("\(folder)/\(name)")
    }
  }

  /// The request that waits, if one does.
  public func take() -> SavepointRequest? {
    guard FileSystem.kind(of: requestPath) != nil, let bytes = try? files.contents(of: requestPath)
    else { return nil }
    try? files.remove(requestPath)
    return try? JSONDecoder().decode(SavepointRequest.self, from: Data(bytes))
  }

  public func answer(_ id: String, _ answer: SavepointAnswer) {
    guard let data = try? JSONEncoder().encode(answer) else { return }
    try? write(Array(data), to: answerPath(id))
  }

  /// Whole or not at all, for the other side may look at any moment.
  private func write(_ bytes: [UInt8], to path: String) throws {
    let temporary = "\(path).inprogress"
    try files.remove(temporary)
    try files.writeNew(bytes, to: temporary)
    try files.rename(temporary, to: path)
  }

  // MARK: The asking side

  /// Asks the job that runs, and waits for its answer.
  ///
  /// - Parameter wait: called while there is none yet; returns false to give up.
  /// - Throws: ``ConnectError`` where the job ends without an answer.
  public func ask(_ request: SavepointRequest, wait: () -> Bool) throws -> SavepointAnswer {
    if FileSystem.kind(of: requestPath) != nil {
      throw ConnectError(
        "another request waits for the job", remedy: "wait until it is answered, then ask again")
    }
    try write(Array(try JSONEncoder().encode(request)), to: requestPath)
    let path = answerPath(request.id)
    defer { try? files.remove(path) }
    while true {
      let isRunning = runningProcess != nil
      if FileSystem.kind(of: path) != nil {
        return try JSONDecoder().decode(
          SavepointAnswer.self, from: Data(try files.contents(of: path)))
      }
      guard isRunning, wait() else {
        try? files.remove(requestPath)
        throw ConnectError(
          isRunning ? "the job did not answer" : "the job ended before it took the savepoint",
          remedy: isRunning
            ? "it may wait for its source; ask again when records come"
            : "ask again: a savepoint is then made of its last checkpoint")
      }
    }
  }
}
