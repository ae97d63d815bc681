import Engine

/// A job's state as the files of a checkpoint, and back.
enum JobState {
  /// The id under which the job's own state stands: sources and counters.
  private static let jobID = "_job"

  static func states(of snapshot: ExecutionSnapshot, graph: JobGraph) -> [OperatorState] {
    var writer = StateWriter()
    writer.write(Int64(snapshot.ingests.count))
    for (id, ingest) in snapshot.ingests.sorted(by: { $0.key < $1.key }) {
      writer.write(id)
      writer.write(ingest.watermark)
      writer.write(Int64(ingest.splits.count))
      for split in ingest.splits {
        writer.write(split.name)
        writer.write(split.position.offset)
        writer.write(split.position.line)
        writer.write(split.maxEventTime == nil ? 0 : Int64(1))
        writer.write(split.maxEventTime ?? 0)
        writer.write(split.records)
      }
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
    return [OperatorState(id: jobID, bytes: writer.bytes)]
      + snapshot.operators.sorted { $0.key < $1.key }.map {
        OperatorState(id: $0.key, bytes: $0.value)
      }
  }

  /// - Throws: ``StateError`` where the checkpoint is of another pipeline.
  static func snapshot(from checkpoint: Checkpoint, graph: JobGraph) throws -> ExecutionSnapshot {
    guard let own = checkpoint.state(of: jobID) else { throw StateError.truncated }
    var reader = StateReader(own)
    var ingests: [String: ExecutionSnapshot.IngestState] = [:]
    for _ in 0..<(try reader.count()) {
      let id = try reader.text()
      let watermark = try reader.word()
      var splits: [Ingest.SplitState] = []
      for _ in 0..<(try reader.count()) {
        let name = try reader.text()
        let position = SplitPosition(offset: try reader.word(), line: try reader.word())
        let hasTime = try reader.word() == 1
        let time = try reader.word()
        splits.append(
          Ingest.SplitState(
            name: name, position: position, maxEventTime: hasTime ? time : nil,
            records: try reader.word()))
      }
      ingests[id] = .init(splits: splits, watermark: watermark)
    }
    var byNode: [String: NodeCounters] = [:]
    for _ in 0..<(try reader.count()) {
      let id = try reader.text()
      var counters = NodeCounters()
      counters.rowsIn = try reader.word()
      counters.rowsOut = try reader.word()
      counters.filtered = try reader.word()
      counters.bad = try reader.word()
      counters.late = try reader.word()
      counters.added = try reader.word()
      counters.lateUpdates = try reader.word()
      counters.firings = try reader.word()
      counters.partlyLate = try reader.word()
      counters.unassigned = try reader.word()
      counters.failedResults = try reader.word()
      byNode[id] = counters
    }
    for node in graph.nodes {
      if case .ingest = node.logic, ingests[node.id] == nil {
        throw StateError.different(
          operator: node.id, what: "the checkpoint does not know this source")
      }
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
    isFinished: Bool
  ) -> CheckpointManifest {
    let splits = snapshot.ingests.sorted { $0.key < $1.key }.flatMap { id, ingest in
      ingest.splits.map {
        CheckpointManifest.SplitState(
          source: id, name: $0.name, position: $0.position, maxEventTime: $0.maxEventTime,
          isEnded: isFinished)
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
      createdAtMs: createdAtMs, isFinished: isFinished, splits: splits,
      watermark: snapshot.ingests.values.map(\.watermark).min() ?? .min, counters: counters)
  }
}
