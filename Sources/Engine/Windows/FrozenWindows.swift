import Columns

/// A window operator's state as it stood when it was frozen, on its way to becoming bytes.
///
/// Entries are written by pane, so that any number of subtasks can take their share.
final class FrozenWindows: @unchecked Sendable {
  // Unchecked: one thread writes it out; what it shares with the operator is in the captures.
  /// What stands before the panes.
  struct Header: Sendable {
    var signature: String
    var watermark: Int64
    var lastCause: Int64
    var resultCount: Int64
  }

  static let format: Int64 = 2

  private let header: Header
  private let captures: [PaneCapture]
  /// The pane that is being written; -1 before the first.
  private var current = -1

  init(_ header: Header, captures: [PaneCapture]) {
    self.header = header
    self.captures = captures
  }

  deinit { for capture in captures { capture.abandon() } }

  /// Writes some more.
  ///
  /// - Parameter entries: the most entries; few, for the operator waits for as long as they take.
  /// - Returns: whether there is more to write.
  func write(entries: Int, to writer: inout StateWriter) -> Bool {
    if current < 0 {
      writer.write(Self.format)
      writer.write(header.signature)
      writer.write(header.watermark)
      writer.write(header.lastCause)
      writer.write(header.resultCount)
      writer.write(Int64(captures.count))
      begin(0, &writer)
    } else if current < captures.count, !captures[current].write(upTo: entries, to: &writer) {
      begin(current + 1, &writer)
    }
    return current < captures.count
  }

  private func begin(_ pane: Int, _ writer: inout StateWriter) {
    current = pane
    guard pane < captures.count else { return }
    let capture = captures[pane]
    writer.write(capture.role.rawValue)
    writer.write(capture.span.start)
    writer.write(capture.span.end)
    writer.write(Int64(capture.savedCount))
  }
}
