import Columns
import Connectors
import Engine
import Foundation
import TestSupport
import Testing

@testable import Runtime

@Suite struct Savepoints {
  @Test func aSavepointOfARunningJobIsRestoredWithTheSameOutput() throws {
    let expected = try RunPlace.expected()
    for round in 1...4 {
      let place = try RunPlace()
      let path = "\(place.folder)/mine"
      let control = ScriptedControl(requests: {
        $0 == round ? SavepointRequest(id: "one", path: path) : nil
      })
      try place.run(control: control)
      let answer = try #require(control.answers["one"])
      #expect(answer.path == path && answer.fault == nil)
      #expect(place.output == expected)
      // Back from the end of the job, whose results are undone first.
      let summary = try place.run { $0.savepoint = path }
      #expect(summary.recordsThisRun == RunPlace.records - (answer.recordsRead ?? 0))
      #expect(summary.accounting.isBalanced && place.output == expected, "round \(round)")
      #expect(try CheckpointFolder(path: path).read().manifest.isSavepoint == true)
    }
  }

  @Test func aStoppedJobGoesOnFromItsSavepointElsewhere() throws {
    let expected = try RunPlace.expected()
    let place = try RunPlace()
    let control = ScriptedControl(requests: {
      $0 == 3 ? SavepointRequest(id: "s", path: "\(place.folder)/mine", then: .stop) : nil
    })
    let stopped = try place.run(control: control)
    #expect(stopped.wasStopped && !stopped.wasDrained)
    #expect(stopped.accounting.read < RunPlace.records)
    // Even where the checkpoints are gone.
    try FileManager.default.removeItem(atPath: place.store.folder)
    let rest = try place.run { $0.savepoint = "\(place.folder)/mine" }
    #expect(rest.accounting.read == RunPlace.records && place.output == expected)
  }

  @Test func aDrainedJobFiresEveryOpenWindowAndTheNextRunStartsOver() throws {
    let expected = try RunPlace.expected()
    let place = try RunPlace()
    let control = ScriptedControl(requests: {
      $0 == 3 ? SavepointRequest(id: "s", path: "\(place.folder)/mine", then: .drain) : nil
    })
    let drained = try place.run(control: control)
    #expect(drained.wasStopped && drained.wasDrained && drained.accounting.isBalanced)
    // As a log that ends there.
    let cut = try RunPlace()
    let records = Int(drained.accounting.read)
    for (index, node) in cut.graph.nodes.enumerated() {
      guard case .ingest(let source, let spec) = node.logic else { continue }
      let split = try source.splits()[0]
      let reader = try source.open(split, at: .start, framing: .lines)
      var text = ""
      while let block = try reader.next(maxRecords: .max, maxBytes: .max) {
        text += String(decoding: block.bytes.buffer, as: UTF8.self)
      }
      let lines = text.split(separator: "\n").prefix(records).joined(separator: "\n") + "\n"
      cut.graph.nodes[index].logic = .ingest(
        MemorySource([("log", lines)], blockRecords: 20), spec)
    }
    try cut.run()
    #expect(place.output == cut.output)
    #expect(throws: ConnectError.self) { try place.run { $0.savepoint = "\(place.folder)/mine" } }
    let again = try place.run()
    #expect(again.restoredFrom == nil && place.output == expected)
    #expect(place.said.contains { $0.contains("was drained") })
  }

  @Test func aSavepointIsNeverReplacedNorRemoved() throws {
    let place = try RunPlace()
    let path = "\(place.folder)/mine"
    var asked = 0
    let control = ScriptedControl(requests: { round in
      guard round == 2 || round == 5 else { return nil }
      asked += 1
      return SavepointRequest(id: "\(asked)", path: path)
    })
    try place.run(control: control)
    #expect(control.answers["1"]?.fault == nil)
    #expect(control.answers["2"]?.fault?.contains("is there already") == true)
    let beside = ScriptedControl(requests: { $0 == 2 ? SavepointRequest(id: "b") : nil })
    try place.run(control: beside)
    let kept = try #require(beside.answers["b"]?.path)
    try place.run { $0.isFresh = true }
    #expect(try CheckpointFolder(path: kept).read().manifest.isSavepoint == true)
  }

  @Test func aSavepointThatCannotBeUsedIsRefused() throws {
    let place = try RunPlace()
    #expect(throws: ConnectError.self) { try place.run { $0.savepoint = "/nowhere" } }
    let control = ScriptedControl(requests: {
      $0 == 2 ? SavepointRequest(id: "s", path: "\(place.folder)/mine") : nil
    })
    try place.run(control: control)
    let other = try RunPlace()
    other.graph.name = "other"
    let error = #expect(throws: ConnectError.self) {
      try other.run { $0.savepoint = "\(place.folder)/mine" }
    }
    #expect(error?.message.contains("is of the job test, and this one is other") == true)
  }

  @Test func aJobRunsOnceAtATime() throws {
    let place = try RunPlace()
    let lock = try JobLock(folder: place.store.folder, job: "test", files: FileSystem())
    let error = #expect(throws: ConnectError.self) { try place.run() }
    let process = ProcessInfo.processInfo.processIdentifier
    #expect(error?.message == "the job test is running already, as process \(process)")
    withExtendedLifetime(lock) {}
  }

  @Test func requestsAndAnswersPassThroughTheJobsFolder() throws {
    let place = try RunPlace()
    let requests = RequestFolder(directory: "\(place.folder)/checkpoints", job: "test")
    #expect(requests.runningProcess == nil && requests.take() == nil)
    let lock = try JobLock(folder: place.store.folder, job: "test", files: FileSystem())
    #expect(requests.runningProcess == ProcessInfo.processInfo.processIdentifier)
    let asked = SavepointRequest(id: "x", path: "/p", then: .drain)
    let answer = try requests.ask(asked) {
      #expect(requests.take() == asked && requests.take() == nil)
      requests.answer("x", SavepointAnswer(path: "/p", checkpoint: 7))
      return true
    }
    #expect(answer == SavepointAnswer(path: "/p", checkpoint: 7))
    #expect(throws: ConnectError.self) { try requests.ask(asked) { false } }
    #expect(requests.take() == nil)
    withExtendedLifetime(lock) {}
  }
}
