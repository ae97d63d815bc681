import Columns

extension ScalarFunction {
  static let timeTexts: [ScalarFunction] = [
    reading("TO_TIMESTAMP", .timestamp, "a time", "TO_TIMESTAMP('2026-01-31 12:34:56')"),
    reading("TO_DATE", .date, "a date", "TO_DATE('31/01/2026', 'dd/MM/yyyy')"),
    reading(
      "UNIX_TIMESTAMP", .bigint, "the seconds since the epoch of a time",
      "UNIX_TIMESTAMP('2026-01-31 12:34:56')"),
    ScalarFunction(
      "FROM_UNIXTIME", .time, "FROM_UNIXTIME(seconds [, 'pattern'])",
      "a time in seconds since the epoch as a text", "FROM_UNIXTIME(0)", 1...2
    ) { checker, call in
      guard let seconds = checker.integer(call, 0) else { return nil }
      var text = "yyyy-MM-dd HH:mm:ss"
      if call.nodes.count == 2 {
        guard let given = checker.literalText(call, 1) else { return nil }
        text = given
      }
      guard let pattern = DatePattern(text) else {
        checker.fault(call.expression, "'\(text)' is not a pattern of a time")
        return nil
      }
      let kernel = map(.string, call.text, seconds) { (seconds: Int64, scope) -> Bytes? in
        let (ms, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        guard !overflow, eventTimeRange.contains(ms) else {
          scope.fail("\(seconds) is outside of the years 1 to 9999")
          return nil
        }
        pattern.write(ms, to: &scope.buffer)
        return scope.takeBuffer()
      }
      return checker.result(kernel, call)
    },
  ]

  /// A function that reads a text, by a literal pattern if one is given; NULL where it cannot.
  private static func reading(
    _ name: String, _ type: ColumnType, _ what: String, _ example: String
  ) -> ScalarFunction {
    ScalarFunction(
      name, .time, "\(name)(text [, 'pattern'])",
      "\(what) out of a text, NULL where it is none; by default as in 2026-01-31 12:34:56",
      example, 1...2
    ) { checker, call in
      guard let text = checker.text(call, 0) else { return nil }
      var given: TimePattern?
      if call.nodes.count == 2 {
        guard let written = checker.literalText(call, 1) else { return nil }
        if let reason = TimePattern.fault(in: written) {
          checker.fault(call.nodes[1].expression, reason)
          return nil
        }
        given = TimePattern(written)
      }
      let pattern = given
      let kernel = map(type, call.text, text) { (text: Bytes, _) -> Int64? in
        let read =
          pattern.map { $0.parse(text) }
          ?? CastText.held(text, as: type == .date ? .date : .timestamp)
          .map { type == .date ? $0 * msPerDay : $0 }
        guard let ms = read else { return nil }
        switch type {
        case .date: return floorDivide(ms, msPerDay)
        case .bigint: return floorDivide(ms, 1000)
        default: return ms
        }
      }
      return checker.result(kernel, call)
    }
  }
}
