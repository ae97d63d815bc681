/// A fault outside the program: a file, a database, a full disk. It names the place and a remedy.
public struct ConnectError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What failed and where, such as `cannot read logs/a.jsonl: permission denied`.
  public var message: String
  /// What the user can do about it.
  public var remedy: String?
  /// Whether it may pass by itself, so that a job tries again: a full disk, a failing device, a
  /// locked database. Not for what only a person can set right.
  public var isTransient: Bool

  public init(_ message: String, remedy: String? = nil, isTransient: Bool = false) {
    self.message = message
    self.remedy = remedy
    self.isTransient = isTransient
  }

  public var description: String { remedy.map { "\(message); \($0)" } ?? message }
}
