internal import Columns

/// What a check found, without words: ``DiagnosticWording`` has those.
indirect enum Finding: Sendable, Hashable {
  // The text
  case unreadable(reason: String, remedy: String?)
  case notUTF8
  case fileTooLarge(bytes: Int)
  case yamlSyntax(String, context: Context?)
  case duplicateKey(String, firstLine: Int?)
  case keyIsNotText
  case alias
  case nestedTooDeep(limit: Int)
  case controlCharacter(UInt32)

  struct Context: Sendable, Hashable {
    var text: String
    var line: Int
  }

  // Shape
  case topLevelIsNotMapping(found: String)
  case unknownTopLevel(String, known: [String])
  case noSteps
  case stepIsNotMapping(found: String)
  case stepWithoutOperator(operators: [String])
  case stepWithSeveralOperators(String, String)
  case unknownOperator(String, known: [String])
  case misplacedKey(String, owner: String)
  case unknownVariant(of: String, String, known: [String])
  case missingVariant(of: String, known: [String])
  case unknownOption(String, of: String, known: [String])
  case missingOption(String, of: String, example: String)
  case wrongKind(String, expected: String, found: String)
  case emptyList(String)
  case tooMany(String, limit: Int)
  case outOfBounds(String, low: String, high: String)
  case unknownChoice(String, of: String, known: [String])
  case duration(String, DurationText.Problem, option: String)
  case size(String, option: String)
  case interpolationHere(String)
  case interpolationForm(String)

  // Graph
  case badName(String)
  case duplicateName(String, firstLine: Int)
  case unknownInput(String, known: [String])
  case laterInput(String, line: Int)
  case unknownPort(String, of: String)
  case noSuchSideOutput(port: String, of: String, kind: String)
  case severalInputs(kind: String)
  case noInput(kind: String)
  case parseWithoutSource(reads: String?)
  case sourceWithInput
  case sourceNotParsed(readBy: String?)
  case parsedTwice(firstLine: Int)
  case keyByWithoutWindow(readBy: String?)
  case windowWithoutAggregate(readBy: String?)
  case aggregateWithoutWindow(reads: String?)
  case afterSink(kind: String)
  case noSink

  // Columns
  case noEventTime(hasTimes: [String])
  case noEventTimeInDeadLetters
  case eventTimeType(String, ColumnType)
  case unknownColumn(String, known: [String])
  case duplicateColumn(String, by: String)
  case reservedColumn(String)
  case badColumnName(String)
  case columnType(String, fault: ColumnTypeFault, known: [String])
  case columnOfFormat(ColumnType, format: String)
  case keyType(String, ColumnType)
  case regexInvalid(reason: String)
  case regexWithoutGroup(column: String, groups: [String])
  case timeOptionOnOther(String, type: ColumnType)
  case unitAndFormat
  case timePattern(reason: String)
  case unknownAccessLogColumn(String, known: [String])
  case accessLogType(String, declared: ColumnType, is: ColumnType)
  case accessLogTime
  case delimiter(String)
  case arrivalType(String, ColumnType)
  case carriedType(ColumnType)
  case emission(String)
  case watermarkConflict(String, with: String)
  case eventTimeInProcessingTime

  // Expressions
  case expression(message: String, hint: String?)
  case filterType(ColumnType)
  case aggregateType(String, ColumnType)
  case aggregateArguments(String, name: String, most: Int, count: Int)
  case aggregateParameter(String)
  case aggregateDistinct(String)
  case aggregateFilterType(ColumnType)

  // Windows and sinks
  case windowSize(Int64)
  case windowOffset(offset: Int64, size: Int64)
  case latenessWithDrop(Int64)
  case cumulatingMax(step: Int64, max: Int64)
  case windowPanes(Int64)
  case trigger(String)
  case triggerTwice(String)
  case triggerNeedsTime
  case correctWithDiscarding
  case discardingAtEndOnly
  case unknownZone(String, known: [String])
  case zoneNeedsDays(Int64)
  case sameTarget(String, firstLine: Int)
  case sinkOptions(message: String, hint: String?)
  case writesOutside(what: String, path: String)

  // Tests
  case duplicateTest(String, firstLine: Int)
  case testValue(String, String, ColumnType)
  case testStream(String, known: [String])
  case testAmbiguous(String, known: [String], key: String)
  case testEventColumns

  // Warnings
  case noSlack
  case atLeastOnce(sink: String)
  case unusedColumns([String], format: String)
  case latenessMissing(policy: String)
  case unreadStep(kind: String)
  case parallelWithoutKey(Int)
  case changingResults(sink: String)
  case constantFilter(Bool)
  case windowGaps(size: Int64, slide: Int64)
  case windowOverChanges
  case idleWithoutArrival
  case dependsOnSpeed(String)
  /// What a run would refuse.
  case mayWriteOutside(Finding)
}
