internal import Engine

/// What a SQLite sink's handle says, typed.
struct SqliteHandle: Hashable {
  var checkpoint: Int64
  /// The newest checkpoint with rows, this one or an earlier: what the database then says. 0 where
  /// there was none; nil in a checkpoint of an earlier version.
  var last: Int64?
  /// The rows; nil for a transaction without any.
  var staged: Staged?

  struct Staged: Hashable {
    /// The newest checkpoint with rows before it.
    var previous: Int64?
    var seal: StagingFile.Seal
  }

  /// The newest checkpoint with rows that must have been committed before it.
  var before: Int64? { staged.map(\.previous) ?? last }

  func sinkHandle(path: String, table: String) -> SinkHandle {
    var fields = ["path": path, "table": table]
    fields["last"] = last.map { String($0) }
    if let staged {
      fields["previous"] = staged.previous.map { String($0) }
      fields["length"] = String(staged.seal.length)
      fields["checksum"] = staged.seal.checksum
    }
    return SinkHandle(checkpoint: checkpoint, fields: fields)
  }

  init(checkpoint: Int64, last: Int64?, staged: Staged?) {
    self.checkpoint = checkpoint
    self.last = last
    self.staged = staged
  }

  init(_ handle: SinkHandle, path: String, table: String) throws {
    for (name, expected) in [("path", path), ("table", table)] {
      guard let other = handle.fields[name], other != expected else { continue }
      throw ConnectError(
        "the checkpoint's results are in \(other), and the pipeline now writes to \(expected)",
        remedy: "put the \(name) back, or start afresh")
    }
    checkpoint = handle.checkpoint
    last = handle.fields["last"].flatMap { Int64($0) }
    guard let checksum = handle.fields["checksum"] else { return }
    guard let length = handle.fields["length"].flatMap({ Int64($0) }) else {
      throw ConnectError(
        "the checkpoint does not say the length of the results for \(path)",
        remedy: "restore another checkpoint, or start afresh")
    }
    staged = Staged(
      previous: handle.fields["previous"].flatMap { Int64($0) },
      seal: .init(length: length, checksum: checksum))
  }
}
