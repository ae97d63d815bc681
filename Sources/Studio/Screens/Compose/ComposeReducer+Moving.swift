import Pipelines

/// Moving about on the compose screen.
extension StudioState {
  mutating func focusCompose(by step: Int) {
    guard let current = compose,
      let index = ComposePanel.allCases.firstIndex(of: current.focus)
    else { return }
    let count = ComposePanel.allCases.count
    let panel = ComposePanel.allCases[(index + step + count) % count]
    compose?.focus = panel
    if current.zoomed != nil { compose?.zoomed = panel }
  }

  mutating func moveInCompose(_ step: Int) {
    guard let current = compose else { return }
    switch current.focus {
    case .chain:
      // The pipeline as a whole stands above its steps.
      let place = min(max(-1, (current.place ?? -1) + step), current.document.stepCount - 1)
      selectStep(place < 0 ? nil : place)
    case .form:
      compose?.fieldIndex = min(max(0, current.fieldIndex + step), max(0, current.fields.count - 1))
    case .rows where current.isTextShown: scrollText(by: step)
    case .rows: moveInRows(by: step)
    }
  }

  mutating func selectStep(_ place: Int?) {
    guard compose?.place != place else { return }
    compose?.place = place
    compose?.fieldIndex = 0
    compose?.rowsPlaces = [RowsPlace(), RowsPlace()]
    compose?.textPlace = RowsPlace()
  }

  mutating func turnCompose(_ step: Int) {
    guard let current = compose else { return }
    switch current.focus {
    case .rows where current.isTextShown: scrollText(byColumns: step * 8)
    case .rows: scrollColumns(by: step)
    case .chain: if step > 0 { compose?.focus = .form }
    case .form: if step < 0 { compose?.focus = .chain }
    }
  }

  mutating func jumpToFault(_ step: Int) {
    guard let current = compose else { return }
    let faults = current.document.diagnostics
    guard !faults.isEmpty else { return }
    let next = current.faultIndex(after: step)
    compose?.select(faults[next])
    notice = "\(next + 1) of \(faults.count): \(faults[next].message)"
  }

  // MARK: rows

  var rowsView: RowsView? {
    compose.map { RowsView(compose: $0, area: ComposeLayout(size, $0).rows) }
  }

  private mutating func moveInRows(by step: Int) {
    guard let view = rowsView, let extent = view.extent() else { return }
    compose?.rowsPlaces[view.focusedSide(extent.sides)].move(
      by: step, of: extent.total, room: extent.room)
  }

  /// The wheel moves the rows at once.
  ///
  /// - Parameter side: that lies under it; nil for the focused one.
  mutating func scrollRows(_ lines: Int, side: Int?) {
    if compose?.isTextShown == true { return scrollText(by: lines) }
    guard let view = rowsView, let extent = view.extent(of: side) else { return }
    compose?.rowsPlaces[side ?? view.focusedSide(extent.sides)].scroll(
      by: lines, of: extent.total, room: extent.room)
  }

  /// To the columns on either side, and past their end to the other side of the step.
  private mutating func scrollColumns(by step: Int) {
    guard let view = rowsView, let extent = view.extent() else { return }
    let index = view.focusedSide(extent.sides)
    let column = min(compose?.rowsPlaces[index].column ?? 0, extent.lastColumn)
    if (0...extent.lastColumn).contains(column + step) {
      compose?.rowsPlaces[index].column = column + step
    } else {
      compose?.showsBefore = step < 0
    }
  }

  /// The other side of the step has the focus.
  mutating func turnSides() {
    guard compose?.isTextShown == false, rowsView?.sideCount ?? 1 > 1 else { return }
    compose?.showsBefore.toggle()
  }

  private mutating func scrollText(by lines: Int) {
    guard let compose else { return }
    let view = PipelineTextView(compose: compose, area: ComposeLayout(size, compose).rows)
    self.compose?.textPlace.top = view.moved(compose.textPlace.top, by: lines)
  }

  private mutating func scrollText(byColumns step: Int) {
    guard let compose else { return }
    let view = PipelineTextView(compose: compose, area: ComposeLayout(size, compose).rows)
    self.compose?.textPlace.column = min(
      max(0, compose.textPlace.column + step), view.lastColumn)
  }
}
