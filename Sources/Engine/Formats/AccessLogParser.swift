public import Columns

/// The fields of the common and the combined web log.
public enum AccessLogField: String, Sendable, CaseIterable {
  case host, ident, user, time, request, method, path, `protocol`, status, bytes, referrer
  case userAgent = "user_agent"

  public var type: ColumnType {
    switch self {
    case .time: .timestampLTZ
    case .status: .int
    case .bytes: .bigint
    default: .string
    }
  }
}

/// Lines as Apache and nginx write them:
/// `host ident user [31/Jan/2026:12:00:00 +0000] "GET /x HTTP/1.1" 200 512 "referrer" "agent"`.
///
/// `-` is NULL. A backslash in a quoted field escapes the next byte and is kept as it stands.
struct AccessLogParser: RecordParser {
  let columns: [ParseColumn]
  private let conversions: [FieldConversion]
  private let fields: [AccessLogField?]

  static let timePattern = "dd/MMM/yyyy:HH:mm:ss Z"

  init(columns: [ParseColumn]) {
    let columns = columns.map { column in
      var column = column
      if column.name == AccessLogField.time.rawValue, column.timeFormat == .iso {
        column.timeFormat = .pattern(Self.timePattern)
      }
      return column
    }
    self.columns = columns
    conversions = columns.map(FieldConversion.init)
    fields = columns.map { AccessLogField(rawValue: $0.name) }
  }

  func parse(_ block: RecordBlock, header: CsvHeader?) -> ParsedBlock {
    ParsedBlock.lines(block, columns: columns) { line, row, parsed in
      if let fault = utf8Fault(line) { return fault }
      switch AccessLogLine.read(line) {
      case .failure(let fault): return fault.message
      case .success(let read):
        var error: String?
        for (index, field) in fields.enumerated() where parsed.columns[index] != nil {
          let text = field.flatMap { read[$0] }
          error = error ?? parsed.store(text, index, row, columns, conversions)
        }
        return error
      }
    }
  }
}

/// One line of a web log, cut into its fields.
struct AccessLogLine {
  struct Fault: Error {
    var message: String
  }

  private var host: Bytes
  private var ident: Bytes
  private var user: Bytes
  private var time: Bytes
  private var request: Bytes
  private var status: Bytes
  private var size: Bytes
  private var referrer: Bytes?
  private var agent: Bytes?

  /// The field's text; nil where it is `-` or not there.
  subscript(field: AccessLogField) -> Bytes? {
    let text: Bytes?
    switch field {
    case .host: text = host
    case .ident: text = ident
    case .user: text = user
    case .time: text = time
    case .request: text = request
    case .method: text = requestPart(0)
    case .path: text = requestPart(1)
    case .protocol: text = requestPart(2)
    case .status: text = status
    case .bytes: text = size
    case .referrer: text = referrer
    case .userAgent: text = agent
    }
    guard let text, !(text.count == 1 && text[0] == 45), text.count > 0 else { return nil }
    return text
  }

  private func requestPart(_ wanted: Int) -> Bytes? {
    var part = 0
    var from = 0
    for at in 0...request.count where at == request.count || request[at] == 32 {
      if part == wanted { return Bytes(start: request.start + from, count: at - from) }
      part += 1
      from = at + 1
    }
    return nil
  }

  static func read(_ line: Bytes) -> Result<AccessLogLine, Fault> {
    var at = 0
    func fault(_ message: String) -> Result<AccessLogLine, Fault> {
      .failure(Fault(message: "\(message) at byte \(at + 1)"))
    }
    func word() -> Bytes? {
      let from = at
      while at < line.count, line[at] != 32 { at += 1 }
      guard at > from else { return nil }
      defer { if at < line.count { at += 1 } }
      return Bytes(start: line.start + from, count: at - from)
    }
    func quoted() -> Bytes? {
      guard at < line.count, line[at] == 34 else { return nil }
      var end = at + 1
      while end < line.count, line[end] != 34 { end += line[end] == 92 ? 2 : 1 }
      guard end < line.count else { return nil }
      defer { at = end + 1 < line.count && line[end + 1] == 32 ? end + 2 : end + 1 }
      return Bytes(start: line.start + at + 1, count: end - at - 1)
    }
    guard let host = word() else { return fault("the host is missing") }
    guard let ident = word(), let user = word() else { return fault("ident and user are missing") }
    guard at < line.count, line[at] == 91 else { return fault("the time in [ ] is missing") }
    var close = at
    while close < line.count, line[close] != 93 { close += 1 }
    guard close < line.count else { return fault("the time is not closed with ]") }
    let time = Bytes(start: line.start + at + 1, count: close - at - 1)
    at = min(close + 2, line.count)
    guard let request = quoted() else { return fault("the request in quotes is missing") }
    guard let status = word() else { return fault("the status is missing") }
    guard let size = word() else { return fault("the size is missing") }
    var referrer: Bytes?
    var agent: Bytes?
    if at < line.count {
      guard let text = quoted() else { return fault("the referrer is not in quotes") }
      referrer = text
      if at < line.count {
        guard let text = quoted() else { return fault("the user agent is not in quotes") }
        agent = text
      }
    }
    return .success(
      AccessLogLine(
        host: host, ident: ident, user: user, time: time, request: request, status: status,
        size: size, referrer: referrer, agent: agent))
  }
}
