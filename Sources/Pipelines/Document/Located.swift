/// A value with the place where it is written.
public struct Located<Value: Sendable & Hashable>: Sendable, Hashable {
  public var value: Value
  /// UTF-8 bytes of the text.
  public var range: Range<Int>

  public init(_ value: Value, _ range: Range<Int>) {
    self.value = value
    self.range = range
  }
}
