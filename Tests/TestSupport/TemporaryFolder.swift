import Foundation

/// A folder for one test, removed when nobody holds it any more.
///
/// In memory where there is such a place: thousands of fsyncs on a disk take minutes.
public final class TemporaryFolder {
  public let path: String

  public init() throws {
    let memory = "/dev/shm"
    let parent =
      FileManager.default.isWritableFile(atPath: memory)
      ? memory : FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
    path = "\(parent)/tidemark-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  public func path(_ name: String) -> String { "\(path)/\(name)" }
}
