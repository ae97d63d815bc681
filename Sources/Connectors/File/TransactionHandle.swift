internal import Engine

/// What a file sink's handle says, typed.
struct TransactionHandle: Hashable {
  /// The checkpoint that it was prepared for; 0 before the first.
  var checkpoint: Int64
  /// The number of the last transaction that had rows; 0 before there was one.
  var transaction: Int64
  /// The target's length once it is committed; 0 for part files.
  var end: Int64
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
    checkpoint: 0, transaction: 0, end: 0, isFirst: false, staged: nil)
}

extension TransactionHandle {
  func sinkHandle(path: String) -> SinkHandle {
    var fields = [
      "path": path, "transaction": String(transaction), "end": String(end),
      "first": String(isFirst),
    ]
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
    isFirst = handle.fields["first"] == "true"
    if let checksum = handle.fields["checksum"] {
      staged = Staged(
        transaction: transaction, before: try number("before"),
        seal: .init(length: try number("length"), checksum: checksum))
    }
  }
}

/// Where a file sink's staged rows go when they are committed.
protocol StagedTarget {
  /// As the pipeline says it.
  var path: String { get }
  var names: StagingNames { get }
  /// Whether commits go to the end of one file.
  var appends: Bool { get }
  /// Whether a job without a row still leaves a file.
  var needsFile: Bool { get }

  /// Refuses a target that cannot be written like this.
  func check() throws
  /// Makes a transaction visible that this object prepared.
  func commit(_ handle: TransactionHandle) throws
  /// Makes the target hold exactly what it held when the last of the handles was committed, which
  /// commits those that were not.
  ///
  /// - Parameter handles: those of one checkpoint, oldest first; at least one.
  /// - Returns: what had to be undone, for the user.
  func restore(_ handles: [TransactionHandle]) throws -> String?
}
