/// What a function says of itself: help and completion are made from it.
public struct FunctionDescriptor: Hashable, Sendable {
  public enum Family: String, Hashable, Sendable, CaseIterable {
    case string, numeric, conditional, time, collection, json, hash
  }

  /// Its upper-case name.
  public var name: String
  public var family: Family
  /// How it is called, such as `SUBSTRING(text, start [, length])`.
  public var signature: String
  /// One line: what it gives.
  public var summary: String
  /// An expression without columns that shows it.
  public var example: String
}

extension FunctionDescriptor {
  /// Every function, in the order of the reference.
  public static let all: [FunctionDescriptor] = ScalarFunction.all.map(\.descriptor)
}
