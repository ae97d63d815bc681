internal import Engine
internal import Foundation

/// `${env:NAME}` in options of sources and sinks: put in when the job starts, never before.
enum Interpolation {
  /// The first `${…}` of a text, with its offset in bytes.
  static func first(in text: String) -> (text: String, offset: Int)? {
    guard let start = text.range(of: "${env:") else { return nil }
    let end = text[start.lowerBound...].firstIndex(of: "}").map { text.index(after: $0) }
    return (
      String(text[start.lowerBound..<(end ?? text.endIndex)]),
      text.utf8.distance(from: text.startIndex, to: start.lowerBound)
    )
  }

  /// What is wrong with the `${…}` of a text.
  static func fault(in text: String) -> Finding? {
    var rest = Substring(text)
    while let start = rest.range(of: "${") {
      let tail = rest[start.upperBound...]
      guard let close = tail.firstIndex(of: "}") else {
        return .interpolationForm(String(rest[start.lowerBound...]))
      }
      let inner = tail[..<close]
      guard inner.hasPrefix("env:"), isName(inner.dropFirst(4)) else {
        return .interpolationForm("${\(inner)}")
      }
      rest = tail[tail.index(after: close)...]
    }
    return nil
  }

  /// The variables that a text names, in its order.
  static func names(in text: String) -> [String] {
    var names: [String] = []
    var rest = Substring(text)
    while let start = rest.range(of: "${env:"),
      let close = rest[start.upperBound...].firstIndex(of: "}")
    {
      names.append(String(rest[start.upperBound..<close]))
      rest = rest[rest.index(after: close)...]
    }
    return names
  }

  static func isUsed(in text: String) -> Bool { text.contains("${env:") }

  /// The text with the environment's values.
  ///
  /// - Throws: ``ConnectError`` that names a variable that is not set, never a value.
  static func resolve(_ text: String, _ environment: [String: String]) throws -> String {
    var result = ""
    var rest = Substring(text)
    while let start = rest.range(of: "${env:"),
      let close = rest[start.upperBound...].firstIndex(of: "}")
    {
      let name = String(rest[start.upperBound..<close])
      guard let value = environment[name] else {
        throw ConnectError(
          "the environment has no variable \(name)", remedy: "set it: export \(name)=…")
      }
      result += rest[..<start.lowerBound] + value
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }

  private static func isName(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, first == 95 || (first | 32 >= 97 && first | 32 <= 122) else {
      return false
    }
    return text.utf8.allSatisfy {
      $0 == 95 || ($0 >= 48 && $0 <= 57) || ($0 | 32 >= 97 && $0 | 32 <= 122)
    }
  }
}
