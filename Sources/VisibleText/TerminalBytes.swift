/// Results and logs, which are bytes, on their way to a terminal. Into files and pipes they go as
/// they are.
public enum TerminalBytes {
  /// How the bytes are read, so that what they say stays the same where that can be.
  public enum Form: Sendable {
    /// A JSON text a line: what is invisible is written as JSON's escapes.
    case jsonLines
    /// RFC 4180: a line feed within quotes is shown, others end a row.
    case csv
    /// Lines of anything.
    case lines
  }

  /// Whole records with everything invisible made visible: only the line feeds that end records
  /// stay.
  public static func visible(_ bytes: some Sequence<UInt8>, _ form: Form) -> [UInt8] {
    var result: [UInt8] = []
    var record: [UInt8] = []
    var isQuoted = false
    func close() {
      switch form {
      case .jsonLines:
        // Our own lines are UTF-8; what is not is shown byte by byte.
        if let text = String(validating: record, as: UTF8.self) {
          result += Array(SafeText.visible(json: text).utf8)
        } else {
          result += Array(SafeText.visible(record).utf8)
        }
      case .csv, .lines: result += Array(SafeText.visible(record).utf8)
      }
      record.removeAll(keepingCapacity: true)
    }
    for byte in bytes {
      if form == .csv, byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if byte == 10, !isQuoted {
        close()
        result.append(10)
      } else {
        record.append(byte)
      }
    }
    if !record.isEmpty { close() }
    return result
  }
}
