public import Terminal

extension KeyContext {
  static let gallery: KeyContext = "gallery"
  static let compose: KeyContext = "compose"
  /// The tour, of which every other key is the end.
  static let tour: KeyContext = "tour"
  /// The replay, on every screen that shows a pipeline.
  static let replay: KeyContext = "replay"
  static let run: KeyContext = "run"
  /// Two variants.
  static let pair: KeyContext = "pair"
  /// A screen of lists.
  static let table: KeyContext = "table"
  /// Lists and pages everywhere.
  static let list: KeyContext = "list"
  /// A field that takes characters.
  static let field: KeyContext = "field"

  /// What the help writes over its keys.
  var heading: String {
    switch self {
    case .gallery: "in the gallery"
    case .compose: "composing"
    case .tour: "on the tour"
    case .replay: "replay"
    case .run: "on the screens of run and time"
    case .pair: "with two variants"
    case .table: "in tables"
    case .list: "in lists and pages"
    case .field: "in a field"
    default: "everywhere"
    }
  }
}

/// The keys as they are before anybody remaps them.
public enum StudioKeys {
  public static let standard = KeyMap(
    transport + runScreen + pair + table + compose + tour + gallery + everywhere + lists + fields)

  private static func binding(
    _ action: StudioAction, _ context: KeyContext, _ keys: String..., hint: Int? = nil
  ) -> KeyMap.Binding {
    KeyMap.Binding(
      ActionID(rawValue: action.id), in: context, keys: keys.compactMap { Key($0) },
      title: action.hint.isEmpty ? action.title : action.hint, hint: hint)
  }

  private static let transport: [KeyMap.Binding] = [
    binding(.playPause, .replay, "Space", hint: 1),
    binding(.stepForward, .replay, ".", hint: 2),
    binding(.stepBack, .replay, ",", hint: 3),
    binding(.nextFiring, .replay, "]", hint: 4),
    binding(.previousFiring, .replay, "["),
    binding(.nextWatermark, .replay, "}", hint: 10),
    binding(.previousWatermark, .replay, "{"),
    binding(.nextLate, .replay, "!", hint: 9),
    binding(.previousLate, .replay, "@"),
    binding(.nextCheckpoint, .replay, ")"),
    binding(.previousCheckpoint, .replay, "("),
    binding(.slower, .replay, "<", hint: 11),
    binding(.faster, .replay, ">", hint: 5),
    binding(.goTo, .replay, "g", hint: 6),
    binding(.restart, .replay, "r", hint: 12),
    binding(.why, .replay, "w", hint: 7),
    binding(.holdView, .replay, "p", hint: 15),
    binding(.nextPanel, .replay, "Tab", hint: 8),
    binding(.previousPanel, .replay, "Shift-Tab"),
    binding(.zoomPanel, .replay, "f", hint: 14),
    binding(.copy, .replay, "y"),
    binding(.tryValue, .replay, "v", hint: 16),
    binding(.otherVariant, .replay, "V"),
    binding(.runForReal, .replay, "R", hint: 17),
  ]

  private static let runScreen: [KeyMap.Binding] = [
    binding(.sortList, .run, "s"),
    binding(.filterList, .run, "/", hint: 13),
    binding(.zoomIn, .run, "+", "="),
    binding(.zoomOut, .run, "-"),
    binding(.panLeft, .run, "h", "Left"),
    binding(.panRight, .run, "l", "Right"),
    binding(.follow, .run, "0"),
  ]

  private static let pair: [KeyMap.Binding] = [
    binding(.tryValue, .pair, "v", hint: 1),
    binding(.otherVariant, .pair, "V", "Tab", hint: 2),
    binding(.leaveVariant, .pair, "X", hint: 3),
  ]

  private static let table: [KeyMap.Binding] = [
    binding(.filterList, .table, "/", hint: 3),
    binding(.sortList, .table, "s", hint: 4),
    binding(.reverseList, .table, "S"),
    binding(.previousTab, .table, "h", "Left"),
    binding(.nextTab, .table, "l", "Right"),
  ]

