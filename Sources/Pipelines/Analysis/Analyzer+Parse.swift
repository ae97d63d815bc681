internal import Columns
internal import Engine
internal import Foundation

extension Analyzer {
  mutating func analyzeParse(_ result: inout AnalyzedStep, _ input: AnalyzedStep.Input) {
    let step = result.step
    let from = analyzed[input.step].step
    if from.kind != "source" {
      report(.parseWithoutSource(reads: from.kind), step.kindRange)
      result.input = nil
    } else if let other = parses[from.index] {
      report(.parsedTwice(firstLine: line(of: other)), step.kindRange)
    } else {
      parses[from.index] = step.index
    }
    guard let (spec, isOpen) = parseSpec(step) else {
      result.output = RowStream(schema: Schema(), eventTime: 0, isOpen: true)
      return
    }
    result.body = .parse(spec)
    result.output = RowStream(
      schema: Schema(spec.columns.map { Field($0.name, $0.type) }), eventTime: spec.eventTime,
      isOpen: isOpen)
  }

  /// How a step's records become rows.
  ///
  /// - Returns: the spec, and whether faults left columns out of it; nil without any columns.
  mutating func parseSpec(_ step: Step) -> (ParseSpec, isOpen: Bool)? {
    guard let format = format(step) else { return nil }
    let declared = declarations(step)
    var columns: [ParseColumn]
    if case .accessLog = format, step.option("columns") == nil, declared.isEmpty {
      columns = AccessLogField.allCases.map { ParseColumn($0.rawValue, $0.type) }
    } else if declared.isEmpty {
      return nil
    } else {
      columns = declared.map { ParseColumn($0.name.value, $0.type.value) }
      checkNames(declared)
    }
    let isAccessLog = format == .accessLog
    if isAccessLog { checkAccessLog(step, declared) }
    checkHeld(declared, by: format, step.variant?.value ?? "")
    applyTimeFormats(step, declared, to: &columns, isAccessLog: isAccessLog)
    if case .regex(let pattern) = format { checkGroups(step, pattern, declared) }

    let watermark = watermark(step, columns)
    let arrival = arrival(step, columns)
    var eventTime: Int?
    if watermark.isProcessingTime {
      eventTime = addProcessingTime(step, to: &columns)
    } else {
      let (position, isUnknown) = self.eventTime(step, columns, isAccessLog: isAccessLog)
      eventTime = position ?? (isUnknown ? 0 : nil)
    }
    let spec = ParseSpec(
      format: format, columns: columns, eventTime: eventTime, arrival: arrival,
      watermark: watermark)
    return (spec, isOpen: !step.isSound)
  }

  func declarations(_ step: Step) -> [ColumnDeclaration] {
    guard case .columnTypes(let columns) = step.option("columns")?.value else { return [] }
    return columns
  }

  private mutating func format(_ step: Step) -> RecordFormat? {
    switch step.variant?.value {
    case "json": return .json
    case "access_log": return .accessLog
    case "csv": return .csv(csvOptions(step))
    case "regex":
      guard let option = step.option("pattern"), let pattern = option.value.text else { return nil }
      do {
        _ = try NSRegularExpression(pattern: pattern)
      } catch {
        report(.regexInvalid(reason: RegexGroups.reason(pattern)), option.range)
        return .regex("")
      }
      return .regex(pattern)
    default: return nil
    }
  }

  private mutating func csvOptions(_ step: Step) -> CsvOptions {
    var options = CsvOptions()
    if case .boolean(let header) = step.option("header")?.value { options.hasHeader = header }
    options.nullText = step.option("null")?.value.text
    if let option = step.option("delimiter"), let text = option.value.text {
      let byte = text == "tab" ? 9 : text.utf8.first ?? 0
      let isSingle = text == "tab" || text.utf8.count == 1
      if !isSingle || byte > 126 || byte < 9 || [10, 13, 34].contains(byte) {
        report(.delimiter(text), option.range)
      } else {
        options.delimiter = byte
      }
    }
    return options
  }

  private mutating func checkNames(_ columns: [ColumnDeclaration]) {
    for column in columns where !ColumnNames.isSound(column.name.value) {
      report(.badColumnName(column.name.value), column.name.range)
    }
  }

  private mutating func checkAccessLog(_ step: Step, _ columns: [ColumnDeclaration]) {
    let known = AccessLogField.allCases.map(\.rawValue)
    for column in columns {
      guard let field = AccessLogField(rawValue: column.name.value) else {
        report(.unknownAccessLogColumn(column.name.value, known: known), column.name.range)
        continue
      }
      let isWider = field.type == .int && column.type.value == .bigint
      let isText = column.type.value == .string && field != .time
      if column.type.value != field.type, !isWider, !isText {
        report(
          .accessLogType(column.name.value, declared: column.type.value, is: field.type),
          column.type.range)
      }
    }
  }

  /// Only JSON has values with parts.
  private mutating func checkHeld(
    _ columns: [ColumnDeclaration], by format: RecordFormat, _ name: String
  ) {
    for column in columns where column.type.value.isCollection {
      if format != .json || Self.hasUnreadableKey(column.type.value) {
        report(.columnOfFormat(column.type.value, format: name), column.type.range)
      }
    }
  }

