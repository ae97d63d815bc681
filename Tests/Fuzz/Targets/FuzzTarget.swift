/// A parser under fire: takes any bytes, and says which property they break.
///
/// A trap, a hang or memory out of bounds ends the program by itself; a target adds what must hold
/// of every answer, such as that what is written is read back the same.
struct FuzzTarget: Sendable {
  var name: String
  /// Longer inputs are not tried: the time of a run goes to many of them instead.
  var maxBytes = 4096
  /// Words that random bytes hardly ever hit.
  var words: [String] = []
  /// Inputs to start from, beside those under Tests/Fixtures/fuzz.
  var seeds: @Sendable () -> [[UInt8]] = { [] }
  /// - Throws: ``BrokenProperty``.
  var run: @Sendable ([UInt8]) throws -> Void

  static let all: [FuzzTarget] =
    recordTargets + pipelineTargets + expressionTargets + scalarTargets + terminalTargets
    + checkpointTargets + sourceTargets
}

/// What held of every input so far and does not hold of this one.
struct BrokenProperty: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}

/// Throws where a property does not hold.
func require(_ holds: Bool, _ property: @autoclosure () -> String) throws {
  if !holds { throw BrokenProperty(property()) }
}

extension String {
  /// The text with each byte that is no plain character as `\xNN`, for messages.
  var escaped: String {
    utf8.map { byte in
      (32..<127).contains(byte)
        ? String(Unicode.Scalar(byte)) : "\\x" + String(byte, radix: 16)
    }.joined()
  }
}
