import Runtime
import Terminal

extension StudioState {
  /// Actions of the output screen; nil for those that are none.
  mutating func performInOutput(_ action: StudioAction) -> [StudioEffect]? {
    guard var output = run?.output else { return nil }
    let isTab = action == .nextTab || action == .previousTab
    if isTab {
      let all = OutputQuery.Stream.allCases
      let index = (all.firstIndex(of: output.stream) ?? 0) + (action == .nextTab ? 1 : -1)
      show(all[(index + all.count) % all.count], in: &output)
    } else if action == .accept, !output.list.filter.isTyping {
      output.isOpen.toggle()
    } else if action == .zoomPanel {
      // What is zoomed is the selected line, with every column on a line of its own.
      output.isZoomed.toggle()
      output.isOpen = output.isZoomed || output.isOpen
    } else if action == .close, output.isZoomed {
      output.isZoomed = false
    } else if action == .close, output.isOpen {
      output.isOpen = false
    } else if !output.list.edit(action) {
      let page = output.page ?? OutputPage()
      guard
        output.list.move(
          action, output.ids, offset: page.offset, total: page.total,
          page: ScreenFrame(size).body.height - 4)
      else { return nil }
    }
    run?.output = output
    return []
  }

  mutating func showOutput(_ index: Int) {
    guard let stream = OutputQuery.Stream.allCases.element(at: index), var output = run?.output
    else { return }
    show(stream, in: &output)
    run?.output = output
  }

  private func show(_ stream: OutputQuery.Stream, in output: inout OutputState) {
    output.stream = stream
    output.page = nil
    output.list = ListState()
    output.isOpen = false
  }
}