  /// Whether a MAP in it has keys that no name of a JSON object is.
  private static func hasUnreadableKey(_ type: ColumnType) -> Bool {
    switch type {
    case .array(let element): hasUnreadableKey(element)
    case .row(let fields): fields.contains { hasUnreadableKey($0.type) }
    case .map(let key, let value): key != .string || hasUnreadableKey(value)
    default: false
    }
  }

  // MARK: Times

  private mutating func applyTimeFormats(
    _ step: Step, _ declared: [ColumnDeclaration], to columns: inout [ParseColumn],
    isAccessLog: Bool
  ) {
    let unit = step.option("unit")
    let pattern = step.option("time_format")
    if isAccessLog {
      for option in [unit, pattern].compactMap({ $0 }) { report(.accessLogTime, option.nameRange) }
    } else if unit != nil, let pattern {
      report(.unitAndFormat, pattern.nameRange)
    }
    if let pattern, let text = pattern.value.text { checkPattern(text, pattern.range) }
    var shared = TimeFormat.iso
    if let text = unit?.value.text, let unit = TimeFormat.EpochUnit(rawValue: text) {
      shared = .epoch(unit)
    } else if let text = pattern?.value.text {
      shared = .pattern(text)
    }
    for (index, column) in declared.enumerated() {
      if column.type.value.isTime { columns[index].timeFormat = shared }
      if let unit = column.unit {
        checkTime(column, "unit", unit.range, isAccessLog: isAccessLog)
        columns[index].timeFormat = .epoch(unit.value)
      }
      if let format = column.timeFormat {
        checkTime(column, "time_format", format.range, isAccessLog: isAccessLog)
        if column.unit != nil { report(.unitAndFormat, format.range) }
        checkPattern(format.value, format.range)
        columns[index].timeFormat = .pattern(format.value)
      }
    }
  }

  private mutating func checkTime(
    _ column: ColumnDeclaration, _ option: String, _ range: Range<Int>, isAccessLog: Bool
  ) {
    if isAccessLog {
      report(.accessLogTime, range)
    } else if !column.type.value.isTime {
      report(.timeOptionOnOther(option, type: column.type.value), range)
    }
  }

  private mutating func checkPattern(_ text: String, _ range: Range<Int>) {
    if let reason = TimePattern.fault(in: text) { report(.timePattern(reason: reason), range) }
  }

  /// The event time's position; true where it was named with a fault, so that windows keep quiet.
  private mutating func eventTime(
    _ step: Step, _ columns: [ParseColumn], isAccessLog: Bool
  ) -> (Int?, isUnknown: Bool) {
    guard let option = step.option("event_time"), let name = option.value.text else {
      let isGiven = !step.isSound
      let position = isAccessLog ? columns.firstIndex { $0.name == "time" } : nil
      return (position, position == nil && isGiven)
    }
    guard let position = columns.firstIndex(where: { $0.name == name }) else {
      if step.isSound {
        report(.unknownColumn(name, known: columns.map(\.name)), option.range)
      }
      return (nil, true)
    }
    guard columns[position].type.isTime else {
      report(.eventTimeType(name, columns[position].type), option.range)
      return (nil, true)
    }
    return (position, false)
  }

  // MARK: Regular expressions

  private mutating func checkGroups(
    _ step: Step, _ pattern: String, _ columns: [ColumnDeclaration]
  ) {
    guard !pattern.isEmpty else { return }
    let groups = RegexGroups.names(pattern)
    for column in columns where !groups.contains(column.name.value) {
      report(
        .regexWithoutGroup(column: column.name.value, groups: groups), column.name.range)
    }
  }
}

enum ColumnNames {
  static func isSound(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 128
      && name.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
  }
}

/// Reads the names of a regular expression's groups.
enum RegexGroups {
  /// The names of `(?<name>…)`, in order; looks behind are not groups.
  static func names(_ pattern: String) -> [String] {
    var names: [String] = []
    var rest = Substring(pattern)
    while let at = rest.firstIndex(of: "(") {
      let isEscaped = rest[..<at].reversed().prefix { $0 == "\\" }.count % 2 == 1
      let tail = rest[at...]
      rest = tail.dropFirst()
      guard !isEscaped, tail.hasPrefix("(?<"), !tail.hasPrefix("(?<="), !tail.hasPrefix("(?<!"),
        let close = tail.firstIndex(of: ">")
      else { continue }
      names.append(String(tail[tail.index(tail.startIndex, offsetBy: 3)..<close]))
    }
    return names
  }

  /// Why a pattern is none, in a few words.
  static func reason(_ pattern: String) -> String {
    var depth = 0
    var isEscaped = false
    var inClass = false
    for character in pattern {
      if isEscaped {
        isEscaped = false
        continue
      }
      switch character {
      case "\\": isEscaped = true
      case "[": inClass = true
      case "]": inClass = false
      case "(" where !inClass: depth += 1
      case ")" where !inClass: depth -= 1
      default: break
      }
      if depth < 0 { return "a ')' has no '('" }
    }
    if isEscaped { return "it ends in a single '\\'" }
    if inClass { return "a '[' is not closed" }
    if depth > 0 { return "a '(' is not closed" }
    if pattern.contains("(?P<") { return "groups are written (?<name>…), without P" }
    let groups = names(pattern)
    if let odd = groups.first(where: { name in
      !name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }) {
      return "a group's name has letters and digits only, not '\(odd)'"
    }
    return "check its repetitions and escapes"
  }
}
