import Pipelines
import Runtime

extension StudioState {
  /// Why an action cannot be done now; nil where it can. Shown beside it in the help and palette.
  public func reasonAgainst(_ action: StudioAction) -> String? {
    // An example is a replay of its own.
    if case .example? = overlay, action.isTransport { return nil }
    switch action {
    case .showRun, .showWindows, .showTime, .showCheckpoints, .showOutput:
      return run == nil && compose == nil ? "no pipeline is open" : nil
    case .playPause, .nextPanel, .previousPanel, .zoomPanel:
      return run == nil && (compose == nil || screen != .compose) ? "no pipeline is open" : nil
    case .goTo, .zoomIn, .zoomOut, .panLeft, .panRight, .follow, .holdView:
      return run == nil ? "no pipeline is open" : nil
    case .tryValue where screen == .compose: return nil
    case .tryValue:
      guard let run else { return "no pipeline is open" }
      return run.options.isEmpty ? "the pipeline has no option that could be tried" : nil
    case .runForReal where screen == .compose && job == nil:
      guard let compose else { return "no pipeline is open" }
      if compose.document.hasErrors { return "the pipeline has faults" }
      return compose.isSaved ? nil : "save it first: a run reads the file"
    case .runForReal:
      return run == nil && job == nil ? "no pipeline is open" : nil
    case .otherVariant, .leaveVariant:
      return run?.pair == nil ? "there is one variant only: try another value first" : nil
    case .composeAddBefore, .composeBranch, .composeMoveUp, .composeMoveDown, .composeDuplicate,
      .composeRename, .composeUndo, .composeRedo, .composeHistory, .composeFaults,
      .composeNextFault, .composePreviousFault, .composeText, .composeEditor, .composeSave,
      .composeSaveAs, .composeAddAfter, .composeRemove:
      return reasonAgainstEdit(action)
    case .showCompose: return nil
    case .composeSelected where screen != .gallery: return "the gallery is not shown"
    case .composeSelected: return gallery.items(settings).isEmpty ? "nothing is listed" : nil
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
    case .why where screen == .compose:
      return compose?.place == nil ? "no step is selected" : nil
    case .why:
      guard run != nil else { return "no pipeline is open" }
      return whySubject == nil ? "nothing is selected that could be explained" : nil
    case .nextTheme: return themes.count < 2 ? "there is only one theme" : nil
    default: return nil
    }
  }

  /// Why the pipeline cannot be changed in a way; nil where it can.
  private func reasonAgainstEdit(_ action: StudioAction) -> String? {
    guard let compose, screen == .compose else { return "the compose screen is not shown" }
    let faults = compose.document.diagnostics
    if let fault = compose.yamlFault {
      switch action {
      case .composeAddAfter, .composeAddBefore, .composeBranch, .composeMoveUp, .composeMoveDown,
        .composeDuplicate, .composeRemove, .composeRename:
        return mendFirst(fault)
      default: break
      }
    }
    switch action {
    case .composeUndo: return compose.history.canUndo ? nil : "nothing was changed"
    case .composeRedo: return compose.history.canRedo ? nil : "nothing was taken back"
    case .composeFaults, .composeNextFault, .composePreviousFault:
      return faults.isEmpty ? "nothing is wrong" : nil
    case .composeSave: return compose.isSaved ? "it is saved" : nil
    case .composeBranch:
      guard branchStreams().isEmpty else { return nil }
      let kind = compose.place.flatMap(compose.document.step(at:))?.kind
      return "only \(Self.branchedSteps) steps can be branched; "
        + (kind.map { "this is a \($0)" } ?? "none is selected")
    case .composeMoveUp, .composeMoveDown, .composeDuplicate:
      return compose.place == nil ? "no step is selected" : nil
    case .composeRemove:
      return compose.place == nil && compose.focus != .form ? "no step is selected" : nil
    default: return nil
    }
  }

  /// What to do about a text that is no YAML.
  func mendFirst(_ fault: Diagnostic) -> String {
    "line \(fault.line) is no YAML: \(keyWords(.composeEditor)) opens the text, "
      + "\(keyWords(.composeUndo)) takes the last change back"
  }
}
