public import Terminal

/// Draws the studio: a pure function of its state, a theme and the symbols that can be shown.
///
/// The picture is exactly as large as `state.size`.
public func drawStudio(
  _ state: StudioState, theme: Theme, symbols: SymbolSet = .block
) -> StudioFrame {
  var canvas = Canvas(state.size, theme: theme, symbols: symbols)
  if state.screen == .run, let run = state.run {
    RunView(state: state, run: run).draw(on: &canvas)
  } else {
    GalleryView(state: state).draw(on: &canvas)
  }
  if let overlay = state.overlay { OverlayView(state: state, overlay: overlay).draw(on: &canvas) }
  return StudioFrame(grid: canvas.grid, hits: canvas.hits)
}
