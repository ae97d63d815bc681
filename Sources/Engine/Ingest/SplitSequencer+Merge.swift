import Columns

/// Several splits, or single steps: records one by one in their order.
extension SplitSequencer {
  /// Records in a batch, at most.
  private static let batchLimit = 8192

  mutating func merge(maxRecords: Int, maxBytes: Int) throws -> [Ingest.Reading] {
    let limit = min(maxRecords, Self.batchLimit)
    var taken: [(block: Int, row: Int32)] = []
    var blocks: [ParsedBlock] = []
    var blockOf = [Int?](repeating: nil, count: splits.count)
    var watermarks: [Int64] = []
    var times: [Int64?] = []
    var rejected: [BadRecord] = []
    var dead: [DeadLetter] = []
    let first = recordsRead
    while taken.count < limit {
      guard let next = nextSplit(), let parsed = splits[next].pending?.parsed else { break }
      let row = splits[next].cursor
      let block = blockOf[next] ?? blocks.count
      if block == blocks.count {
        blocks.append(parsed)
        blockOf[next] = block
      }
      watermarks.append(watermark)
      let sequence = recordsRead
      if let fault = take(next) {
        rejected.append(BadRecord(row: taken.count, error: fault))
        dead.append(
          letter(
            splits[next].description.name, parsed, BadRecord(row: row, error: fault),
            sequence: sequence))
      }
      taken.append((block, Int32(row)))
      if isProcessingTime { times.append(now) }
      if splits[next].cursor >= parsed.count {
        blockOf[next] = nil
        try refill(next, maxBytes: maxBytes, maxRecords: maxRecords)
      }
    }
    guard !taken.isEmpty else { return [] }
    var batch = batch(taken, blocks, times: times)
    batch.selection = good(taken.count, without: rejected)
    batch.watermarks = Longs(watermarks)
    batch.firstSequence = first
    return [Ingest.Reading(batch: batch, dead: dead)]
  }

  /// The split to read next, by the rule of the order; nil where none has a record at hand that
  /// may be read.
  func firstReadable() -> Int? {
    var best: Int?
    var lowest = Int64.max
    for index in splits.indices
    where splits[index].isReadable && !combiner.inputs[index].isPaused {
      let rank = rank(of: index)
      if best == nil || rank < lowest {
        best = index
        lowest = rank
      }
    }
    return best
  }

  private func rank(of index: Int) -> Int64 {
    if hasArrival { return arrival(of: index) ?? Int64.min }
    if isProcessingTime { return splits[index].records }
    return splits[index].assigner.newest ?? Int64.min
  }

  /// When a split's next record arrived: not before the one before it, and with it where the log
  /// does not say.
  private func arrival(of index: Int) -> Int64? {
    let latest = splits[index].arrival
    guard let next = splits[index].pending?.arrival(splits[index].cursor) else { return latest }
    return max(latest ?? next, next)
  }

  /// How late it is when a split's next record is read: a record that had to wait is read later
  /// than it arrived.
  func arrivalMoment(of index: Int) -> Int64? {
    guard hasArrival, let arrival = arrival(of: index) else { return nil }
    return max(now ?? arrival, arrival)
  }

  /// Takes a split's next record in, whose turn it is.
  ///
  /// - Returns: why it cannot be a row.
  mutating func take(_ index: Int) -> String? {
    guard let block = splits[index].pending else { return nil }
    let row = splits[index].cursor
    if hasArrival { splits[index].arrival = arrival(of: index) }
    let fault = judge(row, of: block, index)
    splits[index].cursor += 1
    splits[index].records += 1
    splits[index].position = block.parsed.position(of: row + 1)
    recordsRead += 1
    if fault == nil {
      combiner.hear(
        index, watermark: splits[index].assigner.watermark, at: hasArrival ? now : nil)
    }
    switch emission {
    case .perEvent: combiner.combine()
    case .everyRecords(let count): if recordsRead % count == 0 { combiner.combine() }
    case .everyMs: break
    }
    combiner.align(at: now)
    return fault
  }

  private mutating func judge(_ row: Int, of block: PendingBlock, _ index: Int) -> String? {
    if let fault = block.fault(of: row) { return fault }
    guard hasEventTime else { return nil }
    let time = isProcessingTime ? now : block.eventTime(row)
    return splits[index].assigner.assign(
      time, carried: block.carried(row), combined: watermark)?.message
  }

  // MARK: batches

  /// A batch of records from several blocks.
  func batch(
    _ taken: [(block: Int, row: Int32)], _ blocks: [ParsedBlock], times: [Int64?]
  ) -> Batch {
    let columns = spec.recordColumns.indices.map { index -> Column? in
      guard spec.columns[index].isRead else { return nil }
      let result = Column(schema.fields[index].type, capacity: taken.count)
      let sources = blocks.compactMap { $0.columns[index] }
      for source in sources { result.retain(ownersOf: source) }
      for (row, from) in taken.enumerated() {
        result.copyValue(row, from: sources[from.block], Int(from.row))
      }
      return result
    }
    return Batch(
      schema: schema, columns: columns + readingTimes(times), count: taken.count,
      endWatermark: watermark,
      firstSequence: recordsRead, eventTimeColumn: spec.eventTime)
  }

  /// The column of the times of reading, in processing time.
  func readingTimes(_ times: [Int64?]) -> [Column?] {
    guard isProcessingTime, let last = spec.columns.last else { return [] }
    let column = Column(last.type, capacity: times.count)
    for (row, time) in times.enumerated() {
      if let time { column.integers[row] = time } else { column.setNull(row) }
    }
    return [column]
  }

  /// The rows that are none of the rejected; nil for all.
  func good(_ count: Int, without rejected: [BadRecord]) -> Selection? {
    if rejected.isEmpty { return nil }
    let selection = Selection(capacity: count)
    var next = 0
    for row in 0..<count {
      if next < rejected.count, rejected[next].row == row {
        next += 1
      } else {
        selection.append(Int32(row))
      }
    }
    return selection
  }

  func letter(_ name: String, _ parsed: ParsedBlock, _ bad: BadRecord, sequence: Int64)
    -> DeadLetter
  {
    DeadLetter(
      sequence: sequence, error: bad.error,
      position: "\(name):\(parsed.position(of: bad.row).line)", raw: parsed.raw(bad.row),
      owner: parsed.block.owner)
  }
}