  private static let compose: [KeyMap.Binding] = [
    binding(.playPause, .compose, "Space", hint: 12),
    binding(.composeAddAfter, .compose, "a", hint: 2),
    binding(.composeAddBefore, .compose, "A"),
    binding(.composeBranch, .compose, "b", hint: 3),
    binding(.composeMoveUp, .compose, "K", "Shift-Up"),
    binding(.composeMoveDown, .compose, "J", "Shift-Down"),
    binding(.composeDuplicate, .compose, "D"),
    binding(.composeRemove, .compose, "d", "Delete", hint: 4),
    binding(.composeRename, .compose, "n"),
    binding(.composeUndo, .compose, "u", hint: 5),
    binding(.composeRedo, .compose, "U", "Ctrl-R"),
    binding(.composeHistory, .compose, "H", hint: 14),
    binding(.composeFaults, .compose, "x", hint: 9),
    binding(.composeNextFault, .compose, "]"),
    binding(.composePreviousFault, .compose, "["),
    binding(.composeText, .compose, "c", hint: 7),
    binding(.composeEditor, .compose, "e", hint: 8),
    binding(.composeSave, .compose, "s", "Ctrl-S", hint: 6),
    binding(.composeSaveAs, .compose, "S"),
    binding(.why, .compose, "w", hint: 10),
    binding(.tryValue, .compose, "v", hint: 11),
    binding(.nextPanel, .compose, "Tab", hint: 1),
    binding(.previousPanel, .compose, "Shift-Tab"),
    binding(.zoomPanel, .compose, "f"),
    binding(.copy, .compose, "y"),
    binding(.runForReal, .compose, "R"),
    binding(.previousTab, .compose, "h", "Left"),
    binding(.nextTab, .compose, "l", "Right"),
  ]

  private static let tour: [KeyMap.Binding] = [
    binding(.tourNext, .tour, "Space", "Enter", "Right"),
    binding(.tourBack, .tour, "Left"),
  ]

  private static let gallery: [KeyMap.Binding] = [
    binding(.openSelected, .gallery, "Enter", hint: 1),
    binding(.composeSelected, .gallery, "e", hint: 2),
    binding(.filterList, .gallery, "/", hint: 3),
    binding(.playPause, .gallery, "Space"),
  ]

  private static let everywhere: [KeyMap.Binding] = [
    binding(.showCompose, .global, "1"),
    binding(.showGallery, .global, "Ctrl-O", hint: 20),
    binding(.newPipeline, .global, "N"),
    binding(.tour, .global, "T"),
    binding(.showRun, .global, "2"),
    binding(.showWindows, .global, "3"),
    binding(.showTime, .global, "4"),
    binding(.showCheckpoints, .global, "5"),
    binding(.showOutput, .global, "6"),
    binding(.settings, .global, "o"),
    binding(.linear, .global, "F"),
    binding(.palette, .global, ":", "Ctrl-P", hint: 21),
    binding(.help, .global, "?", "F1", hint: 22),
    binding(.nextTheme, .global, "t", hint: 23),
    binding(.toggleMouse, .global, "m"),
    binding(.close, .global, "Esc"),
    binding(.quit, .global, "q", "Ctrl-C", hint: 24),
  ]

  private static let lists: [KeyMap.Binding] = [
    binding(.up, .list, "Up", "k"),
    binding(.down, .list, "Down", "j"),
    binding(.pageUp, .list, "PageUp", "Ctrl-U"),
    binding(.pageDown, .list, "PageDown", "Ctrl-D"),
    binding(.first, .list, "Home"),
    binding(.last, .list, "End", "G"),
    binding(.accept, .list, "Enter"),
  ]

