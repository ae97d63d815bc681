import Columns
import Engine
public import Runtime

/// What real runs of a pipeline have left on disk.
public struct DiskCheckpoints: Sendable, Equatable {
  /// A checkpoint or savepoint that was found.
  public struct Entry: Sendable, Equatable {
    public enum Status: Sendable, Equatable {
      case complete
      /// The job had come to its end with it.
      case finished(isCommitted: Bool)
      /// What is wrong, a sentence a file.
      case damaged([String])
    }

    public var path: String
    /// Nil for a savepoint.
    public var number: Int64?
    public var isSavepoint: Bool
    public var status: Status
    /// Ms since the epoch; nil where the manifest is damaged.
    public var takenMs: Int64?
    public var bytes: Int64
    public var records: Int64?
    public var watermark: Int64?
    /// State of each operator.
    public var parts: [CheckpointDetail.Part]
    /// Prepared transactions of each sink that may not have been committed.
    public var prepared: [String]
    /// Whether the next run goes on from it.
    public var isNext: Bool
    /// Whether every byte was read and had its checksum.
    public var isVerified = false

    init(_ report: CheckpointReport, isNext: Bool) {
      path = report.path
      number = report.number
      isSavepoint = report.isSavepoint
      bytes = report.bytes
      records = report.records
      self.isNext = isNext
      let manifest = report.manifest
      takenMs = manifest?.createdAtMs
      watermark = manifest?.watermark
      parts = (manifest?.operators ?? []).filter { $0.id != "_job" }
        .map { CheckpointDetail.Part(operatorName: $0.id, bytes: Int(clamping: $0.size)) }
      prepared = (manifest?.sinks ?? []).map(\.id)
      let faults = report.faults.map { fault in
        fault.file.map { "\($0): \(fault.problem)" } ?? fault.problem
      }
      status =
        !faults.isEmpty
        ? .damaged(faults)
        : manifest?.isFinished == true ? .finished(isCommitted: report.isCommitted) : .complete
    }
  }

  /// Newest first; savepoints before checkpoints.
  public var entries: [Entry] = []
  /// Where they are, or would be; nil for a pipeline without a file.
  public var folder: String?
  /// Why they could not be looked at.
  public var fault: String?

  public init(folder: String? = nil, fault: String? = nil) {
    self.folder = folder
    self.fault = fault
  }

  /// What was found of one job.
  public init(_ places: CheckpointPlaces, folder: String) {
    self.folder = folder
    for job in places.jobs {
      let next = job.next?.path
      entries += job.all.reversed().map { Entry($0, isNext: $0.path == next) }
    }
  }
}

extension DiskCheckpoints.Entry {
  /// `12`, or the name of a savepoint's folder.
  var name: String {
    number.map { formatCount($0) } ?? path.split(separator: "/").last.map(String.init) ?? path
  }

  var statusWords: String {
    let sound = isVerified ? ", sound" : ""
    return switch status {
    case .complete: "complete\(sound)"
    case .finished(let isCommitted): (isCommitted ? "finished, committed" : "finished") + sound
    case .damaged: "damaged"
    }
  }

  /// What a run does with it, in a line; nil for one that waits.
  var nextWords: String? {
    guard isNext else { return nil }
    return status == .finished(isCommitted: true)
      ? "the job has ended: the next run starts over" : "the next run goes on from here"
  }

  var isDamaged: Bool { if case .damaged = status { true } else { false } }

  /// With tabs between the columns.
  var line: String {
    [
      name, isSavepoint ? "savepoint" : "checkpoint", statusWords,
      takenMs.map { formatMoment($0) } ?? unknownText, "\(bytes)",
      records.map { "\($0)" } ?? unknownText, watermark.map { formatMoment($0) } ?? unknownText,
      path,
    ].joined(separator: "\t")
  }
}
