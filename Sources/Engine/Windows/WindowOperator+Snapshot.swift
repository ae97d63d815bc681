import Columns

extension WindowOperator {
  /// The state of every subtask as it is now, to be written while the operator goes on.
  func freeze() -> FrozenState {
    var captures: [PaneCapture] = []
    var estimatedBytes = 4096
    for subtask in subtasks {
      // Of two snapshots at once the older one is kept whole, and takes the memory for that.
      for (_, pane, _) in subtask.savedPanes { pane.capture?.preserveAll() }
      let new = subtask.savedPanes.map { role, pane, count in
        let capture = PaneCapture(pane, role: role, savedCount: count, layout: plan.layout)
        pane.capture = capture
        estimatedBytes += pane.arena.reservedBytes + count * (pane.stride + 4) * 8
        return capture
      }
      subtask.work.captures = subtask.work.captures.filter { !$0.isDone } + new
      captures += new
    }
    let header = FrozenWindows.Header(
      signature: signature, watermark: subtasks[0].work.watermark,
      lastCause: subtasks[0].work.lastCause, resultCount: resultCount)
    return FrozenState(
      id: plan.id, windows: FrozenWindows(header, captures: captures),
      estimatedBytes: estimatedBytes)
  }

  /// What the state's shape depends on.
  private var signature: String {
    let keys = plan.keys.types.map(\.name).joined(separator: ",")
    let aggregates = plan.spec.aggregates.map(\.shape).joined(separator: ", ")
    return "keys \(keys); \(plan.spec.windowText); \(aggregates)"
  }

  /// Puts a snapshot back, whatever the parallelism it was taken at.
  ///
  /// - Throws: ``StateError``.
  func restore(_ bytes: [UInt8]) throws {
    var reader = StateReader(bytes)
    let format = try reader.word()
    guard format == FrozenWindows.format else { throw StateError.version(format) }
    let written = try reader.text()
    guard written == signature else {
      throw StateError.different(
        operator: plan.id, what: "it was \(written), now it is \(signature)")
    }
    let watermark = try reader.word()
    let lastCause = try reader.word()
    for subtask in subtasks {
      subtask.work.watermark = watermark
      subtask.work.lastCause = lastCause
    }
    resultCount = try reader.word()
    let subtasks = subtasks
    for _ in 0..<(try reader.count()) {
      guard let role = PaneRole(rawValue: try reader.word()) else { throw StateError.truncated }
      let span = TimeSpan(start: try reader.word(), end: try reader.word())
      let count = try reader.count()
      let saved = SavedPane(role: role, span: span, share: count / subtasks.count)
      for _ in 0..<count { try readEntry(saved, subtasks, &reader) }
    }
    for subtask in subtasks { subtask.finishRestore() }
  }

  private func readEntry(
    _ pane: SavedPane, _ subtasks: [any WindowSubtask], _ reader: inout StateReader
  ) throws {
    let key = try reader.skipRun()
    let hash = UInt64(bitPattern: try reader.word())
    let sequence = try reader.word()
    let owner = subtask(of: keyGroup(of: hash), parallelism: subtasks.count)
    guard subtasks.indices.contains(owner) else { throw StateError.truncated }
    let entry = reader.withBytes(key) {
      subtasks[owner].makeEntry(pane, key: $0, hash: hash, sequence: sequence)
    }
    try reader.words(2, into: entry + EntryWord.rows)
    try plan.layout.read(&reader, into: entry)
    guard pane.role == .keyed else { return }
    for word in KeyedWord.saved { entry[word] = try reader.word() }
    guard try reader.word() != 0, let shadow = subtasks[owner].makeShadow(of: entry) else { return }
    try reader.words(2, into: shadow + EntryWord.rows)
    try plan.layout.read(&reader, into: shadow)
  }
}

/// A pane in a snapshot.
struct SavedPane {
  var role: PaneRole
  var span: TimeSpan
  /// About how many of its entries come to each subtask.
  var share: Int
}
