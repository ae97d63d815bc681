import Columns
import Engine

/// Gathers what went into a window and what it fired, from rounds that are read again.
struct WindowStory {
  let id: WindowView.ID
  let node: Int
  let limit: Int
  /// Whether rows have event times.
  let isTimed: Bool
  /// Whether rows may have been taken in under narrower bounds: those of a session grow.
  let grows: Bool
  private var events: [RecordRow] = []
  private var eventCount = 0
  private var firings: [WindowDetail.Firing] = []

  init(id: WindowView.ID, node: Int, limit: Int, isTimed: Bool, grows: Bool) {
    self.id = id
    self.node = node
    self.limit = limit
    self.isTimed = isTimed
    self.grows = grows
  }

  mutating func take(_ round: ReplayRound, watermarkBefore: Int64) {
    for item in round.items {
      guard case .window(let source, let event) = item, source == node else { continue }
      switch event {
      case .added(let sequence, let key, let time, let start, let end, let isLate):
        guard key == id.key, start >= id.start, end <= id.end,
          grows || start == id.start && end == id.end
        else { continue }
        eventCount += 1
        guard events.count < limit else { continue }
        events.append(
          RecordRow(
            position: sequence, eventTime: isTimed ? time : nil,
            values: round.values(of: sequence), isLate: isLate))
      case .fired(let result, let previous, let cause):
        guard result.key == id.key, result.start == id.start, result.end == id.end else { continue }
        let reached = round.watermark(after: cause) ?? watermarkBefore
        let kind = previous != nil ? "updated" : reached >= id.end - 1 ? "on time" : "early"
        firings.append(
          WindowDetail.Firing(
            position: cause, watermark: reached, rows: result.rows,
            values: result.values.map(displayText), kind: kind))
      case .late, .replaced, .purged: break
      }
    }
  }

  func tell(_ detail: inout WindowDetail) {
    detail.events = events
    detail.eventCount = eventCount
    detail.firings = firings
  }
}

extension ReplayRound {
  /// The columns of a record of this round as texts; those that nobody reads are unknown.
  func values(of sequence: Int64) -> [String] {
    for batch in batches where batch.count > 0 {
      let row = Int(sequence - batch.sequence(of: 0))
      guard row >= 0, row < batch.count else { continue }
      return batch.columns.map { $0.map { displayText(Value($0, row)) } ?? "—" }
    }
    return []
  }

  /// The watermark after a record of this round; nil where it is not in it.
  func watermark(after sequence: Int64) -> Int64? {
    if isEnd { return maxWatermark }
    for batch in batches where batch.count > 0 {
      let row = Int(sequence - batch.sequence(of: 0))
      guard row >= 0, row < batch.count else { continue }
      return row + 1 < batch.count ? batch.watermark(before: row + 1) : batch.endWatermark
    }
    return nil
  }
}
