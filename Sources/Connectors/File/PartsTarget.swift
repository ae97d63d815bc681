internal import Engine

/// A folder of files, one for each transaction that had rows: `part-00001.jsonl` and on.
///
/// A part is written under a hidden name and renamed when it is committed, so a reader that takes
/// the folder's visible files sees committed rows only.
///
/// Whether somebody else has changed the parts is seen by the newest one's identity while the job
/// runs; only where that differs, and on a restore, are their bytes read and hashed.
final class PartsTarget: StagedTarget {
  let path: String
  let names: StagingNames
  let files: FileSystem
  let appends = false
  let needsFile = false
  private let suffix: String
  /// How this object left the newest part.
  private var left: FileIdentity?

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

  /// Otherwise bytes could move from a part to the next unnoticed.
  func endTransaction(length: Int64, in content: inout XXHash64) {
    withUnsafeBytes(of: length.littleEndian) { content.update($0) }
  }

  // MARK: Commit

  func commit(_ handle: TransactionHandle, after committed: TransactionHandle) throws {
    // Parts of an earlier job: of this one nothing is visible before its first commit.
    if handle.isFirst, handle.staged.map(isStaged) ?? true { try removeParts { _ in true } }
    guard let staged = handle.staged else { return }
    let part = part(staged.transaction)
    if isStaged(staged) {
      if !handle.isFirst { try checkUnchanged(since: committed) }
      if FileSystem.kind(of: part) != nil {
        throw ConnectError(
          "\(part) stands where the next part file is to go, and this job did not write it",
          remedy: "move it away, then run again")
      }
      try rename(staged)
    } else {
      // An earlier attempt of this object got as far as renaming it.
      if try FileSystem.length(of: part) != staged.seal.length { throw changed(staged.transaction) }
      try files.syncFolder(names.folder)
    }
    left = try FileSystem.identity(of: part)
  }

  private func rename(_ staged: TransactionHandle.Staged) throws {
    try files.rename(names.path(staged.transaction), to: part(staged.transaction))
    try files.syncFolder(names.folder)
  }

  private func checkUnchanged(since committed: TransactionHandle) throws {
    if committed.transaction == 0 { return }
    let now = try FileSystem.identity(of: part(committed.transaction))
    if let now, now == left { return }
    let content = try content(upTo: committed.transaction)
    if let expected = committed.content, expected != content.hex { throw edited() }
  }

  // MARK: Restore

  func restore(_ handles: [TransactionHandle]) throws -> RestoredTarget {
    guard let last = handles.last else { return RestoredTarget(content: XXHash64()) }
    let complete = try complete(last)
    let uncommitted = complete == nil ? try uncommitted(handles) : []
    // A part is renamed from its staging file: while that stands there, a part of that number or
    // of a later one is not of the checkpoint.
    let next = uncommitted.first?.transaction ?? last.transaction + 1
    let isFirst = next <= 1 && handles.contains { $0.isFirst }
    var content = try complete ?? content(upTo: next - 1)
    let isAsLeft = try add(uncommitted, to: &content)
    if !isAsLeft || last.content.map({ $0 != content.hex }) ?? false { throw edited() }

    let removed = try removeParts { $0 >= next || isFirst }
    for case let staged? in uncommitted.map(\.staged) { try rename(staged) }
    // The run before may have been cut off between the renaming and this.
    try files.syncFolder(names.folder)
    left = try FileSystem.identity(of: part(last.transaction))
    if removed == 0 || isFirst { return RestoredTarget(content: content) }
    return RestoredTarget(
      content: content,
      notice: "\(removed) part files after \(part(next - 1)) were removed: "
        + "they were written after the checkpoint that is restored")
  }

  /// The hash of all that was committed, where the parts hold it: staging files that stand beside
  /// them are then those of another run, which had gone back and came to the same numbers.
  private func complete(_ last: TransactionHandle) throws -> XXHash64? {
    for number in 1..<max(last.transaction + 1, 1) where FileSystem.kind(of: part(number)) == nil {
      return nil
    }
    let content = try content(upTo: last.transaction)
    return content.hex == last.content ? content : nil
  }

  // MARK: The parts

  /// The hash of the parts up to a number.
  private func content(upTo last: Int64) throws -> XXHash64 {
    var content = XXHash64()
    for number in 1..<max(last + 1, 1) {
      if FileSystem.kind(of: part(number)) == nil { throw changed(number) }
      var length: Int64 = 0
      try files.read(part(number)) { bytes in
        content.update(bytes)
        length += Int64(bytes.count)
      }
      endTransaction(length: length, in: &content)
    }
    return content
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
      remedy: Self.remedy)
  }

  private func edited() -> ConnectError {
    ConnectError(
      "the part files in \(path) were changed by somebody else: their bytes are not those that "
        + "this job wrote", remedy: Self.remedy)
  }

  private static let remedy =
    "put them back as they were, write to another folder, or start afresh: the part files are "
    + "then replaced"
}
