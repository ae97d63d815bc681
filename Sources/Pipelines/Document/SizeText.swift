/// A number of bytes as it is written in pipelines: `512 MB`, `2 GB`, `64 MiB`.
enum SizeText {
  static let units: [(name: String, bytes: Int64)] = [
    ("B", 1), ("kB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
  ]

  /// Bytes; nil for anything else than a whole or decimal number and a unit.
  static func parse(_ text: String) -> Int64? {
    let trimmed = text.trimmed
    let digits = trimmed.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "_") }
    let unit = String(trimmed.dropFirst(digits.count)).trimmed.lowercased()
    guard let size = units.first(where: { $0.name.lowercased() == unit })?.bytes,
      let number = Double(digits.replacing("_", with: "")), number.isFinite
    else { return nil }
    let bytes = (number * Double(size)).rounded()
    return bytes < 9e18 ? Int64(bytes) : nil
  }
}
