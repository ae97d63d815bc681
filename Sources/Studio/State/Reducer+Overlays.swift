import Runtime
import Terminal

extension StudioState {
  /// What an action does while something lies on top; nil where it acts as without it.
  mutating func performInOverlay(_ action: StudioAction) -> [StudioEffect]? {
    switch action {
    case .close:
      closeOverlay()
      return []
    case .quit, .nextTheme, .toggleMouse: return nil
    default: break
    }
    switch overlay {
    case .help(let list):
      return search(list, action, rows: helpRows(list.query).count) { .help($0) }
    case .palette(let list):
      return search(list, action, rows: paletteRows(list.query).count) { .palette($0) }
    case .goTo(let text, _): return edit(text, action)
    case .why(let subject, let scroll):
      if let to = scrolled(scroll, action) { overlay = .why(subject, scroll: to) }
    case .message(let title, let text, let scroll):
      if let to = scrolled(scroll, action) {
        overlay = .message(title: title, text: text, scroll: to)
      }
    case .confirm(let confirmation):
      guard action == .accept else { return [] }
      overlay = nil
      return carryOut(confirmation.step)
    case .job(let scroll):
      if let to = scrolled(scroll, action) { overlay = .job(scroll: to) }
      if action == .accept, job?.isUnderWay == true { return stopJob() }
      if action == .accept { closeOverlay() }
      return action.isTransport ? nil : []
    case .settings(let selected): return changeSettings(selected, action)
    case .variant(let form): return performInForm(form, action)
    case .addStep, .branch, .history, .faults, .saveAs, .example:
      return performInComposeOverlay(action)
    case nil: return nil
    }
    if action == .accept {
      overlay = nil
      return []
    }
    // The replay may be moved under a page, and an explanation follows it.
    return action.isTransport ? nil : []
  }

  private mutating func closeOverlay() {
    switch overlay {
    case .variant(let form): closeForm(form)
    case .job:
      overlay = nil
      // What a run did has been read.
      if job?.isUnderWay == false { job = nil }
    default: overlay = nil
    }
  }

  private func scrolled(_ scroll: Int, _ action: StudioAction) -> Int? {
    let page = OverlayPage(self)
    let last = page?.lastScroll ?? 0
    let step = max(1, (page?.rows ?? 2) - 1)
    return switch action {
    case .up: min(last, max(0, scroll - 1))
    case .down: min(last, scroll + 1)
    case .pageUp: min(last, max(0, scroll - step))
    case .pageDown: min(last, scroll + step)
    case .first: 0
    case .last: last
    default: nil
    }
  }

  private mutating func search(
    _ list: SearchList, _ action: StudioAction, rows: Int, _ wrap: (SearchList) -> Overlay
  ) -> [StudioEffect] {
    if action == .accept { return acceptRow(list.selected) }
    var list = list
    list.edit(action, rows: rows, page: size.height / 2)
    overlay = wrap(list)
    return []
  }

  /// Runs what a row of the help or the palette stands for; a disabled one says why.
  mutating func acceptRow(_ index: Int) -> [StudioEffect] {
    switch overlay {
    case .help(let list):
      let rows = helpRows(list.query)
      guard rows.indices.contains(index) else { return [] }
      return runFromList(rows[index].action)
    case .palette(let list):
      let rows = paletteRows(list.query)
      guard rows.indices.contains(index) else { return [] }
      switch rows[index] {
      case .action(let action): return runFromList(action)
      case .entry(_, let path): return openListed(path)
      case .theme(let name):
        overlay = nil
        return selectTheme(themes.firstIndex(of: name) ?? themeIndex)
      }
    case .variant: return chooseOption(index)
    case .addStep: return chooseOperator(index)
    case .branch:
      chooseBranch(index)
      return []
    case .history:
      overlay = .history(selected: index)
      return performInComposeOverlay(.accept) ?? []
    case .faults:
      overlay = .faults(selected: index)
      return performInComposeOverlay(.accept) ?? []
    case .settings(let selected):
      return selected == index ? changeSettings(index, .accept) : changeSettings(index, .first)
    default: return []
    }
  }

