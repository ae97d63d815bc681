import Terminal

/// Where everything of the run screen stands: a pure function of the size.
struct RunLayout: Equatable {
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

  var tier: Tier
  var header = Rect(0, 0, 0, 0)
  var tabs = Rect(0, 0, 0, 0)
  /// Panels with their borders; neighbours share a border line.
  var panels: [RunPanel: Rect] = [:]
  var narrator = Rect(0, 0, 0, 0)
  var scrubber = Rect(0, 0, 0, 0)
  var footer = Rect(0, 0, 0, 0)

  static let leastSize = Size(60, 16)

  static func tier(of size: Size) -> Tier {
    if size.width < leastSize.width || size.height < leastSize.height { return .tooSmall }
    return size.width >= 110 ? .full : size.width >= 78 ? .compact : .single
  }

  /// - Parameter pipelineRows: rows that the pipeline wants inside of its borders.
  init(_ size: Size, focus: RunPanel, zoomed: RunPanel?, pipelineRows: Int) {
    tier = Self.tier(of: size)
    guard tier != .tooSmall else { return }
    let isTall = size.height >= 30
    let width = size.width
    header = Rect(0, 0, width, 1)
    tabs = Rect(0, 1, width, isTall ? 1 : 0)
    footer = Rect(0, size.height - 1, width, 1)
    scrubber = Rect(0, size.height - 2, width, 1)
    let narratorRows = size.height >= 44 ? 3 : isTall ? 2 : 1
    narrator = Rect(0, scrubber.y - narratorRows, width, narratorRows)
    let top = header.height + tabs.height
    let body = Rect(0, top, width, narrator.y - top)

    if let one = zoomed ?? (tier == .single ? focus : nil) {
      panels = [one: body]
      return
    }
    // Shared borders: each panel begins on the last row of the one above.
    let pipeline = min(pipelineRows + 2, max(3, body.height / 4))
    let rest = body.height - pipeline + 1
    let below = min(16, max(6, rest * 2 / 5))
    let timeline = rest - below + 1
    panels[.pipeline] = Rect(0, body.y, width, pipeline)
    panels[.timeline] = Rect(0, body.y + pipeline - 1, width, timeline)
    let y = body.y + pipeline + timeline - 2
    let split = tier == .full ? width * 64 / 100 : width * 71 / 100
    panels[.windows] = Rect(0, y, split + 1, below)
    panels[.health] = Rect(split, y, width - split, below)
  }
}
