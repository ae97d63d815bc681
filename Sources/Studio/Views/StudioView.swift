public import Terminal

/// Draws the studio: a pure function of its state, a theme and the symbols that can be shown.
///
/// The picture is exactly as large as `state.size`.
public func drawStudio(
  _ state: StudioState, theme: Theme, symbols: SymbolSet = .block
) -> StudioFrame {
  var canvas = Canvas(state.size, theme: theme, symbols: symbols)
  if let run = state.run, state.screen.needsPipeline {
    drawScreen(state, run, on: &canvas)
  } else if state.screen == .compose, let compose = state.compose {
    ComposeScreen(state: state, compose: compose).draw(on: &canvas)
  } else {
    GalleryView(state: state).draw(on: &canvas)
  }
  if let overlay = state.overlay { OverlayView(state: state, overlay: overlay).draw(on: &canvas) }
  if let tour = state.tour { TourView(tour: tour).draw(on: &canvas) }
  return StudioFrame(grid: canvas.grid, hits: canvas.hits)
}

private func drawScreen(_ state: StudioState, _ run: RunState, on canvas: inout Canvas) {
  let frame = ScreenFrame(state.size)
  guard frame.tier != .tooSmall else { return TooSmallView(run: run).draw(on: &canvas) }
  frame.draw(state, run, on: &canvas)
  switch state.screen {
  case .gallery, .compose: break
  case .run: RunView(run: run, body: frame.body, tier: frame.tier).draw(on: &canvas)
  case .windows: WindowsScreen(run: run, area: frame.body).draw(on: &canvas)
  case .time: TimeScreen(run: run, area: frame.body, tier: frame.tier).draw(on: &canvas)
  case .checkpoints: CheckpointsScreen(run: run, area: frame.body).draw(on: &canvas)
  case .output: OutputScreen(run: run, area: frame.body).draw(on: &canvas)
  case .pair:
    if let pair = run.pair {
      PairScreen(run: run, pair: pair, area: frame.body).draw(on: &canvas)
    }
  }
}
