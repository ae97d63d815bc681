import Runtime

extension StudioState {
  /// Why an action cannot be done now; nil where it can. Shown beside it in the help and palette.
  public func reasonAgainst(_ action: StudioAction) -> String? {
    switch action {
    case .showRun, .showWindows, .showTime, .showCheckpoints, .showOutput, .playPause, .goTo,
      .nextPanel,
      .previousPanel,
      .zoomPanel, .zoomIn, .zoomOut, .panLeft, .panRight, .follow, .holdView:
      return run == nil ? "no pipeline is open" : nil
    case .tryValue:
      guard let run else { return "no pipeline is open" }
      return run.options.isEmpty ? "the pipeline has no option that could be tried" : nil
    case .runForReal:
      return run == nil && job == nil ? "no pipeline is open" : nil
    case .otherVariant, .leaveVariant:
      return run?.pair == nil ? "there is one variant only: try another value first" : nil
    case .openSelected where screen != .gallery: return "the gallery is not shown"
    case .openSelected: return gallery.items(settings).isEmpty ? "nothing is listed" : nil
    case .copy where !hasSelection: return "nothing is selected"
    case .stepForward, .nextFiring, .nextWatermark, .nextLate, .nextCheckpoint:
      guard let run else { return "no pipeline is open" }
      return run.view.isAtEnd ? "the log has ended" : nil
    case .stepBack, .previousFiring, .previousWatermark, .previousLate, .previousCheckpoint,
      .restart:
      guard let run else { return "no pipeline is open" }
      return run.view.position == 0 && !run.view.isAtEnd ? "this is the start of the log" : nil
    case .faster:
      guard let run else { return "no pipeline is open" }
      return run.speed.faster == nil ? "this is the greatest speed" : nil
    case .slower:
      guard let run else { return "no pipeline is open" }
      return run.speed.slower == nil ? "this is the lowest speed" : nil
    case .why:
      guard run != nil else { return "no pipeline is open" }
      return whySubject == nil ? "nothing is selected that could be explained" : nil
    case .nextTheme: return themes.count < 2 ? "there is only one theme" : nil
    default: return nil
    }
  }
}
