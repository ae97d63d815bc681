import Foundation

/// What Foundation's parser makes of a JSON text, and where it is known to be wrong or to differ.
struct JsonReference {
  private let object: [String: Any]?
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    object = (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any]
  }

  var isObject: Bool { object != nil }

  /// The text of a field; nil where it is none, or where the same name stands twice.
  func text(_ name: String) -> String? {
    // Names are compared canonically there and as bytes here.
    guard let object, object.keys.filter({ $0 == name }).count == 1,
      count(of: "\"") > 0, !hasEscapedNames
    else { return nil }
    return object[name] as? String
  }

  /// A name may be spelled with escapes, so that a name that looks other is the same.
  private var hasEscapedNames: Bool { text.contains("\\u0073") }

  private var text: String { String(decoding: bytes, as: UTF8.self) }
  private func count(of byte: Character) -> Int { text.count { $0 == byte } }

  /// Foundation refuses numbers beyond a double, and halves of surrogate pairs; a name that stands
  /// twice it takes.
  var mayRefuse: Bool {
    let text = text
    if text.contains("\\u") || text.contains("\\U") { return true }
    var digits = 0
    var hasExponent = false
    for byte in bytes {
      if byte &- 48 <= 9 {
        digits += 1
        if digits > 18 { return true }
      } else {
        digits = byte == 46 ? digits : 0
        if byte | 32 == 101 { hasExponent = true }
      }
    }
    return hasExponent
  }

  /// It reads UTF-16 and UTF-32 too, skips a byte order mark, takes a comma after the last member,
  /// and nests four times deeper.
  var mayAccept: Bool {
    if bytes.contains(0) || bytes.first.map({ $0 > 127 }) == true { return true }
    let dense = bytes.filter { $0 > 32 }
    if zip(dense, dense.dropFirst()).contains(where: { $0 == 44 && ($1 == 93 || $1 == 125) }) {
      return true
    }
    var depth = 0
    for byte in bytes {
      if byte == 91 || byte == 123 { depth += 1 }
    }
    return depth > 120
  }
}
