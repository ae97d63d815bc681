/// The names of the staging files of one sink of one job, so that a later run knows its own.
///
/// `.clicks.jsonl.my-job.sink-1.7.staged`: hidden, beside the target, in the same file system.
package struct StagingNames: Sendable {
  /// The folder they stand in.
  package let folder: String
  private let prefix: String

  package init(target: String, folder: String, jobID: String, sinkID: String) {
    self.folder = folder
    prefix =
      ".\(target).\(FileSystem.nameSafe(jobID)).\(FileSystem.nameSafe(sinkID))."
  }

  package func name(_ transaction: Int64) -> String { "\(prefix)\(transaction).staged" }
  package func path(_ transaction: Int64) -> String {
    FileSystem.resolve(name(transaction), in: folder)
  }

  /// The transaction whose staging file has this name; nil for any other file.
  package func transaction(of name: String) -> Int64? {
    guard name.hasPrefix(prefix), name.hasSuffix(".staged") else { return nil }
    let number = name.dropFirst(prefix.count).dropLast(".staged".count)
    guard !number.isEmpty, number.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int64(number)
  }

  /// Removes what earlier runs left, but for some transactions.
  package func removeLeftovers(except kept: Set<Int64> = [], files: FileSystem) throws {
    var removed = false
    for name in try files.listing(of: folder) ?? [] {
      guard let transaction = transaction(of: name), !kept.contains(transaction) else { continue }
      try files.remove(FileSystem.resolve(name, in: folder))
      removed = true
    }
    if removed { try files.syncFolder(folder) }
  }
}
