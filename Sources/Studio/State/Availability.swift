import Runtime

extension StudioState {
  /// Why an action cannot be done now; nil where it can. Shown beside it in the help and palette.
  public func reasonAgainst(_ action: StudioAction) -> String? {
    switch action {
    case .showRun:
      return run == nil ? "no pipeline is open" : nil
    case .openSelected where screen != .gallery, .filterGallery where screen != .gallery:
      return "the gallery is not shown"
    case .openSelected:
      return gallery.items(settings).isEmpty ? "nothing is listed" : nil
    case .stepForward, .nextFiring, .nextWatermark, .nextLate:
      guard let run else { return "no pipeline is open" }
      return run.view.isAtEnd ? "the log has ended" : nil
    case .stepBack, .previousFiring, .previousWatermark, .restart:
      guard let run else { return "no pipeline is open" }
      return run.view.position == 0 && !run.view.isAtEnd ? "this is the start of the log" : nil
    case .faster:
      guard let run else { return "no pipeline is open" }
      return run.speed.faster == nil ? "this is the greatest speed" : nil
    case .slower:
      guard let run else { return "no pipeline is open" }
      return run.speed.slower == nil ? "this is the lowest speed" : nil
    case .why:
      guard let run else { return "no pipeline is open" }
      return run.view.windows.isEmpty && run.focus != .health ? "no window has opened yet" : nil
    case .playPause, .goTo, .nextPanel, .previousPanel, .zoomPanel, .sortWindows, .zoomIn, .zoomOut,
      .panLeft, .panRight, .follow:
      return run == nil ? "no pipeline is open" : nil
    case .nextTheme:
      return themes.count < 2 ? "there is only one theme" : nil
    case .quit, .help, .palette, .toggleMouse, .showGallery, .close, .accept, .up, .down, .pageUp,
      .pageDown, .first, .last, .eraseCharacter, .eraseAll, .filterGallery:
      return nil
    }
  }
}
