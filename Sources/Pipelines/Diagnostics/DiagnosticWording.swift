import Expressions
internal import Columns

/// All words of diagnostics. A message says what is wrong in a line; a hint says what is right.
enum DiagnosticWording {
  struct Wording: Sendable, Hashable {
    var message: String
    var hint: String?

    init(_ message: String, _ hint: String? = nil) {
      self.message = message
      self.hint = hint
    }
  }

  static func wording(of finding: Finding) -> Wording {
    text(finding) ?? shape(finding) ?? options(finding) ?? graph(finding) ?? columns(finding)
      ?? calculation(finding) ?? tests(finding) ?? warning(finding) ?? Wording("\(finding)")
  }

  private static func text(_ finding: Finding) -> Wording? {
    switch finding {
    case .unreadable(let reason, let remedy):
      Wording("the file cannot be read: \(reason)", remedy)
    case .notUTF8:
      Wording("this line is not UTF-8", "save the file as UTF-8")
    case .fileTooLarge(let bytes):
      Wording(
        "the file has \(bytes) bytes",
        "a pipeline file has at most \(YamlReader.maxBytes); is this a log?")
    case .yamlSyntax(let problem, let context):
      Wording(
        "YAML: \(problem)",
        context.map { "\($0.text), which began in line \($0.line)" })
    case .keyIsNotText: Wording("YAML: a key must be a text", "such as `size: 1 m`")
    case .duplicateKey(let key, let line):
      Wording(
        "'\(key)' is written twice here",
        line.map { "the first is in line \($0); keep one of them" } ?? "keep one of them")
    case .alias:
      Wording("YAML's anchors and aliases are not read here", "write the value out")
    case .nestedTooDeep(let limit):
      Wording("the text is nested too deep", "at most \(limit) levels are read")
    case .controlCharacter(let value):
      Wording(
        "there is a control character here (U+\(hex(value)))",
        "delete it, or write it as an escape within double quotes")
    default: nil
    }
  }

