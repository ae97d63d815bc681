import Columns

/// One parallel instance of a window operator: the windows of its key groups.
///
/// Rows are judged one by one against the watermark as it stood before each, so what comes out
/// does not depend on where batches end.
protocol WindowSubtask: AnyObject, Sendable {
  var work: WindowWork { get }

  /// Takes the rows of a batch that belong to this subtask, then the batch's last watermark.
  func process(_ prepared: PreparedBatch, subtask: Int)

  /// The end of the input: every window that is open fires.
  func finish()

  // MARK: looking in

  /// Live windows: at most about `limit` keys of each.
  func inspect(limit: Int) -> [WindowResult]
  var liveWindowCount: Int { get }
  var stateBytes: Int { get }

  // MARK: snapshots

  /// The panes that hold its state, with what each is for and how many of its entries are in use.
  var savedPanes: [(role: PaneRole, pane: Pane, count: Int)] { get }

  /// An empty entry for state that is read back. The key is copied.
  func makeEntry(_ pane: SavedPane, key: Bytes, hash: UInt64, sequence: Int64) -> Entry

  /// An empty entry for what last came out of another; nil where that is not kept.
  func makeShadow(of entry: Entry) -> Entry?

  /// After the last entry was put back.
  func finishRestore()
}

extension WindowSubtask {
  /// Ends the care for a snapshot that has been written.
  func endCapture() {
    guard work.isCaptured, work.captures.allSatisfy(\.isDone) else { return }
    for (_, pane, _) in savedPanes { pane.capture = nil }
    work.captures = []
  }

  /// What a snapshot under way holds beside the panes in use, bytes.
  var captureBytes: Int {
    guard work.isCaptured else { return 0 }
    let inUse = Set(savedPanes.map { ObjectIdentifier($0.pane) })
    return work.captures.reduce(0) { sum, capture in
      guard let pane = capture.heldPane else { return sum }
      return sum + capture.reservedBytes
        + (inUse.contains(ObjectIdentifier(pane)) ? 0 : pane.stateBytes)
    }
  }
}

/// What a pane holds.
enum PaneRole: Int64, Sendable {
  /// A slice of windows that have not all fired.
  case slice
  /// A window that has fired, kept for late rows.
  case fired
  /// The part of growing windows that has come out already.
  case running
  /// Entries with bounds of their own.
  case keyed
}
