import Columns
import Foundation
import Runtime

/// Checkpoints for programs. The names below are the interface: they are added to, never changed.
enum CheckpointsJSON {
  static func list(_ places: CheckpointPlaces) throws -> String {
    try text(["jobs": places.jobs.map(Job.init)])
  }

  static func verify(_ places: CheckpointPlaces) throws -> String {
    let reports = places.jobs.flatMap(\.all)
    return try text(
      Verified(
        sound: reports.count { !$0.isDamaged }, damaged: reports.count { $0.isDamaged },
        jobs: places.jobs.map(Job.init)))
  }

  static func show(_ report: CheckpointReport) throws -> String { try text(Detail(report)) }

  private static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  }

  private struct Verified: Encodable {
    var sound: Int
    var damaged: Int
    var jobs: [Job]
  }

  private struct Job: Encodable {
    var job: String
    var folder: String?
    /// The number of the checkpoint that the next run goes on from.
    var next: Int64?
    var checkpoints: [Entry]
    var leftovers: [String]

    init(_ found: CheckpointPlaces.Job) {
      job = found.name
      folder = found.folder
      next = found.next?.number
      checkpoints = found.all.map(Entry.init)
      leftovers = found.leftovers
    }
  }

  private struct Entry: Encodable {
    var number: Int64?
    /// `checkpoint` or `savepoint`.
    var kind: String
    var path: String
    var createdAtMs: Int64?
    var bytes: Int64
    var records: Int64?
    /// ms since the epoch; null before the first.
    var watermark: Int64?
    var isDamaged: Bool
    var isFinished: Bool
    var isCommitted: Bool
    var faults: [Fault]
    /// Files that are not the checkpoint's.
    var strangers: [String]
    var state: [State]

    init(_ report: CheckpointReport) {
      number = report.number ?? report.manifest?.checkpoint
      kind = CheckpointWords.kind(report)
      path = report.path
      createdAtMs = report.manifest?.createdAtMs
      bytes = report.bytes
      records = report.records
      watermark = report.manifest.flatMap { $0.watermark == minWatermark ? nil : $0.watermark }
      isDamaged = report.isDamaged
      isFinished = report.manifest?.isFinished == true
      isCommitted = report.isCommitted
      faults = report.faults.map { Fault(file: $0.file, problem: $0.problem) }
      strangers = report.strangers
      state = CheckpointWords.states(report).map { State(operator: $0.id, bytes: $0.bytes) }
    }
  }

  private struct Fault: Encodable {
    var file: String?
    var problem: String
  }

  private struct State: Encodable {
    var `operator`: String
    var bytes: Int64
  }

  private struct Detail: Encodable {
    var summary: Entry
    /// The manifest's own names are those of its file.
    var job: String?
    var formatVersion: Int?
    var fingerprint: String?
    var sources: [CheckpointManifest.SplitState]
    var operators: [CheckpointManifest.OperatorFile]
    var sinks: [Sink]
    var counters: [Counter]

    init(_ report: CheckpointReport) {
      summary = Entry(report)
      job = report.manifest?.job
      formatVersion = report.manifest?.formatVersion
      fingerprint = report.manifest?.fingerprint
      sources = report.manifest?.splits ?? []
      operators = report.manifest?.operators ?? []
      sinks = (report.manifest?.sinks ?? []).map { sink in
        Sink(
          id: sink.id, checkpoint: sink.checkpoint,
          fields: sink.fields.sorted { $0.key < $1.key }.map {
            Field(name: $0.key, value: $0.value)
          })
      }
      counters = (report.manifest?.counters ?? [:]).sorted { $0.key < $1.key }
        .map { Counter(name: $0.key, value: $0.value) }
    }
  }

  // Names that are data are values here: a key would be turned into snake case.

  private struct Sink: Encodable {
    var id: String
    var checkpoint: Int64
    var fields: [Field]
  }

  private struct Field: Encodable {
    var name: String
    var value: String
  }

  private struct Counter: Encodable {
    var name: String
    var value: Int64
  }
}
