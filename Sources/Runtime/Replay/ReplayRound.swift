import Columns
import Engine

/// What a round of an execution did, as its callbacks tell it: the material of a trace.
struct ReplayRound {
  enum Item {
    case window(node: Int, WindowEvent)
    case dead(node: Int, DeadRecord)
    case output(node: Int, OutputPage.Line)

    /// The record after which it happened.
    var cause: Int64 {
      switch self {
      case .window(_, let event): event.cause
      case .dead(_, let record): record.position
      case .output(_, let line): line.position
      }
    }
  }

  /// A dead letter as it is shown.
  struct DeadRecord {
    var position: Int64
    var place: String
    var error: String
    var raw: String
  }

  /// Records that had been read before.
  var first: Int64 = 0
  /// The rows of the log, in reading order.
  var batches: [Batch] = []
  var items: [Item] = []
  /// Whether it was the one after the last record, in which everything fires.
  var isEnd = false
  /// After the round.
  var newest: Int64?
  var watermark = minWatermark
}

/// Gathers a round: where an execution's callbacks write. Shared by the executions that a machine
/// makes one after another.
final class ReplayRecorder {
  var round = ReplayRound()

  /// Told of everything that an execution does.
  func watch(_ execution: Execution) {
    execution.onReadings = { [unowned self] _, readings in
      round.batches += readings.map(\.batch)
    }
    execution.onWindowEvents = { [unowned self] node, events in
      round.items += events.map { .window(node: node, $0) }
    }
    execution.onDeadLetters = { [unowned self] node, letters in
      round.items += letters.map { letter in
        .dead(
          node: node,
          ReplayRound.DeadRecord(
            position: letter.sequence, place: letter.position, error: letter.error,
            raw: String(decoding: letter.raw.buffer.prefix(4096), as: UTF8.self)))
      }
    }
  }
}
