import Columns
import Engine

/// A job's state as the files of a checkpoint, and back.
enum JobState {
  /// The id under which the job's own state stands: sources and counters.
  private static let jobID = "_job"

  static func states(of snapshot: ExecutionSnapshot, graph: JobGraph) -> [OperatorState] {
    [own(snapshot, graph)]
      + snapshot.operators.sorted { $0.key < $1.key }.map {
        OperatorState(id: $0.key, bytes: $0.value)
      }
  }

  /// The same, encoded as it is written.
  ///
  /// - Parameter minBytes: of parts that checkpoints share.
  static func sources(
    of frozen: FrozenExecution, graph: JobGraph, minBytes: Int
  ) -> [StateSource] {
    [StateSource(own(frozen.position, graph))]
      + frozen.operators.sorted { $0.id < $1.id }.map { StateSource($0, minBytes: minBytes) }
  }

  /// Where the sources stood, and the counters.
  private static func own(_ snapshot: ExecutionSnapshot, _ graph: JobGraph) -> OperatorState {
    var writer = StateWriter()
    writer.write(Int64(snapshot.ingests.count))
    for (id, ingest) in snapshot.ingests.sorted(by: { $0.key < $1.key }) {
      writer.write(id)
      writer.write(ingest.watermark)
      writer.write(Int64(ingest.splits.count))
      writer.write(optional: ingest.now)
      for split in ingest.splits { write(split, to: &writer) }
    }
    writer.write(Int64(snapshot.counters.count))
    for (node, counters) in zip(graph.nodes, snapshot.counters) {
      writer.write(node.id)
      for value in [
        counters.rowsIn, counters.rowsOut, counters.filtered, counters.bad, counters.late,
        counters.added, counters.lateUpdates, counters.firings, counters.partlyLate,
        counters.unassigned, counters.failedResults,
      ] { writer.write(value) }
    }
    return OperatorState(id: jobID, bytes: writer.bytes)
  }

  private static func write(_ split: Ingest.SplitState, to writer: inout StateWriter) {
    writer.write(split.name)
    writer.write(split.position.offset)
    writer.write(split.position.line)
    writer.write(optional: split.maxEventTime)
    writer.write(split.records)
    writer.write(optional: split.watermark)
    writer.write(optional: split.arrival)
    writer.write(optional: split.silentSince)
    writer.write(optional: split.silentBeforePauseMs)
    for flag in [split.isIdle, split.isAligned, split.isPaused, split.hasEnded] {
      writer.write(flag ? Int64(1) : 0)
    }
  }

  /// - Parameter version: the checkpoint's; in 1 a split said nothing of its watermark.
  private static func split(_ reader: inout StateReader, version: Int) throws -> Ingest.SplitState {
    var split = Ingest.SplitState(
      name: try reader.text(),
      position: SplitPosition(offset: try reader.amount(), line: try reader.amount()),
      maxEventTime: try reader.optionalWord(), records: try reader.amount())
    guard version > 1 else { return split }
    split.watermark = try reader.optionalWord()
    split.arrival = try reader.optionalWord()
    split.silentSince = try reader.optionalWord()
    split.silentBeforePauseMs = try reader.optionalWord()
    split.isIdle = try reader.word() == 1
    split.isAligned = try reader.word() == 1
    split.isPaused = try reader.word() == 1
    split.hasEnded = try reader.word() == 1
    return split
  }

  /// - Throws: ``StateError`` where the checkpoint is of another pipeline.
  static func snapshot(from checkpoint: Checkpoint, graph: JobGraph) throws -> ExecutionSnapshot {
    guard let own = checkpoint.state(of: jobID) else { throw StateError.truncated }
    var reader = StateReader(own)
    let version = checkpoint.manifest.formatVersion
    var ingests: [String: Ingest.State] = [:]
    for _ in 0..<(try reader.count()) {
      let id = try reader.text()
      let watermark = try reader.word()
      let count = try reader.count()
      let now = version > 1 ? try reader.optionalWord() : nil
      var splits: [Ingest.SplitState] = []
      for _ in 0..<count { splits.append(try split(&reader, version: version)) }
      ingests[id] = .init(splits: splits, watermark: watermark, now: now)
    }
    var byNode: [String: NodeCounters] = [:]
    for _ in 0..<(try reader.count()) {
      let id = try reader.text()
      var counters = NodeCounters()
      counters.rowsIn = try reader.amount()
      counters.rowsOut = try reader.amount()
      counters.filtered = try reader.amount()
      counters.bad = try reader.amount()
      counters.late = try reader.amount()
      counters.added = try reader.amount()
      counters.lateUpdates = try reader.amount()
      counters.firings = try reader.amount()
      if version > 1 {
        counters.partlyLate = try reader.amount()
        counters.unassigned = try reader.amount()
        counters.failedResults = try reader.amount()
      }
      byNode[id] = counters
    }
    var snapshot = ExecutionSnapshot(
      counters: graph.nodes.map { byNode[$0.id] ?? NodeCounters() })
    snapshot.ingests = ingests
    for state in checkpoint.states where state.id != jobID {
      snapshot.operators[state.id] = state.bytes
    }
    return snapshot
  }

  static func manifest(
    of snapshot: ExecutionSnapshot, graph: JobGraph, checkpoint: Int64, createdAtMs: Int64,
    ending: CheckpointManifest.Ending?
  ) -> CheckpointManifest {
    let splits = snapshot.ingests.sorted { $0.key < $1.key }.flatMap { id, ingest in
      ingest.splits.map {
        CheckpointManifest.SplitState(
          source: id, name: $0.name, position: $0.position, maxEventTime: $0.maxEventTime,
          isEnded: ending == .endOfInput || $0.hasEnded,
          watermark: $0.watermark.flatMap { $0 == minWatermark ? nil : $0 }, isIdle: $0.isIdle,
          isPaused: $0.isPaused)
      }
    }
    var counters: [String: Int64] = [:]
    for (node, count) in zip(graph.nodes, snapshot.counters) {
      counters["\(node.id).numRecordsIn"] = count.rowsIn
      counters["\(node.id).numRecordsOut"] = count.rowsOut
      counters["\(node.id).numLateRecordsDropped"] = count.late
      counters["\(node.id).numRecordsBad"] = count.bad
    }
    return CheckpointManifest(
      job: graph.name, fingerprint: graph.fingerprint, checkpoint: checkpoint,
      createdAtMs: createdAtMs, ending: ending, splits: splits,
      watermark: snapshot.ingests.values.map(\.watermark).min() ?? .min,
      shapes: OperatorShape.all(of: graph), counters: counters)
  }
}

extension StateWriter {
  fileprivate mutating func write(optional value: Int64?) {
    write(value == nil ? 0 : Int64(1))
    write(value ?? 0)
  }
}

extension StateReader {
  fileprivate mutating func optionalWord() throws -> Int64? {
    let isThere = try word() == 1
    let value = try word()
    return isThere ? value : nil
  }
}
