import Runtime
import Terminal

/// What surrounds every screen: header, tabs, narrator, scrubber, footer; and the body between.
struct ScreenFrame: Equatable {
  var tier: RunLayout.Tier
  var header = Rect(0, 0, 0, 0)
  var tabs = Rect(0, 0, 0, 0)
  var body = Rect(0, 0, 0, 0)
  var narrator = Rect(0, 0, 0, 0)
  var scrubber = Rect(0, 0, 0, 0)
  var footer = Rect(0, 0, 0, 0)

  init(_ size: Size) {
    tier = RunLayout.tier(of: size)
    guard tier != .tooSmall else { return }
    let isTall = size.height >= 30
    let width = size.width
    header = Rect(0, 0, width, 1)
    tabs = Rect(0, 1, width, size.height >= 20 ? 1 : 0)
    footer = Rect(0, size.height - 1, width, 1)
    scrubber = Rect(0, size.height - 2, width, 1)
    let narratorRows = size.height >= 44 ? 3 : isTall ? 2 : 1
    narrator = Rect(0, scrubber.y - narratorRows, width, narratorRows)
    let top = header.height + tabs.height
    body = Rect(0, top, width, narrator.y - top)
  }

  /// Draws everything but the body.
  func draw(_ state: StudioState, _ run: RunState, on canvas: inout Canvas) {
    HeaderView(state: state).draw(in: header, on: &canvas)
    if tabs.height > 0 { TabsView(state: state).draw(in: tabs, on: &canvas) }
    NarratorView(run: run).draw(in: narrator, on: &canvas)
    ScrubberView(run: run).draw(in: scrubber, on: &canvas)
    FooterView(state: state).draw(in: footer, on: &canvas)
  }
}
