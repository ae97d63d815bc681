internal import Engine

/// What a file sink's handle says, typed.
struct TransactionHandle: Hashable {
  /// The checkpoint that it was prepared for; 0 before the first.
  var checkpoint: Int64
  /// The number of the last transaction that had rows; 0 before there was one.
  var transaction: Int64
  /// The target's length once it is committed; 0 for part files.
  var end: Int64
  /// The xxHash of all that the target then holds; nil in a checkpoint of an earlier version.
  var content: String?
  /// Whether the job had committed nothing before it: then it replaces what stands there.
  var isFirst: Bool
  /// The rows; nil for a transaction without any.
  var staged: Staged?

  struct Staged: Hashable {
    var transaction: Int64
    /// The target's length before it.
    var before: Int64
    var seal: StagingFile.Seal
  }

  static let none = TransactionHandle(
    checkpoint: 0, transaction: 0, end: 0, content: XXHash64().hex, isFirst: false, staged: nil)
}

extension TransactionHandle {
  func sinkHandle(path: String) -> SinkHandle {
    var fields = [
      "path": path, "transaction": String(transaction), "end": String(end),
      "first": String(isFirst),
    ]
    fields["content"] = content
    if let staged {
      fields["before"] = String(staged.before)
      fields["length"] = String(staged.seal.length)
      fields["checksum"] = staged.seal.checksum
    }
    return SinkHandle(checkpoint: checkpoint, fields: fields)
  }

  init(_ handle: SinkHandle, path: String) throws {
    func number(_ name: String) throws -> Int64 {
      guard let number = handle.fields[name].flatMap({ Int64($0) }), number >= 0 else {
        throw ConnectError(
          "the checkpoint does not say the \(name) of the results in \(path)",
          remedy: "restore another checkpoint, or start afresh")
      }
      return number
    }
    if let other = handle.fields["path"], other != path {
      throw ConnectError(
        "the checkpoint's results are in \(other), and the pipeline now writes to \(path)",
        remedy: "put the path back, or start afresh")
    }
    checkpoint = handle.checkpoint
    transaction = try number("transaction")
    end = try number("end")
    content = handle.fields["content"]
    isFirst = handle.fields["first"] == "true"
    if let checksum = handle.fields["checksum"] {
      staged = Staged(
        transaction: transaction, before: try number("before"),
        seal: .init(length: try number("length"), checksum: checksum))
    }
  }
}