  private static let fields: [KeyMap.Binding] = [
    binding(.accept, .field, "Enter"),
    binding(.close, .field, "Esc", "Ctrl-C"),
    binding(.eraseCharacter, .field, "Backspace"),
    binding(.eraseAll, .field, "Ctrl-U"),
    binding(.eraseNext, .field, "Delete"),
    binding(.cursorLeft, .field, "Left"),
    binding(.cursorRight, .field, "Right"),
    binding(.cursorStart, .field, "Home", "Ctrl-A"),
    binding(.cursorEnd, .field, "End", "Ctrl-E"),
    binding(.complete, .field, "Tab"),
    binding(.up, .field, "Up", "Ctrl-K"),
    binding(.down, .field, "Down", "Ctrl-N"),
    binding(.pageUp, .field, "PageUp"),
    binding(.pageDown, .field, "PageDown"),
  ]
}

extension StudioState {
  /// Where keys are looked up now, the nearest first.
  public var keyContexts: [KeyContext] {
    if takesText { return [.field] }
    switch overlay {
    case .settings: return [.table, .list]
    case .example: return [.list, .replay, .table]
    case nil: return Self.contexts(of: screen)
    default: return [.list, .replay]
    }
  }

  static func contexts(of screen: StudioScreen) -> [KeyContext] {
    switch screen {
    case .gallery: [.gallery, .list]
    case .compose: [.compose, .list]
    case .run: [.run, .replay, .list]
    case .windows, .checkpoints, .output: [.table, .replay, .list]
    case .pair: [.pair, .table, .replay, .list]
    case .time: [.run, .replay, .list]
    }
  }

  /// What a key means now: an action, a character for a field, or nothing.
  public func event(for key: Key) -> StudioEvent? {
    if tour != nil, let binding = keys.bindings(in: .tour).first(where: { $0.keys.contains(key) }) {
      return StudioAction(rawValue: binding.action.rawValue).map { .action($0) }
    }
    if takesText {
      // A field takes every character, also those that are keys elsewhere.
      if let character = key.text { return .text(character) }
      let binding = keys.bindings(in: .field).first { $0.keys.contains(key) }
      return binding.flatMap { StudioAction(rawValue: $0.action.rawValue) }.map { .action($0) }
    }
    return keys.action(for: key, in: keyContexts)
      .flatMap { StudioAction(rawValue: $0.rawValue) }.map { .action($0) }
  }

  /// What the footer offers: the live keys of this place, the most useful first.
  func hints() -> [(key: String, title: String, action: StudioAction)] {
    if let hints = composeHints() { return hints }
    if takesText {
      return [
        ("Enter", "choose", .accept), ("↑ ↓", "select", .down), ("Esc", "close", .close),
      ]
    }
    let contexts: [KeyContext] = overlay != nil ? [.list] : keyContexts + [.global]
    let bindings = keys.bindings.enumerated().compactMap { position, binding in
      binding.hint.map { (place: $0, position: position, binding: binding) }
    }
    let shown = bindings.filter { item in
      guard contexts.contains(item.binding.context), let key = item.binding.keys.first else {
        return false
      }
      if item.binding.action.rawValue == screen.action.id, screen != .pair { return false }
      return keys.action(for: key, in: keyContexts) == item.binding.action
    }
    .sorted { ($0.place, $0.position) < ($1.place, $1.position) }
    var hints = shown.compactMap { item in
      StudioAction(rawValue: item.binding.action.rawValue).map {
        ("\(item.binding.keys[0])", hintTitle($0, item.binding.title), $0)
      }
    }
    if overlay != nil { hints.insert(("Esc", "close", .close), at: 0) }
    if overlay == nil, screen == .compose, compose?.focus == .rows {
      hints.insert(("← →", compose?.isTextShown == true ? "scroll" : "columns", .nextTab), at: 0)
      if compose?.isTextShown == false, rowsView?.sideCount ?? 1 > 1 {
        hints.insert(("Enter", "other side", .accept), at: 1)
      }
    }
    return hints
  }

  private func hintTitle(_ action: StudioAction, _ title: String) -> String {
    if action == .playPause, run?.isPlaying == true { return "pause" }
    if action == .composeRemove { return compose?.focus == .form ? "clear field" : "remove step" }
    return title
  }
}
