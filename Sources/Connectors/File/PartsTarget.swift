internal import Engine

/// A folder of files, one for each transaction that had rows: `part-00001.jsonl` and on.
///
/// A part is written under a hidden name and renamed when it is committed, so a reader that takes
/// the folder's visible files sees committed rows only.
struct PartsTarget: StagedTarget {
  let path: String
  let names: StagingNames
  let appends = false
  let needsFile = false
  private let suffix: String
  private let files: FileSystem

  init(folder path: String, suffix: String, jobID: String, sinkID: String, files: FileSystem) {
    self.path = path
    self.suffix = suffix
    self.files = files
    var folder = path
    while folder.utf8.count > 1 && folder.hasSuffix("/") { folder.removeLast() }
    names = StagingNames(target: "part", folder: folder, jobID: jobID, sinkID: sinkID)
  }

  func check() throws {
    if FileSystem.kind(of: names.folder) != .folder {
      throw ConnectError(
        "cannot write part files to \(path): it is not a folder",
        remedy: "leave out the / at the end for one file")
    }
  }

  func commit(_ handle: TransactionHandle) throws {
    // Of an earlier job: nothing of this one is visible before its first commit.
    if handle.isFirst, isStaged(handle) || handle.staged == nil { try removeParts { _ in true } }
    guard let staged = handle.staged else { return }
    if isStaged(handle) {
      try rename(staged)
    } else if try FileSystem.length(of: part(staged.transaction)) != staged.seal.length {
      throw changed(staged.transaction)
    }
  }

  func restore(_ handles: [TransactionHandle]) throws -> String? {
    guard let last = handles.last else { return nil }
    let prepared = handles.filter(isStaged)
    for case let staged? in prepared.map(\.staged) {
      try StagingFile.verify(names.path(staged.transaction), staged.seal, files: files)
    }
    // A part is renamed from its staging file: while that stands there, a part of that number or
    // of a later one is not this transaction's.
    let next = prepared.first?.transaction ?? last.transaction + 1
    let isFirst = next <= 1 && handles.contains { $0.isFirst }
    let removed = try removeParts { $0 >= next || isFirst }
    for case let staged? in prepared.map(\.staged) { try rename(staged) }
    for number in 1..<max(last.transaction + 1, 1)
    where FileSystem.kind(of: part(number)) == nil {
      throw changed(number)
    }
    for case let staged? in handles.map(\.staged) {
      let length = try FileSystem.length(of: part(staged.transaction))
      if length != staged.seal.length { throw changed(staged.transaction) }
    }
    if removed == 0 || isFirst { return nil }
    return "\(removed) part files after \(part(next - 1)) were removed: "
      + "they were written after the checkpoint that is restored"
  }

  private func isStaged(_ handle: TransactionHandle) -> Bool {
    handle.staged.map { FileSystem.kind(of: names.path($0.transaction)) != nil } ?? false
  }

  private func rename(_ staged: TransactionHandle.Staged) throws {
    try files.rename(names.path(staged.transaction), to: part(staged.transaction))
    try files.syncFolder(names.folder)
  }

  @discardableResult
  private func removeParts(_ isUnwanted: (Int64) -> Bool) throws -> Int {
    var removed = 0
    for name in try files.listing(of: names.folder) ?? [] {
      guard let number = number(of: name), isUnwanted(number) else { continue }
      try files.remove(FileSystem.resolve(name, in: names.folder))
      removed += 1
    }
    if removed > 0 { try files.syncFolder(names.folder) }
    return removed
  }

  private func part(_ number: Int64) -> String {
    let digits = String(number)
    let zeros = String(repeating: "0", count: max(0, 5 - digits.count))
    return FileSystem.resolve("part-\(zeros)\(digits).\(suffix)", in: names.folder)
  }

  /// The number of a part file of either format.
  private func number(of name: String) -> Int64? {
    guard name.hasPrefix("part-"), let dot = name.lastIndex(of: ".") else { return nil }
    let digits = name[..<dot].dropFirst("part-".count)
    let isPart = RowFormat.Kind(rawValue: String(name[name.index(after: dot)...])) != nil
    guard isPart, digits.utf8.count >= 5, digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    return Int64(digits)
  }

  private func changed(_ number: Int64) -> ConnectError {
    ConnectError(
      "\(part(number)) was changed by somebody else: it is gone, or not as this job left it",
      remedy: "write to another folder, or start afresh: the part files are then replaced")
  }
}