  private static func hex(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  private static func shape(_ finding: Finding) -> Wording? {
    switch finding {
    case .topLevelIsNotMapping(let found):
      Wording("a pipeline file is a mapping, this is \(found)", "it begins with `pipeline: NAME`")
    case .unknownTopLevel(let key, let known):
      Wording(
        "'\(key)' is not known at the top of a pipeline",
        Suggestion.hint(key, among: known, called: "known here"))
    case .noSteps:
      Wording("the pipeline has no steps", "write `steps:` and under it `- source: file`")
    case .stepIsNotMapping(let found):
      Wording("a step is a mapping, this is \(found)", "such as `- filter: cost > 0`")
    case .stepWithoutOperator(let operators):
      Wording("this step has no operator", "one of \(operators.joined(separator: ", "))")
    case .stepWithSeveralOperators(let first, let second):
      Wording(
        "a step has one operator, this has '\(first)' and '\(second)'",
        "begin a new step with `- \(second):`")
    case .unknownOperator(let name, let known):
      Wording(
        "there is no operator '\(name)'", Suggestion.hint(name, among: known, called: "operators"))
    case .misplacedKey(let key, let owner):
      Wording("'\(key)' belongs to the top of the pipeline, not to a \(owner)")
    case .unknownVariant(let kind, let name, let known):
      Wording(
        "there is no \(kind) '\(name)'", Suggestion.hint(name, among: known, called: "known"))
    case .missingVariant(let kind, let known):
      Wording("'\(kind)' needs a kind", "one of \(known.joined(separator: ", "))")
    default: nil
    }
  }

  private static func options(_ finding: Finding) -> Wording? {
    switch finding {
    case .unknownOption(let name, let owner, let known):
      Wording(
        "\(owner) has no option '\(name)'",
        known.isEmpty
          ? "it has no options" : Suggestion.hint(name, among: known, called: "options"))
    case .missingOption(let name, let owner, let example):
      Wording("\(owner) needs '\(name)'", "such as \(example)")
    case .wrongKind(let name, let expected, let found):
      Wording("'\(name)' must be \(expected), this is \(found)")
    case .emptyList(let name):
      Wording("'\(name)' is empty", "name at least one")
    case .tooMany(let name, let limit):
      Wording("'\(name)' has too many members", "at most \(limit) are read")
    case .outOfBounds(let name, let low, let high):
      Wording("'\(name)' is out of bounds", "from \(low) to \(high)")
    case .unknownChoice(let value, let name, let known):
      Wording(
        "'\(value)' is no choice for '\(name)'",
        Suggestion.hint(value, among: known, called: "choices"))
    case .duration(let text, let problem, let option): duration(text, problem, option)
    case .size(let text, let option):
      Wording(
        "'\(text)' is no size for '\(option)'",
        "a number with a unit, such as 512 MB; units: \(SizeText.units.map(\.name).joined(separator: ", "))"
      )
    case .interpolationHere(let text):
      Wording(
        "\(text) stands only in options of sources and sinks",
        "the meaning of a pipeline must not depend on the environment")
    case .interpolationForm(let text):
      Wording("\(text) is not understood", "the only form is ${env:NAME}")
    default: nil
    }
  }

  private static func duration(
    _ text: String, _ problem: DurationText.Problem, _ option: String
  ) -> Wording {
    switch problem {
    case .noUnit(let number):
      Wording(
        "'\(option)' has no unit", "did you mean '\(number) s'? units: ms, s, m, h, d")
    case .unknownUnit(let unit):
      Wording(
        "'\(unit)' is not a unit of time",
        Suggestion.hint(unit, among: DurationText.units.map(\.name), called: "units"))
    case .notANumber:
      Wording("'\(text)' is not a length of time", "such as 500 ms, 30 s, 5 m, 1 h or 1 d")
    case .tooLong: Wording("'\(text)' is too long", "at most 36500 d")
    }
  }

  private static func graph(_ finding: Finding) -> Wording? {
    switch finding {
    case .badName(let name):
      Wording(
        "'\(name)' cannot be a name",
        "letters, digits, '_' and '-', at most 64, a letter or '_' first")
    case .duplicateName(let name, let line):
      Wording("the name '\(name)' is taken", "by the step in line \(line)")
    case .unknownInput(let name, let known):
      Wording(
        "no step before this one is named '\(name)'",
        known.isEmpty
          ? "give the step that is to be read a `name:`"
          : Suggestion.hint(name, among: known, called: "names"))
    case .laterInput(let name, let line):
      Wording(
        "'\(name)' comes later, in line \(line)", "move it before this step: rows flow downwards")
    case .unknownPort(let port, let name):
      Wording("'\(name)' has no output '\(port)'", "outputs: \(name), \(name).late, \(name).dead")
    case .noSuchSideOutput("late", let name, let kind):
      Wording(
        "'\(name)' has no late rows: it is a \(kind)", "only windows judge rows as late")
    case .noSuchSideOutput(let port, let name, let kind):
      Wording(
        "'\(name)' has no '\(port)' output: it is a \(kind)",
        "parse, filter, derive and aggregate have dead letters")
    case .severalInputs(let kind):
      Wording("\(kind) reads one input", "name one step, or write a step for each")
    case .noInput(let kind):
      Wording(
        "there is nothing for this \(kind) to read", "the first step is a source: `- source: file`")
    case .afterSink(let kind):
      Wording(
        "a sink gives nothing on, this \(kind) has no rows to read",
        "name a step before the sink and read it: `from: NAME`")
    case .noSink:
      Wording("the pipeline has no sink", "end it with `- sink: stdout`, `file` or `sqlite`")
    default: order(finding)
    }
  }

  private static func order(_ finding: Finding) -> Wording? {
    switch finding {
    case .parseWithoutSource(let reads):
      Wording(
        "parse reads the records of a source" + (reads.map { ", not of \($0)" } ?? ""),
        "put it right after `- source:`")
    case .sourceWithInput:
      Wording("a source reads no other step", "leave out `from`")
    case .sourceNotParsed(let reader):
      Wording(
        "a source gives bytes"
          + (reader.map { "; \($0) cannot read them" } ?? ", nobody parses them"),
        "put a `- parse:` right after it, with the columns and their types")
    case .parsedTwice(let line):
      Wording(
        "this source is parsed already, in line \(line)",
        "name that parse and read it: `from: NAME`")
    case .keyByWithoutWindow(let reader):
      Wording(
        "key_by must be followed by a window" + (reader.map { ", not by \($0)" } ?? ""),
        "add `- window: tumbling` with a size: groups need an end to be counted")
    case .windowWithoutAggregate(let reader):
      Wording(
        "a window must be followed by an aggregate" + (reader.map { ", not by \($0)" } ?? ""),
        "add `- aggregate: { rows: COUNT(*) }`: it says what to compute of each window")
    case .aggregateWithoutWindow(let reads):
      Wording(
        "aggregate needs a window before it" + (reads.map { ", not \($0)" } ?? ""),
        "a stream has no end: add `- window: tumbling` with a size to say when to give a result")
    default: nil
    }
  }

  private static func columns(_ finding: Finding) -> Wording? {
    switch finding {
    case .noEventTime(let times):
      Wording(
        "a window needs event time, and the parse before it names no `event_time`",
        times.isEmpty
          ? "declare a column as TIMESTAMP_LTZ(3) and name it: `event_time: COLUMN`"
          : "add `event_time: \(times[0])` to the parse")
    case .noEventTimeInDeadLetters:
      Wording("dead letters have no event time, so they cannot be windowed")
    case .eventTimeType(let name, let type):
      Wording(
        "event_time must be a time, '\(name)' is \(type.name)",
        "declare it as TIMESTAMP_LTZ(3)"
          + (type.isNumeric ? "; for epochs with `unit: ms`" : ""))
    case .unknownColumn(let name, let known):
      Wording(
        "column '\(name)' is not known here", Suggestion.hint(name, among: known, called: "columns")
      )
    case .duplicateColumn(let name, let owner):
      Wording("there is a column '\(name)' already, of \(owner)", "give this one another name")
    case .reservedColumn(let name):
      Wording(
        "'\(name)' is a column that every result of a window has", "give this one another name")
    case .badColumnName(let name):
      Wording("'\(name)' cannot be the name of a column", "1 to 128 visible characters")
    case .columnType(let name, let fault, let known):
      // A plain word is a slip of the pen; anything else has parts that say what is wrong.
      name.utf8.allSatisfy { $0 | 32 >= 97 && $0 | 32 <= 122 || $0 == 95 }
        && !["ARRAY", "ROW", "MAP"].contains(name.uppercased())
        ? Wording(
          "there is no type '\(name)'", Suggestion.hint(name, among: known, called: "types"))
        : Wording("'\(name)' is not a type: \(fault.message)", fault.hint)
    case .columnOfFormat(let type, let format):
      Wording(
        "a record of \(format) cannot hold \(type.name)",
        type.isCollection && format == "json"
          ? "the names of a JSON object are texts: MAP<STRING, …>"
          : "read it as STRING")
    case .keyType(let name, let type):
      Wording(
        "'\(name)' is \(type.name) and cannot be a key: the order of its entries means nothing",
        "derive the part to key by: \(name)['…']")
    case .regexInvalid(let reason): Wording("the regular expression is wrong: \(reason)")
    case .regexWithoutGroup(let column, let groups):
      Wording(
        "the pattern has no group for column '\(column)'",
        groups.isEmpty
          ? "write (?<\(column)>…) where it stands"
          : Suggestion.hint(column, among: groups, called: "groups"))
    default: times(finding)
    }
  }

  private static func times(_ finding: Finding) -> Wording? {
    switch finding {
    case .timeOptionOnOther(let option, let type):
      Wording("'\(option)' is for times, this column is \(type.name)", "leave it out")
    case .unitAndFormat:
      Wording(
        "a time has a unit or a pattern, not both", "`unit` for numbers, `time_format` for texts")
    case .timePattern(let reason):
      Wording(
        "the time pattern is wrong: \(reason)",
        "letters: yyyy, MM or MMM, dd, HH, mm, ss, SSS, Z or X, such as dd/MMM/yyyy:HH:mm:ss Z")
    case .unknownAccessLogColumn(let name, let known):
      Wording(
        "an access log has no column '\(name)'",
        Suggestion.hint(name, among: known, called: "columns"))
    case .accessLogType(let name, let declared, let type):
      Wording("'\(name)' of an access log is \(type.name), not \(declared.name)")
    case .accessLogTime:
      Wording("the time of an access log is always written the same way", "leave this out")
    case .delimiter(let text):
      Wording(
        "the delimiter '\(text)' is not one ASCII character", "such as \",\", \";\", \"|\" or tab")
    default: watermark(finding)
    }
  }

  private static func watermark(_ finding: Finding) -> Wording? {
    switch finding {
    case .arrivalType(let name, let type):
      Wording(
        "arrival must be a time, '\(name)' is \(type.name)",
        "declare it as TIMESTAMP_LTZ(3)" + (type.isNumeric ? "; for epochs with `unit: ms`" : ""))
    case .carriedType(let type):
      Wording(
        "a watermark must be a time, this is \(type.name)",
        type.isNumeric ? "such as `from: TO_TIMESTAMP_LTZ(x, 3)` for epochs in ms" : nil)
    case .emission(let text):
      Wording(
        "'\(text)' does not say when the watermark is passed on",
        "`per_event`, `every 100 rows` or `every 1 s` (at most 1 d)")
    case .watermarkConflict(let option, "processing_time"):
      Wording(
        "'\(option)' does nothing in processing time", "the clock is the watermark: leave it out")
    case .watermarkConflict(let option, "monotonous"):
      Wording(
        "'\(option)' contradicts `strategy: monotonous`",
        "monotonous means 0 s: leave one of them out")
    case .watermarkConflict("out_of_orderness", _):
      Wording(
        "'out_of_orderness' does nothing beside 'from'",
        "take it off there: `from: TIMESTAMPADD(SECOND, -5, COLUMN)`")
    case .watermarkConflict(let option, let other):
      Wording("'\(option)' does nothing beside '\(other)'", "leave one of them out")
    case .eventTimeInProcessingTime:
      Wording(
        "in processing time the event time is the time of reading",
        "leave event_time out: it is the column processing_time; or leave out the strategy")
    default: nil
    }
  }

  private static func calculation(_ finding: Finding) -> Wording? {
    switch finding {
    case .expression(let message, let hint): Wording(message, hint)
    case .filterType(let type):
      Wording(
        "a filter must be BOOLEAN, this is \(type.name)", "compare it with something: `… > 0`")
    case .aggregateFilterType(let type):
      Wording("FILTER (WHERE …) must be BOOLEAN, this is \(type.name)")
    case .aggregateType, .aggregateArguments, .aggregateParameter, .aggregateDistinct:
      aggregate(finding)
    case .windowSize(let size):
      Wording("a window must last longer than \(formatDuration(size))", "such as `size: 1 m`")
    case .windowOffset(let offset, let size):
      Wording(
        "the offset must be shorter than the distance between windows",
        "\(formatDuration(offset)) is the same as \(formatDuration(offset % size))")
    case .latenessWithDrop(let lateness):
      Wording(
        "`late: drop` keeps no window for \(formatDuration(lateness))",
        "say `late: update` (or `correct`) to use late rows, or leave out allowed_lateness")
    case .cumulatingMax(let step, let max):
      Wording(
        "`max` must be a multiple of the step: \(formatDuration(max)) is not one of"
          + " \(formatDuration(step))",
        "such as `max: \(formatDuration((max / step + 1) * step))`")
    case .windowPanes(let count):
      Wording(
        "a window of these lengths is put together from \(count) panes; at most 100000 are taken",
        "choose a slide or step that is a rounder part of the size")
    case .trigger(let text):
      Wording(
        "'\(text)' is no trigger", "write `every 10 s`, `every 100 rows` or `on each row`")
    case .triggerTwice(let text):
      Wording("'\(text)' is the second trigger of its kind", "leave one of them out")
    case .triggerNeedsTime:
      Wording(
        "`every` with a length of time needs event time, and the rows here have none",
        "write `every 100 rows`, or name an `event_time` in the parse")
    case .correctWithDiscarding:
      Wording(
        "`late: correct` takes results back, and with `firing: discarding` none is ever replaced",
        "write `late: update`: each late row then comes out as a result of its own")
    case .discardingAtEndOnly:
      Wording(
        "`firing: discarding` changes nothing for a window that fires once",
        "add `early:` or an allowed_lateness, or leave it out")
    case .unknownZone(let name, let known):
      Wording(
        "there is no time zone '\(name)'",
        Suggestion.nearest(to: name, among: known).map { "did you mean '\($0)'?" }
          ?? "names are as in `Europe/Berlin` or `UTC`")
    case .zoneNeedsDays(let length):
      Wording(
        "a time zone is for windows of whole days, and \(formatDuration(length)) is none",
        "leave out time_zone: shorter windows start at the same moments everywhere, but for offsets"
      )
    case .sameTarget(let target, let line):
      Wording(
        "the sink in line \(line) writes to \(target) too", "give each sink a target of its own")
    case .sinkOptions(let message, let hint): Wording(message, hint)
    case .writesOutside(let what, let path):
      Wording(
        "\(what) would write to \(path), outside of the pipeline's folder",
        "if that is meant, say so: `tidemark run --allow-outside`")
    default: nil
    }
  }

  private static func aggregate(_ finding: Finding) -> Wording? {
    switch finding {
    case .aggregateType(let function, let type):
      Wording(
        "\(function) does not take \(type.name)",
        type.isCollection
          ? "take a part of it, such as its first element x[1]"
          : function == "LISTAGG"
            ? "CAST it to STRING"
            : type.isDecimal ? "CAST it to DOUBLE" : "CAST it to BIGINT or DOUBLE")
    case .aggregateArguments(let signature, let name, let most, let count):
      Wording(
        "\(name) takes \(most == 1 ? "one argument" : "two arguments"), this has \(count)",
        "write \(signature)")
    case .aggregateParameter(let function):
      switch function {
      case "PERCENTILE":
        Wording(
          "the second argument of PERCENTILE is a constant from 0 to 1",
          "such as PERCENTILE(x, 0.95)")
      case "TOP_K":
        Wording(
          "the second argument of TOP_K is a constant whole number from 1 to 1000",
          "such as TOP_K(x, 3)")
      default:
        Wording(
          "the second argument of \(function) is a constant text", "such as \(function)(x, '; ')")
      }
    case .aggregateDistinct(let function):
      Wording("\(function) does not take DISTINCT", "COUNT, SUM, AVG and LISTAGG do")
    default: nil
    }
  }

  private static func warning(_ finding: Finding) -> Wording? {
    switch finding {
    case .noSlack:
      Wording(
        "`late: drop` with out_of_orderness 0 s drops every row that is behind its window's end",
        "wait for stragglers: `watermark: { out_of_orderness: 5 s }`")
    case .atLeastOnce(let sink):
      Wording(
        "\(sink) is at-least-once: after a crash it may repeat results",
        "`sink: file` and `sink: sqlite` are exactly-once")
    case .unusedColumns(let names, let format):
      Wording(
        names.count == 1
          ? "nobody reads column '\(names[0])'"
          : "nobody reads columns \(names.map { "'\($0)'" }.joined(separator: ", "))",
        "\(names.count == 1 ? "it costs" : "they cost") little: parse \(format) skips what is not read"
      )
    case .latenessMissing(let policy):
      Wording(
        "`late: \(policy)` changes nothing without allowed_lateness",
        "say how long a fired window is kept: `allowed_lateness: 30 s`")
    case .unreadStep(let kind):
      Wording("nobody reads this \(kind)", "end it with a sink, or leave it out")
    case .parallelWithoutKey(let parallelism):
      Wording(
        "without key_by one subtask does all the work, not \(parallelism)",
        "add `- key_by:` before the window, or say `parallelism: 1`")
    case .changingResults(let sink):
      Wording(
        "results may change, and \(sink) cannot overwrite: each change is a row, told apart by `kind`",
        "`sink: sqlite` with `mode: upsert` keeps the last one")
    case .constantFilter(let keeps):
      Wording(
        keeps ? "this condition is TRUE for every row" : "this condition lets no row through",
        "it names no column that could change it")
    case .windowOverChanges:
      Wording(
        "the results this window reads may change, and each change is a row of its own here",
        "tell them apart by `kind`, or let the first window fire once: `late: drop`")
    case .windowGaps(let size, let slide):
      Wording(
        "windows of \(formatDuration(size)) that start every \(formatDuration(slide)) leave gaps:"
          + " rows in them fall into no window",
        "they are counted; a slide of at most the size leaves none")
    case .idleWithoutArrival:
      Wording(
        "without an arrival column no file is ever idle: its next record is always at hand",
        "name the column that says when each record arrived: `arrival: COLUMN`")
    case .mayWriteOutside(let finding): Self.wording(of: finding)
    case .dependsOnSpeed(let what):
      Wording(
        "\(what) is processing time: results depend on when and how fast the log is read",
        "name the column that says when each record arrived: `arrival: COLUMN`")
    default: nil
    }
  }
}
