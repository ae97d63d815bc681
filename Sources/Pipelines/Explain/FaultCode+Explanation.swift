extension FaultCode {
  /// What a diagnostic with this code means, and what to do.
  public var explanation: String {
    switch self {
    case .unreadable: "The file is missing, a folder, or may not be read by you."
    case .notUTF8:
      "Pipeline files are UTF-8. The line named holds bytes that are not; most editors can save "
        + "the file as UTF-8."
    case .tooLarge:
      "A pipeline file has at most 1 MiB. A log given in its place is the usual reason: open it "
        + "with `tidemark LOG` and a pipeline is proposed."
    case .yamlSyntax:
      "The text is not YAML. The place is where reading stopped; the mistake is there or in a line "
        + "above: a missing space after ':', a tab for indentation, an open quote or bracket."
    case .duplicateKey:
      "A mapping has a key twice. YAML readers differ in which one they take, so neither is taken."
    case .alias:
      "YAML's `&name` and `*name` are not read: a few lines of them can stand for billions of "
        + "values, and a pipeline needs none."
    case .tooDeep: "Lists and mappings are nested deeper than any pipeline is."
    case .controlCharacter:
      "An invisible character that YAML does not allow, such as NUL or escape; often pasted."
    case .topLevel:
      "The top of a file has pipeline, description, steps, tests, checkpoint, "
        + "parallelism."
    case .noSteps: "A pipeline is a list of steps: a source, a parse, what you want of it, a sink."
    case .unknownOperator: "The first key of a step is its operator; there is none of this name."
    case .stepShape: "Each step is a mapping with exactly one operator and its options."
    case .unknownVariant:
      "source, parse, window and sink come in kinds, named right after the colon: `sink: sqlite`."
    case .unknownOption:
      "The operator has no option of this name; `tidemark explain OPERATOR` lists them."
    case .missingOption: "The operator cannot work without this option."
    case .wrongKind: "The option is there, but its value is of another kind than it takes."
    case .outOfBounds: "The value is smaller or larger than the option takes."
    case .unknownChoice: "The option takes one of a few words."
    case .duration:
      "Lengths of time are a number and a unit: 500 ms, 30 s, 5 m, 1 h, 1 d. A number alone could "
        + "mean any of them, so it is refused."
    case .size:
      "Sizes are a number and a unit: 500 kB, 512 MB, 2 GB, or with 1024 for 1000: MiB, GiB."
    case .interpolation:
      "`${env:NAME}` is put in when the job starts, and only in options of sources and sinks: "
        + "the meaning of a pipeline does not depend on where it runs."
    case .badName: "Names stand in `from:`, in checkpoints and on screen, so they are plain words."
    case .duplicateName: "State is found again by the name of its step, so names are unique."
    case .unknownInput: "`from` names a step that comes before this one."
    case .laterInput: "Rows flow downwards: a step reads only steps above it."
    case .sideOutput:
      "Beside its results a window gives `.late` rows, and parse, filter, derive and aggregate "
        + "give `.dead` letters: what they could not take, with the reason."
    case .severalInputs: "Operators that read several steps at once are not among these."
    case .noInput: "Every step but a source reads rows; the first one has nobody to read from."
    case .parseOrder:
      "A source gives bytes, and the parse right after it makes rows of them: they belong together."
    case .keyByOrder:
      "key_by says what counts as one group; the window after it says when a group's count ends. "
        + "A stream has no end of its own, so one is nothing without the other."
    case .windowOrder:
      "A window collects rows; the aggregate after it says what to compute of them."
    case .aggregateOrder:
      "An aggregate over a stream never ends. A window before it says when to give a result."
    case .afterSink: "A sink is the end of a branch; other steps read a step before it by its name."
    case .noSink: "Without a sink nobody would see a result."
    case .noEventTime:
      "Windows are cut in event time: when something happened, not when it was read. `event_time` "
        + "of parse names the column that says so."
    case .eventTimeType: "Event time is a column of type TIMESTAMP_LTZ(3) or TIMESTAMP(3)."
    case .unknownColumn: "No column of the rows that arrive here has this name."
    case .duplicateColumn: "Columns of a row, and of a window's result, have different names."
    case .columnType:
      "Columns have one of Flink SQL's types. ARRAY, ROW and MAP are read from JSON only, and a MAP "
        + "cannot be a key."
    case .regex: "The pattern is no regular expression, or has no named group for a column."
    case .timeOption:
      "`unit` is for times that are numbers, `time_format` for times that are texts."
    case .accessLogColumn: "The web log formats have fixed columns with fixed types."
    case .delimiter: "Fields of a CSV file are separated by one ASCII character, or `tab`."
    case .watermark:
      "The watermark promises that no earlier event is expected. It is made of the newest event "
        + "time, carried by a column, or the clock: one of them, and options of another would do "
        + "nothing."
    case .expression: "The expression cannot be read, or its types do not fit."
    case .notBoolean: "A condition is TRUE, FALSE or NULL; this expression is something else."
    case .aggregateType: "The aggregate does not take values of this type; CAST them."
    case .aggregateArguments:
      "The aggregate has too many arguments or too few, one that is no constant within its bounds, "
        + "or does not take DISTINCT."
    case .windowSize:
      "A window must last at least a millisecond, and windows that grow must reach their greatest "
        + "length in whole steps."
    case .windowTrigger:
      "A trigger makes a window fire beside its end: `every 10 s` (of event time), `every 100 "
        + "rows`, `on each row`. With `firing: discarding` each firing empties the window."
    case .windowZone:
      "Days differ between time zones and may last 23 or 25 hours; shorter windows do not."
    case .windowPanes:
      "Rows of sliding and growing windows are added to panes as long as the greatest common "
        + "divisor of their lengths. Lengths without one make more panes than is sensible."
    case .windowOffset: "Shifting a window by its own size gives the same windows again."
    case .latenessUnused:
      "`allowed_lateness` keeps fired windows for late rows, `late: drop` throws those rows out. "
        + "Say which is meant."
    case .sameTarget: "Two sinks that write to one place would overwrite each other."
    case .sinkOptions: "The sink's options do not fit the rows that arrive."
    case .duplicateTest: "A failing test is told by its name, so names are unique."
    case .testValue:
      "A test expects a value that the column cannot hold, so it could never pass. Expected times "
        + "are ISO-8601 or ms since 1970; NULL is written `null`."
    case .testStream:
      "Where a pipeline has several sources, windows or sinks of results, a test says by name which "
        + "it feeds and which it reads: `expect: { NAME: [ … ] }`. NAME is a step's `name:`."
    case .testEvents:
      "Events are written as columns where a record can be made of them: json, csv and access_log. "
        + "For other formats an event is the record itself."
    case .noSlack:
      "With out_of_orderness 0 s the watermark follows the newest event at once, and with "
        + "`late: drop` a row whose window has fired is gone. Any disorder in the log loses rows; "
        + "`tidemark tune` measures how much."
    case .atLeastOnce:
      "What was printed cannot be taken back: after a crash the job goes on from its last "
        + "checkpoint and prints what came since then again."
    case .unusedColumn:
      "Columns that nobody reads are skipped by the parser. They are not wrong, just not needed."
    case .latenessMissing:
      "`late: update` and `correct` change results of windows that are still kept, and "
        + "allowed_lateness 0 s keeps none."
    case .unreadStep: "The step works for nobody: no sink is behind it."
    case .parallelWithoutKey:
      "Work is shared by key; all rows of one window without keys are one share."
    case .changingResults:
      "With `late: update` or `correct` a window's result may come again. This sink keeps every "
        + "version as a row of its own; `kind` tells +I, -U and +U apart."
    case .constantFilter: "The condition is the same for every row."
    case .windowOverChanges:
      "A window that fires again gives +U, -U or -D beside +I. The window after it takes every row, "
        + "as in Flink's DataStream API; FILTER (WHERE kind = …) says which count."
    case .windowGaps:
      "With a slide over the size there is time between windows. Rows of it are in no result."
    case .idleWithoutArrival:
      "A recorded file always has its next record at hand, so none is ever silent, whatever it was "
        + "when it was written. The time between records is only known where each says when it "
        + "arrived: `arrival:` of parse names that column."
    case .dependsOnSpeed:
      "Processing time is the time of reading. Read the same log again, faster or slower, and the "
        + "rows fall into other windows. An arrival column makes a replay give the same again."
    }
  }
}
