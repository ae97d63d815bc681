import Columns

/// Builds one line at a time and hands whole lines on in chunks, a buffer for each split.
///
/// The unsafe part of generating: everything is written into memory that is used again, so that
/// a line costs no allocation. Memory: 64 KiB a split.
final class LineOutput {
  /// Lines are at most this long; the longest that a generator writes is below 400 bytes.
  private static let lineCapacity = 1024
  private static let chunkCapacity = 65_536

  private let line: UnsafeMutablePointer<UInt8>
  private let chunks: UnsafeMutablePointer<UInt8>
  private var filled: [Int]
  private var count = 0
  private let write: (Int, UnsafeRawBufferPointer) throws -> Void

  init(splits: Int, write: @escaping (Int, UnsafeRawBufferPointer) throws -> Void) {
    line = .allocate(capacity: Self.lineCapacity)
    chunks = .allocate(capacity: Self.chunkCapacity * splits)
    filled = Array(repeating: 0, count: splits)
    self.write = write
  }

  deinit {
    line.deallocate()
    chunks.deallocate()
  }

  var splits: Int { filled.count }

  func text(_ text: StaticString) {
    text.withUTF8Buffer { bytes in
      guard let start = bytes.baseAddress else { return }
      reserve(bytes.count)
      (line + count).update(from: start, count: bytes.count)
      count += bytes.count
    }
  }

  func byte(_ byte: UInt8) {
    reserve(1)
    line[count] = byte
    count += 1
  }

  /// A whole number of at least 0, with zeros in front up to `digits`.
  func number(_ value: Int, digits: Int = 1) {
    reserve(20 + digits)
    var width = digits
    var limit = 1
    for _ in 0..<digits { limit &*= 10 }
    while width < 19, value >= limit {
      width += 1
      limit &*= 10
    }
    var rest = value
    var at = count + width
    while at > count {
      at -= 1
      let tenth = rest / 10
      line[at] = UInt8(truncatingIfNeeded: 48 + rest - tenth * 10)
      rest = tenth
    }
    count += width
  }

  /// Lower-case hexadecimal.
  func hex(_ value: UInt32, digits: Int) {
    reserve(digits)
    for place in 0..<digits {
      let digit = UInt8(truncatingIfNeeded: value >> UInt32(4 * (digits - 1 - place)) & 15)
      line[count + place] = digit < 10 ? 48 + digit : 87 + digit
    }
    count += digits
  }

  /// Hundredths as a number with two decimals: 1234 is `12.34`.
  func hundredths(_ value: Int) {
    number(value / 100)
    byte(46)
    number(value % 100, digits: 2)
  }

  /// Tenths as a number with one decimal: 417 is `41.7`.
  func tenths(_ value: Int) {
    number(value / 10)
    byte(46)
    number(value % 10)
  }

  /// ISO-8601 with milliseconds and `Z`.
  func isoTime(_ ms: Int64) {
    reserve(24)
    count += writeTimestamp(ms, to: line + count)
  }

  /// The time of a web log: `02/Mar/2026:09:00:00 +0000`.
  func webTime(_ ms: Int64) {
    let date = civilFromDays(ms / msPerDay)
    let seconds = Int(ms % msPerDay) / 1000
    number(Int(date.day), digits: 2)
    byte(47)
    switch date.month {
    case 1: text("Jan")
    case 2: text("Feb")
    case 3: text("Mar")
    case 4: text("Apr")
    case 5: text("May")
    case 6: text("Jun")
    case 7: text("Jul")
    case 8: text("Aug")
    case 9: text("Sep")
    case 10: text("Oct")
    case 11: text("Nov")
    default: text("Dec")
    }
    byte(47)
    number(Int(date.year), digits: 4)
    byte(58)
    number(seconds / 3600, digits: 2)
    byte(58)
    number(seconds / 60 % 60, digits: 2)
    byte(58)
    number(seconds % 60, digits: 2)
    text(" +0000")
  }

  /// Drops the rest of the line, as a writer does that was stopped in the middle of it.
  func cut(to length: Int) { count = min(count, length) }

  /// Ends the line and gives it to a split.
  func endLine(split: Int) throws {
    byte(10)
    if filled[split] + count > Self.chunkCapacity { try flush(split) }
    (chunks + Self.chunkCapacity * split + filled[split]).update(from: line, count: count)
    filled[split] += count
    count = 0
  }

  /// Hands on what is still here.
  func finish() throws {
    for split in filled.indices { try flush(split) }
  }

  private func flush(_ split: Int) throws {
    guard filled[split] > 0 else { return }
    let start = chunks + Self.chunkCapacity * split
    try write(split, UnsafeRawBufferPointer(start: start, count: filled[split]))
    filled[split] = 0
  }

  private func reserve(_ bytes: Int) {
    precondition(count + bytes <= Self.lineCapacity, "a generated line is too long")
  }
}
