import Pipelines
import Terminal

extension StudioState {
  /// A stream that a branch can begin with.
  struct BranchStream: Sendable, Equatable {
    var title: String
    var doc: String
    var port: String
  }

  /// Operators that have something to read once more, in words.
  static let branchedSteps = "parse, filter, derive, window and aggregate"

  /// What the selected step gives that could be read once more.
  func branchStreams() -> [BranchStream] {
    guard let compose, let place = compose.place, let step = compose.document.step(at: place) else {
      return []
    }
    let rows = BranchStream(
      title: "its rows", doc: "Everything that it gives on, read once more.", port: "")
    let late = BranchStream(
      title: "its late rows", doc: "Rows behind the end of their window, with the watermark.",
      port: ".late")
    let dead = BranchStream(
      title: "its dead letters", doc: "What could not be read or computed, with the reason.",
      port: ".dead")
    return switch step.kind {
    case "parse", "filter", "derive": [rows, dead]
    case "window", "aggregate": [rows, late, dead]
    default: []
    }
  }

  mutating func chooseBranch(_ index: Int) {
    guard let compose, let place = compose.place, let stream = branchStreams().element(at: index)
    else { return }
    let document = compose.document
    let name = document.step(at: place)?.name?.value
    let kind = document.step(at: place)?.kind ?? "step"
    let taken = Set((0..<document.stepCount).compactMap { document.stepTitle(at: $0).name })
    let free =
      taken.contains(kind)
      ? (2...).lazy.map { "\(kind)_\($0)" }.first { !taken.contains($0) } ?? kind : kind
    let named = name == nil ? document.renaming(step: place, to: free) ?? document : document
    let input = (name ?? free) + stream.port
    overlay = .addStep(
      AddStep(
        at: named.stepCount, named.operators(at: named.stepCount, reading: input),
        branch: .init(input: input, name: name, newName: free)))
  }

  mutating func chooseOperator(_ index: Int) -> [StudioEffect] {
    guard case .addStep(let add)? = overlay, let choice = add.rows.element(at: index)
    else { return [] }
    if let reason = choice.reason {
      notice = "\(choice.title): \(reason)"
      return []
    }
    overlay = nil
    self.add(choice, add)
    return []
  }

  /// What an action does in an overlay of the compose screen; nil for other overlays.
  mutating func performInComposeOverlay(_ action: StudioAction) -> [StudioEffect]? {
    switch overlay {
    case .addStep(var add):
      let rows = add.rows.count
      if action == .accept { return chooseOperator(add.list.selected) }
      add.list.edit(action, rows: rows, page: size.height / 2)
      overlay = .addStep(add)
    case .branch(let selected):
      if action == .accept {
        chooseBranch(selected)
      } else {
        overlay = .branch(selected: moved(selected, action, of: branchStreams().count))
      }
    case .history(let selected):
      let count = compose?.history.versions.count ?? 0
      if action == .accept {
        overlay = nil
        compose?.go(to: selected)
      } else {
        overlay = .history(selected: moved(selected, action, of: count))
      }
    case .faults(let selected):
      let faults = compose?.document.diagnostics ?? []
      if action == .accept {
        overlay = nil
        screen = .compose
        if let fault = faults.element(at: selected) { compose?.select(fault) }
      } else {
        overlay = .faults(selected: moved(selected, action, of: faults.count))
      }
    case .saveAs(var entry, _):
      if action == .accept { return saveAs(entry.text) }
      _ = entry.edit(action)
      overlay = .saveAs(entry, fault: nil)
    case .example(var shown):
      switch action {
      case .stepForward, .nextTab, .down: shown.step(1)
      case .stepBack, .previousTab, .up: shown.step(-1)
      case .first: shown.frame = 0
      case .last: shown.frame = shown.lastFrame
      case .pageUp, .pageDown:
        let last = OverlayView.exampleLastScroll(shown, size)
        shown.scroll = min(last, max(0, shown.scroll + (action == .pageUp ? -2 : 2)))
        overlay = .example(shown)
        return []
      case .playPause:
        if shown.frame == shown.lastFrame { shown.frame = 0 }
        shown.isPlaying.toggle()
      case .accept:
        overlay = nil
        return []
      default: return []
      }
      if action != .playPause { shown.isPlaying = false }
      overlay = .example(shown)
    default: return nil
    }
    return []
  }

  /// Shows the operator of the selected step at work.
  mutating func explainOperator() -> [StudioEffect] {
    guard let compose, let place = compose.place else { return [] }
    let words = compose.document.stepTitle(at: place).operator.split(separator: ":")
    let kind = words.first.map(String.init) ?? ""
    let variant = words.count > 1 ? String(words[1]).trimmingSpaces() : nil
    guard let example = OperatorExample.of(kind: kind, variant: variant) else {
      notice = "this is no operator that is known"
      return []
    }
    overlay = .example(ExampleState(example))
    return [.compose(.example(example))]
  }

  private func moved(_ selected: Int, _ action: StudioAction, of count: Int) -> Int {
    let to: Int =
      switch action {
      case .up: selected - 1
      case .down: selected + 1
      case .pageUp: selected - 10
      case .pageDown: selected + 10
      case .first: 0
      case .last: count - 1
      default: selected
      }
    return min(max(0, to), max(0, count - 1))
  }

  private mutating func saveAs(_ text: String) -> [StudioEffect] {
    guard let current = compose else { return [] }
    var path = text.trimmingSpaces()
    guard !path.isEmpty else {
      overlay = .saveAs(TextEntry(text), fault: "type a name for the file")
      return []
    }
    let lower = path.lowercased()
    if !lower.hasSuffix(".yaml"), !lower.hasSuffix(".yml") { path += ".yaml" }
    if !path.hasPrefix("/"), let slash = current.path.lastIndex(of: "/") {
      path = String(current.path[...slash]) + path
    }
    overlay = nil
    // Under its own name it is saved as ever; another file is never written over.
    let expected = path == current.path ? current.onDisk : nil
    return [.compose(.save(text: current.text, expected: expected, path: path))]
  }
}

extension StudioState {
  /// Milliseconds until something moves by itself; nil where nothing does.
  var tickMs: Int? {
    if tour != nil { return Tour.stopMs }
    switch overlay {
    case .example(let shown): return shown.isPlaying && shown.reel != nil ? 700 : nil
    case nil: return screen == .gallery && gallery.film?.isAtEnd == false ? 150 : nil
    default: return nil
    }
  }

  /// What moves by itself goes on.
  mutating func tick() -> [StudioEffect] {
    if tour != nil { return goOnTour(by: 1) }
    if case .example(var shown)? = overlay {
      shown.step(1)
      overlay = .example(shown)
    } else if overlay == nil, screen == .gallery, gallery.film?.isAtEnd == false {
      gallery.film?.frame += 1
    }
    return []
  }
}

extension SearchList {
  /// Moves in the list, or edits what is searched for.
  mutating func edit(_ action: StudioAction, rows: Int, page: Int) {
    let last = max(0, rows - 1)
    switch action {
    case .up: selected = max(0, selected - 1)
    case .down: selected = min(last, selected + 1)
    case .pageUp: selected = max(0, selected - page)
    case .pageDown: selected = min(last, selected + page)
    case .first: selected = 0
    case .last: selected = last
    case .eraseCharacter:
      if !query.isEmpty { query.removeLast() }
      selected = 0
    case .eraseAll: self = SearchList()
    default: break
    }
  }
}
