internal import Columns

/// The beginning of a log cut into records and their fields, as far as its format is plain.
struct LogSample {
  enum Format: Sendable, Hashable {
    case json
    case csv(delimiter: Character, hasHeader: Bool)
    case accessLog
    /// Lines that a pattern cuts, a column `time` first.
    case lines(pattern: String, timeFormat: String?, remark: String?)
  }

  indirect enum Field: Sendable, Hashable {
    case null
    case boolean
    case number(String)
    case text(String)
    case object([Member])
    case list([Field])

    var hasParts: Bool {
      switch self {
      case .object, .list: true
      default: false
      }
    }
  }

  /// A value of an object, with its name as it is written.
  struct Member: Sendable, Hashable {
    var name: String
    var field: Field
  }

  var format: Format
  /// Column names in the order in which they were first seen.
  var columns: [String]
  /// The fields of each record, by column.
  var records: [[String: Field]]
  /// Lines that did not fit the format.
  var unfit: Int

  /// - Parameter isWhole: whether the bytes are the whole log; else the last line is cut.
  /// - Returns: nil for a log of no known format.
  static func read(_ bytes: [UInt8], isWhole: Bool) -> LogSample? {
    var lines = String(decoding: bytes, as: UTF8.self)
      .split(omittingEmptySubsequences: true) { $0 == "\n" || $0 == "\r\n" }
      .map { String($0) }
    if let first = lines.first, first.unicodeScalars.first == "\u{FEFF}" {
      lines[0] = String(first.unicodeScalars.dropFirst())
    }
    if !isWhole, lines.count > 1 { lines.removeLast() }
    lines = lines.filter { !$0.trimmed.isEmpty }
    guard !lines.isEmpty else { return nil }
    // What looks like JSON and is none must not be cut at its commas.
    if lines[0].trimmed.hasPrefix("{") { return json(lines) }
    return accessLog(lines) ?? text(lines) ?? csv(lines)
  }

  /// At least nine in ten lines must fit: logs have a broken line now and then.
  private static func fits(_ count: Int, of lines: Int) -> Bool {
    count > 0 && count * 10 >= lines * 9
  }

  private static func json(_ lines: [String]) -> LogSample? {
    var sample = LogSample(format: .json, columns: [], records: [], unfit: 0)
    var known: Set<String> = []
    for line in lines {
      var scanner = JSONLineScanner(line)
      guard let members = scanner.object() else {
        sample.unfit += 1
        continue
      }
      for member in members where known.insert(member.name).inserted {
        sample.columns.append(member.name)
      }
      sample.records.append(
        Dictionary(members.map { ($0.name, $0.field) }, uniquingKeysWith: { $1 }))
    }
    return fits(sample.records.count, of: lines.count) ? sample : nil
  }

  /// The times of web log lines; their other columns are known.
  private static func accessLog(_ lines: [String]) -> LogSample? {
    var sample = LogSample(
      format: .accessLog, columns: ["time"], records: [], unfit: 0)
    for line in lines {
      guard let fields = AccessLogSketch.fields(line) else {
        sample.unfit += 1
        continue
      }
      sample.records.append(fields)
    }
    sample.columns = AccessLogSketch.columns
    return fits(sample.records.count, of: lines.count) ? sample : nil
  }

  private static func text(_ lines: [String]) -> LogSample? {
    guard
      let (sketch, records) = TextSketch.of(lines, fits: { fits($0, of: lines.count) })
    else { return nil }
    return LogSample(
      format: .lines(
        pattern: sketch.pattern, timeFormat: sketch.timeFormat, remark: sketch.remark),
      columns: sketch.columns, records: records.compactMap { $0 },
      unfit: records.count { $0 == nil })
  }

  private static func csv(_ lines: [String]) -> LogSample? {
    guard lines.count > 1 else { return nil }
    let delimiters: [Character] = [",", ";", "\t", "|"]
    let counted = delimiters.map { (delimiter: $0, fields: CSVSketch.fields(lines[0], $0).count) }
    guard let best = counted.max(by: { $0.fields < $1.fields }), best.fields > 1 else { return nil }
    let first = CSVSketch.fields(lines[0], best.delimiter)
    let header = first.map(\.text)
    let hasHeader =
      Set(header).count == header.count
      && header.allSatisfy { !$0.trimmed.isEmpty && $0.utf8.count <= 64 && Double($0) == nil }
      && !first.contains { ColumnProfile.time(of: $0.text) != nil }
    let columns = hasHeader ? header : CSVSketch.names(of: first)
    let records = lines.dropFirst(hasHeader ? 1 : 0)
    var sample = LogSample(
      format: .csv(delimiter: best.delimiter, hasHeader: hasHeader), columns: columns, records: [],
      unfit: 0)
    for line in records {
      let fields = CSVSketch.fields(line, best.delimiter)
      guard fields.count == columns.count else {
        sample.unfit += 1
        continue
      }
      sample.records.append(
        Dictionary(zip(columns, fields.map(\.field)), uniquingKeysWith: { $1 }))
    }
    return fits(sample.records.count, of: records.count) ? sample : nil
  }
}

/// Cuts a line of CSV into fields, for a look at it.
enum CSVSketch {
  struct Cut {
    var text: String
    var isQuoted: Bool

    var field: LogSample.Field {
      if text.isEmpty, !isQuoted { return .null }
      switch text.lowercased() {
      case "true", "false": return .boolean
      default: return Double(text) != nil && !text.contains("x") ? .number(text) : .text(text)
      }
    }
  }

  /// Names for the columns of a file that has none: the first time is called so.
  static func names(of fields: [Cut]) -> [String] {
    let time = fields.firstIndex { field in
      ColumnProfile.time(of: field.text) != nil
        || [10, 13, 16, 19].contains(field.text.utf8.count) && Int64(field.text) != nil
    }
    return fields.indices.map { $0 == time ? "time" : "column_\($0 + 1)" }
  }

  static func fields(_ line: String, _ delimiter: Character) -> [Cut] {
    var fields: [Cut] = []
    var current = Cut(text: "", isQuoted: false)
    var isOpen = false
    for character in line {
      if character == "\"" {
        isOpen.toggle()
        current.isQuoted = true
      } else if character == delimiter, !isOpen {
        fields.append(current)
        current = Cut(text: "", isQuoted: false)
      } else {
        current.text.append(character)
      }
    }
    return fields + [current]
  }
}

/// Recognises lines of web logs.
enum AccessLogSketch {
  static let columns = ["host", "time", "method", "path", "status", "bytes"]

  static func fields(_ line: String) -> [String: LogSample.Field]? {
    guard let open = line.firstIndex(of: "["), let close = line[open...].firstIndex(of: "]"),
      line[..<open].split(separator: " ").count == 3
    else { return nil }
    let parts = line[line.index(after: close)...].split(
      separator: "\"", omittingEmptySubsequences: false)
    guard parts.count >= 3, parts[0] == " " else { return nil }
    let numbers = parts[2].split(separator: " ")
    guard numbers.count >= 2, numbers[0].count == 3, Int(numbers[0]) != nil else { return nil }
    let request = parts[1].split(separator: " ")
    let host = line[..<open].split(separator: " ").first.map(String.init) ?? ""
    return [
      "host": .text(host), "time": .text(String(line[line.index(after: open)..<close])),
      "method": request.first.map { .text(String($0)) } ?? .null,
      "path": request.count > 1 ? .text(String(request[1])) : .null,
      "status": .number(String(numbers[0])),
      "bytes": Int64(numbers[1]) == nil ? .null : .number(String(numbers[1])),
    ]
  }
}
