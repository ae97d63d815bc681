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
    let check = WindowStateCheck(plan: plan)
    let watermark = try check.watermark(try reader.word())
    let lastCause = try reader.word()
    for subtask in subtasks {
      subtask.work.watermark = watermark
      subtask.work.lastCause = lastCause
    }
    resultCount = try reader.amount()
    let subtasks = subtasks
    for _ in 0..<(try reader.count()) {
      let role = try check.role(try reader.word())
      let span = try check.span(try reader.word(), try reader.word())
      let count = try reader.count()
      let saved = SavedPane(role: role, span: span, share: count / subtasks.count)
      for _ in 0..<count { try readEntry(saved, subtasks, check, &reader) }
    }
    for subtask in subtasks { subtask.finishRestore() }
  }

  private func readEntry(
    _ pane: SavedPane, _ subtasks: [any WindowSubtask], _ check: WindowStateCheck,
    _ reader: inout StateReader
  ) throws {
    let key = try reader.skipRun()
    try reader.withBytes(key) { try check.key($0) }
    let hash = UInt64(bitPattern: try reader.word())
    let sequence = try reader.amount()
    let owner = subtask(of: keyGroup(of: hash), parallelism: subtasks.count)
    guard subtasks.indices.contains(owner) else { throw StateError.truncated }
    let entry = reader.withBytes(key) {
      subtasks[owner].makeEntry(pane, key: $0, hash: hash, sequence: sequence)
    }
    entry[EntryWord.rows] = try reader.amount()
    entry[EntryWord.firings] = try reader.amount()
    try plan.layout.read(&reader, into: entry)
    guard pane.role == .keyed else { return }
    for word in KeyedWord.saved { entry[word] = try check.keyedWord(word, try reader.word()) }
    guard try reader.word() != 0, let shadow = subtasks[owner].makeShadow(of: entry) else { return }
    shadow[EntryWord.rows] = try reader.amount()
    shadow[EntryWord.firings] = try reader.amount()
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
