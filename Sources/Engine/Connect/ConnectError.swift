/// A fault outside the program: a file, a database, a full disk. It names the place and a remedy.
public struct ConnectError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What failed and where, such as `cannot read logs/a.jsonl: permission denied`.
  public var message: String
  /// What the user can do about it.
  public var remedy: String?

  public init(_ message: String, remedy: String? = nil) {
    self.message = message
    self.remedy = remedy
  }

  public var description: String { remedy.map { "\(message); \($0)" } ?? message }
}
