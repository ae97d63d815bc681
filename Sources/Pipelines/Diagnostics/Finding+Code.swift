extension Finding {
  var code: FaultCode {
    switch self {
    case .unreadable: .unreadable
    case .notUTF8: .notUTF8
    case .fileTooLarge: .tooLarge
    case .yamlSyntax, .keyIsNotText: .yamlSyntax
    case .duplicateKey: .duplicateKey
    case .alias: .alias
    case .nestedTooDeep: .tooDeep
    case .controlCharacter: .controlCharacter
    case .topLevelIsNotMapping, .unknownTopLevel: .topLevel
    case .noSteps: .noSteps
    case .unknownOperator: .unknownOperator
    case .stepIsNotMapping, .stepWithoutOperator, .stepWithSeveralOperators, .misplacedKey:
      .stepShape
    case .unknownVariant, .missingVariant: .unknownVariant
    case .unknownOption: .unknownOption
    case .missingOption: .missingOption
    case .wrongKind, .emptyList: .wrongKind
    case .outOfBounds, .tooMany: .outOfBounds
    case .unknownChoice: .unknownChoice
    case .duration: .duration
    case .size: .size
    case .interpolationHere, .interpolationForm: .interpolation
    case .badName: .badName
    case .duplicateName: .duplicateName
    case .unknownInput: .unknownInput
    case .laterInput: .laterInput
    case .unknownPort, .noSuchSideOutput: .sideOutput
    case .severalInputs: .severalInputs
    case .noInput: .noInput
    case .parseWithoutSource, .sourceWithInput, .sourceNotParsed, .parsedTwice: .parseOrder
    case .keyByWithoutWindow: .keyByOrder
    case .windowWithoutAggregate: .windowOrder
    case .aggregateWithoutWindow: .aggregateOrder
    case .afterSink: .afterSink
    case .noSink: .noSink
    case .noEventTime, .noEventTimeInDeadLetters: .noEventTime
    case .eventTimeType: .eventTimeType
    case .unknownColumn: .unknownColumn
    case .duplicateColumn, .reservedColumn, .badColumnName: .duplicateColumn
    case .columnType, .columnOfFormat, .keyType: .columnType
    case .regexInvalid, .regexWithoutGroup: .regex
    case .timeOptionOnOther, .unitAndFormat, .timePattern: .timeOption
    case .unknownAccessLogColumn, .accessLogType, .accessLogTime: .accessLogColumn
    case .delimiter: .delimiter
    case .arrivalType, .carriedType, .emission, .watermarkConflict, .eventTimeInProcessingTime:
      .watermark
    case .expression: .expression
    case .filterType, .aggregateFilterType: .notBoolean
    case .aggregateType: .aggregateType
    case .aggregateArguments, .aggregateDistinct, .aggregateParameter: .aggregateArguments
    case .windowSize: .windowSize
    case .windowOffset: .windowOffset
    case .cumulatingMax: .windowSize
    case .windowPanes: .windowPanes
    case .trigger, .triggerTwice, .triggerNeedsTime, .correctWithDiscarding, .discardingAtEndOnly:
      .windowTrigger
    case .unknownZone, .zoneNeedsDays: .windowZone
    case .latenessWithDrop: .latenessUnused
    case .sameTarget: .sameTarget
    case .sinkOptions: .sinkOptions
    case .duplicateTest: .duplicateTest
    case .testValue: .testValue
    case .testStream, .testAmbiguous: .testStream
    case .testEventColumns: .testEvents
    case .noSlack: .noSlack
    case .atLeastOnce: .atLeastOnce
    case .unusedColumns: .unusedColumn
    case .latenessMissing: .latenessMissing
    case .unreadStep: .unreadStep
    case .parallelWithoutKey: .parallelWithoutKey
    case .changingResults: .changingResults
    case .constantFilter: .constantFilter
    case .windowGaps: .windowGaps
    case .windowOverChanges: .windowOverChanges
    case .idleWithoutArrival: .idleWithoutArrival
    case .dependsOnSpeed: .dependsOnSpeed
    }
  }
}