  private mutating func runFromList(_ action: StudioAction) -> [StudioEffect] {
    overlay = nil
    return reduce(&self, .action(action))
  }

  private mutating func edit(_ text: String, _ action: StudioAction) -> [StudioEffect] {
    switch action {
    case .eraseCharacter: overlay = .goTo(text: String(text.dropLast()), fault: nil)
    case .eraseAll: overlay = .goTo(text: "", fault: nil)
    case .accept:
      let near = run?.view.maxEventTime ?? run?.view.windows.first?.start
      switch GoToTarget.move(for: text, near: near, total: run?.total) {
      case .success(let target):
        overlay = nil
        return move(target)
      case .failure(let fault): overlay = .goTo(text: text, fault: fault.text)
      }
    default: break
    }
    return []
  }

  /// Takes a character into the field that is open.
  mutating func type(_ character: Character) -> [StudioEffect] {
    let limit = 200
    switch overlay {
    case .help(let list) where list.query.count < limit:
      overlay = .help(SearchList(query: list.query + String(character)))
    case .palette(let list) where list.query.count < limit:
      overlay = .palette(SearchList(query: list.query + String(character)))
    case .goTo(let text, _) where text.count < limit:
      overlay = .goTo(text: text + String(character), fault: nil)
    case .variant(var form):
      if form.editing != nil {
        guard form.editing?.text.count ?? 0 < 2000 else { return [] }
        form.editing?.text.append(character)
        form.editing?.fault = nil
      } else if form.list.query.count < limit {
        form.list = SearchList(query: form.list.query + String(character))
      }
      overlay = .variant(form)
    case .addStep(var add) where add.list.query.count < limit:
      add.list = SearchList(query: add.list.query + String(character))
      overlay = .addStep(add)
    case .saveAs(var entry, _):
      entry.type(character)
      overlay = .saveAs(entry, fault: nil)
    case nil: typeOnScreen(character)
    default: break
    }
    return []
  }

  private mutating func typeOnScreen(_ character: Character) {
    switch screen {
    case .gallery:
      if gallery.filter.type(character) {
        selectGalleryRow(0, of: gallery.items(settings).count)
      }
    case .compose: typeInField(character)
    case .run: _ = run?.filter.type(character)
    case .windows: run?.windows.list.type(character)
    case .checkpoints:
      run?.checkpoints.type(character)
    case .output: run?.output.list.type(character)
    case .pair: run?.pair?.list.type(character)
    case .time: break
    }
  }

  /// Whether characters go to a field instead of being keys.
  public var takesText: Bool {
    switch overlay {
    case .help, .palette, .goTo, .variant, .addStep, .saveAs: true
    case .why, .message, .confirm, .settings, .job, .branch, .history, .faults, .example: false
    case nil:
      switch screen {
      case .gallery: gallery.filter.isTyping
      case .compose: compose?.edit != nil
      case .time: false
      case .run: run?.filter.isTyping ?? false
      case .windows: run?.windows.list.filter.isTyping ?? false
      case .checkpoints: run?.checkpoints.filter?.isTyping ?? false
      case .output: run?.output.list.filter.isTyping ?? false
      case .pair: run?.pair?.list.filter.isTyping ?? false
      }
    }
  }
}

extension StudioAction {
  /// Whether it moves the replay.
  var isTransport: Bool {
    switch self {
    case .playPause, .stepForward, .stepBack, .nextFiring, .previousFiring, .nextWatermark,
      .previousWatermark, .nextLate, .previousLate, .nextCheckpoint, .previousCheckpoint,
      .restart, .faster, .slower, .holdView:
      true
    default: false
    }
  }
}
