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
  private var isHeaderWritten = false
  /// The pane that is being written.
  private var current = 0
  /// Whether what stands before its entries was written.
  private var isBegun = false

  init(_ header: Header, captures: [PaneCapture]) {
    self.header = header
    self.captures = captures
  }

  deinit { for capture in captures { capture.abandon() } }

  /// The most files that the panes of one operator become.
  private static let maxParts = 1024

  /// Where the state is cut: large panes stand alone, and what is between them together.
  ///
  /// - Parameter minBytes: of a pane that stands alone.
  func parts(minBytes: Int) -> [FrozenState.Part] {
    let total = captures.reduce(0) { $0 + $1.leastBytes }
    let least = max(minBytes, total / Self.maxParts)
    // What stands before the panes belongs to the first part, and changes every time.
    var parts = [FrozenState.Part(identity: nil, endPane: 0)]
    for (index, capture) in captures.enumerated() {
      if let identity = capture.identity, capture.leastBytes >= least {
        parts.append(.init(identity: identity, endPane: index + 1))
      } else if parts[parts.count - 1].identity == nil {
        parts[parts.count - 1].endPane = index + 1
      } else {
        parts.append(.init(identity: nil, endPane: index + 1))
      }
    }
    return parts
  }

  /// Writes some more.
  ///
  /// - Parameters:
  ///   - entries: the most entries; few, for the operator waits for as long as they take.
  ///   - end: the pane before which it stops; nil for none.
  /// - Returns: whether there is more to write.
  func write(entries: Int, upTo end: Int? = nil, to writer: inout StateWriter) -> Bool {
    let end = end ?? captures.count
    if !isHeaderWritten {
      isHeaderWritten = true
      writer.write(Self.format)
      writer.write(header.signature)
      writer.write(header.watermark)
      writer.write(header.lastCause)
      writer.write(header.resultCount)
      writer.write(Int64(captures.count))
    }
    guard current < end else { return false }
    let capture = captures[current]
    if !isBegun {
      isBegun = true
      writer.write(capture.role.rawValue)
      writer.write(capture.span.start)
      writer.write(capture.span.end)
      writer.write(Int64(capture.savedCount))
    }
    if !capture.write(upTo: entries, to: &writer) { pass() }
    return current < end
  }

  /// Leaves out what was not written of the panes before one.
  func skip(upTo end: Int) {
    while current < end {
      captures[current].abandon()
      pass()
    }
  }

  private func pass() {
    current += 1
    isBegun = false
  }
}
