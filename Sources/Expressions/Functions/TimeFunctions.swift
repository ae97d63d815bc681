import Columns

extension ScalarFunction {
  static let times: [ScalarFunction] =
    [
      ScalarFunction(
        "EXTRACT", .time, "EXTRACT(unit FROM t)", "a part of a time, in UTC",
        "EXTRACT(HOUR FROM TIMESTAMP '2026-01-31 12:34:56')", 1...1, takesWord: true
      ) { checker, call in checker.extract(call, call.wordText) },
      ScalarFunction(
        "DATE_FORMAT", .time, "DATE_FORMAT(t, 'pattern')",
        "a time as a text, by Java's letters: yyyy-MM-dd HH:mm:ss.SSS",
        "DATE_FORMAT(TIMESTAMP '2026-01-31 12:34:56', 'yyyy-MM-dd HH:mm')", 2...2
      ) { checker, call in
        guard let (time, type) = checker.time(call, 0), let text = checker.literalText(call, 1)
        else { return nil }
        guard let pattern = DatePattern(text) else {
          checker.fault(
            call.nodes[1].expression, "'\(text)' is not a pattern of a time",
            hint: "the letters are y M d H h m s S a E D, other text stands in ''quotes''")
          return nil
        }
        let scale = type == .date ? msPerDay : 1
        let kernel = map(.string, call.text, time) { (t: Int64, scope) -> Bytes? in
          pattern.write(t &* scale, to: &scope.buffer)
          return scope.takeBuffer()
        }
        return checker.result(kernel, call)
      },
      ScalarFunction(
        "TO_TIMESTAMP_LTZ", .time, "TO_TIMESTAMP_LTZ(epoch, precision)",
        "the time of an epoch in seconds (precision 0) or milliseconds (3)",
        "TO_TIMESTAMP_LTZ(1767225600, 0)", 1...2
      ) { checker, call in
        guard let epoch = checker.integer(call, 0) else { return nil }
        let precision = call.nodes.count == 1 ? 3 : call.nodes[1].constant?.integer ?? -1
        guard precision == 0 || precision == 3 else {
          checker.fault(call.nodes[1].expression, "the precision is 0 (seconds) or 3 (ms)")
          return nil
        }
        let scale: Int64 = precision == 0 ? 1000 : 1
        let kernel = map(.timestampLTZ, call.text, epoch) { (epoch: Int64, scope) -> Int64? in
          let (ms, overflow) = epoch.multipliedReportingOverflow(by: scale)
          if !overflow, eventTimeRange.contains(ms) { return ms }
          scope.fail("\(epoch) is outside of the years 1 to 9999")
          return nil
        }
        return checker.result(kernel, call)
      },
      ScalarFunction(
        "TIMESTAMPDIFF", .time, "TIMESTAMPDIFF(unit, from, to)",
        "how many whole units lie between two times",
        "TIMESTAMPDIFF(DAY, DATE '2026-01-01', DATE '2026-01-31')", 2...2, takesWord: true
      ) { checker, call in
        guard let unit = checker.unit(call), let (a, aType) = checker.time(call, 0),
          let (b, bType) = checker.time(call, 1)
        else { return nil }
        let (aScale, bScale) = (aType == .date ? msPerDay : 1, bType == .date ? msPerDay : 1)
        let kernel = map(.int, call.text, a, b) { (a: Int64, b: Int64, scope) -> Int64? in
          let units = unit.between(a &* aScale, b &* bScale)
          if Int32(exactly: units) != nil { return units }
          scope.fail("\(units) does not fit in INT")
          return nil
        }
        return checker.result(kernel, call)
      },
      ScalarFunction(
        "TIMESTAMPADD", .time, "TIMESTAMPADD(unit, count, t)", "the time so many units later",
        "TIMESTAMPADD(MONTH, 1, TIMESTAMP '2026-01-31 00:00:00')", 2...2, takesWord: true
      ) { checker, call in
        guard let unit = checker.unit(call), let count = checker.integer(call, 0),
          let (time, type) = checker.time(call, 1)
        else { return nil }
        return checker.result(checker.moved(time, type, by: count, unit, call.text), call)
      },
    ]
    + [
      ("YEAR", "YEAR"), ("QUARTER", "QUARTER"), ("MONTH", "MONTH"), ("WEEK", "WEEK"),
      ("DAYOFYEAR", "DOY"), ("DAYOFMONTH", "DAY"), ("DAYOFWEEK", "DOW"), ("HOUR", "HOUR"),
      ("MINUTE", "MINUTE"), ("SECOND", "SECOND"),
    ].map { name, unit in
      ScalarFunction(
        name, .time, "\(name)(t)", "short for EXTRACT(\(unit) FROM t)",
        "\(name)(TIMESTAMP '2026-01-31 12:34:56')", 1...1
      ) { checker, call in checker.extract(call, unit) }
    }
}

extension Checker {
  mutating func unit(_ call: ScalarFunction.Call) -> TimeUnit? {
    var name = call.wordText
    if name.hasPrefix("SQL_TSI_") { name.removeFirst("SQL_TSI_".count) }
    if let unit = TimeUnit(rawValue: name) { return unit }
    fault(
      call.word ?? call.expression, "there is no unit \(name)",
      hint: Suggestion.hint(name, among: TimeUnit.allCases.map(\.rawValue), called: "units"))
    return nil
  }

  /// Times so many units later; whole days keep a DATE a DATE.
  func moved(
    _ time: any Kernel, _ type: ColumnType, by count: any Kernel, _ unit: TimeUnit, _ text: String
  ) -> any Kernel {
    let isDay = type == .date
    let result: ColumnType = isDay && !unit.isWholeDays ? .timestamp : type
    return map(result, text, count, time) { (count: Int64, time: Int64, scope) -> Int64? in
      let ms = isDay ? time &* msPerDay : time
      guard let sum = unit.add(count, to: ms), eventTimeRange.contains(sum) else {
        scope.fail("the time is outside of the years 1 to 9999")
        return nil
      }
      return result == .date ? floorDivide(sum, msPerDay) : sum
    }
  }

  mutating func extract(_ call: ScalarFunction.Call, _ name: String) -> Node? {
    guard let part = TimePart(rawValue: name) else {
      fault(
        call.word ?? call.expression, "there is no unit \(name)",
        hint: Suggestion.hint(name, among: TimePart.allCases.map(\.rawValue), called: "units"))
      return nil
    }
    guard let (time, type) = time(call, 0) else { return nil }
    let scale = type == .date ? msPerDay : 1
    return result(
      map(.bigint, call.text, time) { (t: Int64, _) in part.of(t &* scale) }, call)
  }

  mutating func roundTime(_ call: ScalarFunction.Call, isCeil: Bool) -> Node? {
    guard let unit = unit(call), let (time, type) = time(call, 0) else { return nil }
    let scale = type == .date ? msPerDay : 1
    let kernel = map(type, call.text, time) { (t: Int64, _) -> Int64? in
      let ms = t &* scale
      var floor = unit.floor(ms)
      if isCeil, floor != ms { floor = unit.add(1, to: floor) ?? floor }
      return floorDivide(floor, scale)
    }
    return result(kernel, call)
  }
}
