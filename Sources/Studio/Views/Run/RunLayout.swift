import Terminal

/// Where everything of the run screen stands: a pure function of the size.
public struct RunLayout: Equatable {
  enum Tier: Equatable {
    /// At least 110 columns.
    case full
    /// 78 to 109 columns.
    case compact
    /// 60 to 77 columns: one panel at a time.
    case single
    /// Too small for any panel.
    case tooSmall
  }

  /// A border that can be dragged.
  public enum Splitter: Sendable, Hashable { case belowTimeline, besideWindows }

  /// Where borders were dragged to; nil for where they stand by themselves.
  struct Splits: Sendable, Equatable {
    /// Rows from the border below the timeline to the end of the body.
    var below: Int?
    /// Columns left of the border beside the windows.
    var windows: Int?
  }

  var tier: Tier
  /// Panels with their borders; neighbours share a border line.
  var panels: [RunPanel: Rect] = [:]
  /// The borders that can be dragged.
  var splitters: [Splitter: Rect] = [:]

  static let leastSize = Size(60, 16)

  static func tier(of size: Size) -> Tier {
    if size.width < leastSize.width || size.height < leastSize.height { return .tooSmall }
    return size.width >= 110 ? .full : size.width >= 78 ? .compact : .single
  }

  /// - Parameters:
  ///   - body: the room between the header and the narrator.
  ///   - pipelineRows: rows that the pipeline wants inside of its borders.
  ///   - splits: kept as far as every panel stays large enough to be read.
  init(
    _ body: Rect, tier: Tier, focus: RunPanel, zoomed: RunPanel?, pipelineRows: Int,
    splits: Splits = Splits()
  ) {
    self.tier = tier
    guard tier != .tooSmall else { return }
    let width = body.width
    if let one = zoomed ?? (tier == .single ? focus : nil) {
      panels = [one: body]
      return
    }
    // Shared borders: each panel begins on the last row of the one above.
    let pipeline = min(pipelineRows + 2, max(3, body.height * 3 / 10))
    let rest = body.height - pipeline + 1
    let below =
      splits.below.map { min(max(4, $0), max(4, rest - 4)) }
      ?? min(16, max(body.height >= 18 ? 7 : 6, rest * 2 / 5))
    let timeline = rest - below + 1
    panels[.pipeline] = Rect(0, body.y, width, pipeline)
    panels[.timeline] = Rect(0, body.y + pipeline - 1, width, timeline)
    let y = body.y + pipeline + timeline - 2
    let split =
      splits.windows.map { min(max(24, $0), width - 20) }
      ?? (tier == .full ? width * 64 / 100 : width * 71 / 100)
    panels[.windows] = Rect(0, y, split + 1, below)
    panels[.health] = Rect(split, y, width - split, below)
    splitters[.belowTimeline] = Rect(0, y, width, 1)
    splitters[.besideWindows] = Rect(split, y + 1, 1, below - 2)
  }
}
