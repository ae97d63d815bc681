import Terminal

extension StudioState {
  typealias KeyHint = (key: String, title: String, action: StudioAction)

  /// What the footer offers in a field or an overlay that says more than "choose" and "close"; nil
  /// elsewhere.
  func composeHints() -> [KeyHint]? {
    func key(_ action: StudioAction, in context: KeyContext = .list) -> String {
      let keys = self.keys.bindings(in: context).first { $0.action.rawValue == action.id }?.keys
      return keys?.first.map { "\($0)" } ?? keyWords(action)
    }
    switch overlay {
    case nil:
      guard screen == .compose, let edit = compose?.edit else { return nil }
      var hints: [KeyHint] = [(key(.accept, in: .field), "take it", .accept)]
      if !edit.completions.isEmpty {
        hints += [
          (key(.complete, in: .field), "completes", .complete), ("↑ ↓", "choose", .down),
        ]
      }
      return hints + [
        (key(.eraseAll, in: .field), "empty", .eraseAll),
        (key(.close, in: .global), "leave as it was", .close),
      ]
    case .saveAs:
      return [
        (key(.accept, in: .field), "save", .accept),
        (key(.eraseAll, in: .field), "empty", .eraseAll),
        (key(.close, in: .global), "do not", .close),
      ]
    case .history, .faults:
      return [
        (key(.accept), "go there", .accept), ("↑ ↓", "select", .down),
        (key(.close, in: .global), "close", .close),
      ]
    case .branch:
      return [
        (key(.accept), "branch", .accept), ("↑ ↓", "select", .down),
        (key(.close, in: .global), "close", .close),
      ]
    case .confirm(let confirmation):
      return [
        (key(.accept), confirmation.verb, .accept), (key(.close, in: .global), "leave it", .close),
      ]
    case .example(let shown):
      var hints: [KeyHint] = [
        (key(.playPause, in: .replay), shown.isPlaying ? "pause" : "play", .playPause),
        (key(.stepForward, in: .replay), "step", .stepForward),
        (key(.stepBack, in: .replay), "back", .stepBack),
        (key(.close, in: .global), "close", .close),
      ]
      if OverlayView.exampleLastScroll(shown, size) > 0 {
        hints.append(("\(key(.pageUp)) \(key(.pageDown))", "text", .pageDown))
      }
      return hints + [(key(.first), "first", .first), (key(.last), "last", .last)]
    default: return nil
    }
  }
}
