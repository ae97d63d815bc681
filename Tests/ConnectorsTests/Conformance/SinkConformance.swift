import Engine
import Testing

@testable import Connectors

/// The conformance kit: what every sink must pass; see ``SinkUnderTest`` for how to put one under
/// it.
///
/// Each run that is cut off is restored from every checkpoint that may be the newest complete one,
/// and from older ones, and goes on to the end. A reader must see exactly what is committed after
/// every call, and nothing may be left over.
@Suite struct SinkConformance {
  /// Batches, an empty transaction in the middle and one at the end.
  private static let plain = SinkScript(transactions: [[0..<2], [2..<3, 3..<6], [], [6..<9], []])
  /// The first transaction is empty, and checkpoints fail: two in a row, with and without rows.
  private static let failing = SinkScript(
    transactions: [[], [0..<3], [3..<4], [], [4..<7], [7..<9]], failing: [0, 2, 3])
  private static let scripts = [plain, failing]

  @Test(arguments: sinksUnderTest)
  func aReaderSeesWhatIsCommittedAndNothingElse(_ sink: SinkCase) throws {
    for script in Self.scripts {
      let driver = try SinkDriver(sink, script)
      try driver.run(.init())
      #expect(driver.hasEnded)
      try SinkDriver(sink, script).run(.init(meddles: true, label: "meddled"))
      let label = "meddled, commits beside"
      try SinkDriver(sink, script).run(.init(meddles: true, commitsBeside: true, label: label))
    }
    // Nothing but empty transactions.
    try SinkDriver(sink, SinkScript(transactions: [[], [], []], failing: [1])).run(.init())
  }

  @Test(arguments: sinksUnderTest)
  func aCrashBetweenAnyTwoCallsIsRecovered(_ sink: SinkCase) throws {
    for (index, script) in Self.scripts.enumerated() {
      for beside in [false, true] {
        let clean = try SinkDriver(sink, script)
        try clean.run(.init(commitsBeside: beside))
        for call in 0..<clean.calls {
          try recover("script \(index), crash before call \(call), commits beside: \(beside)") {
            let driver = try SinkDriver(sink, script)
            try driver.run(.init(stopBefore: call, commitsBeside: beside))
            return driver
          }
        }
      }
    }
  }

  @Test(arguments: sinksUnderTest)
  func aCrashBeforeAnyFileOperationIsRecovered(_ sink: SinkCase) throws {
    for (index, script) in Self.scripts.enumerated() {
      for operation in try 0..<operations(sink, script) {
        try recover("script \(index), crash before operation \(operation)") {
          let driver = try SinkDriver(sink, script)
          try driver.run(.init(files: FaultPoint(at: operation).files))
          return driver
        }
      }
    }
  }

  @Test(arguments: sinksUnderTest)
  func aCrashWhileARunIsRestoredIsRecoveredToo(_ sink: SinkCase) throws {
    for (index, script) in Self.scripts.enumerated() {
      for operation in try 0..<operations(sink, script) {
        for second in 0... {
          let label = "script \(index), crash before operation \(operation), then \(second)"
          let driver = try SinkDriver(sink, script)
          try driver.run(.init(files: FaultPoint(at: operation).files))
          let point = FaultPoint(at: second)
          try driver.run(.init(files: point.files, from: driver.store.last, label: label))
          if driver.wasOpened { break }
          try driver.run(.init(from: driver.store.last, label: label))
          #expect(driver.hasEnded, "\(label)")
        }
      }
    }
  }

  @Test(arguments: sinksUnderTest)
  func aCrashWhileAnOlderCheckpointIsRestoredIsRecoveredToo(_ sink: SinkCase) throws {
    for (index, script) in Self.scripts.enumerated() {
      let clean = try SinkDriver(sink, script)
      try clean.run(.init())
      for checkpoint in clean.store.indices {
        for operation in 0... {
          let label = "script \(index), checkpoint \(checkpoint), crash before \(operation)"
          let driver = try SinkDriver(sink, script)
          try driver.run(.init())
          let from = driver.store[checkpoint]
          let point = FaultPoint(at: operation)
          try driver.run(.init(files: point.files, from: from, label: label))
          if driver.wasOpened { break }
          try driver.run(.init(from: from, meddles: true, label: label))
          #expect(driver.hasEnded, "\(label)")
        }
      }
    }
  }

  /// A fault is told, and what was committed stays so; a commit that failed may be repeated by the
  /// same object, and everything by a new one.
  @Test(arguments: sinksUnderTest, [FaultPoint.Kind.refused, .unsure])
  func aFaultOfAnyFileOperationIsToldAndRecovered(_ sink: SinkCase, _ kind: FaultPoint.Kind) throws
  {
    for (index, script) in Self.scripts.enumerated() {
      for operation in try 0..<operations(sink, script) {
        for (retries, beside) in [(false, false), (true, false), (false, true), (true, true)] {
          let label =
            "script \(index), \(kind) operation \(operation), retries: \(retries), "
            + "beside: \(beside)"
          let driver = try SinkDriver(sink, script)
          let point = FaultPoint(kind, at: operation)
          do {
            try driver.run(
              .init(
                files: point.files, retriesCommits: retries, commitsBeside: beside, label: label))
            #expect(retries && point.wasReached, "\(label): was not told")
          } catch is ConnectError {
            try driver.run(.init(from: driver.store.last, label: label))
          }
          #expect(driver.hasEnded, "\(label)")
        }
      }
    }
  }

  // MARK: Parts

  private func operations(_ sink: SinkCase, _ script: SinkScript) throws -> Int {
    let counter = FaultPoint()
    try SinkDriver(sink, script).run(.init(files: counter.files))
    return counter.operations
  }

  /// Restores the newest checkpoint and each of two older ones, with and without repeating every
  /// call that may be repeated.
  private func recover(_ label: String, _ crash: () throws -> SinkDriver) throws {
    for (back, meddles) in [(0, false), (0, true), (1, false), (2, true)] {
      let driver = try crash()
      let index = driver.store.count - 1 - back
      if back > 0 && index < 0 { continue }
      let label = "\(label), \(back) checkpoints back\(meddles ? ", meddled" : "")"
      let checkpoint = index < 0 ? nil : driver.store[index]
      try driver.run(.init(from: checkpoint, meddles: meddles, label: label))
      #expect(driver.hasEnded, "\(label)")
    }
  }
}
