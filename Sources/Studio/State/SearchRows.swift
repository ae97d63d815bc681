import Terminal

/// A line of the palette.
enum PaletteRow: Sendable, Equatable {
  case action(StudioAction)
  /// A sample of the gallery or a recent file.
  case entry(title: String, path: String)
  case theme(String)
}

/// A line of the key help.
struct HelpRow: Sendable, Equatable {
  var context: KeyContext
  var keys: String
  var action: StudioAction
}

extension StudioState {
  /// What the palette lists for a query: commands, then samples, then themes.
  func paletteRows(_ query: String) -> [PaletteRow] {
    // The replay's commands are asked for most; what belongs to the studio comes last.
    let order =
      StudioAction.allCases.filter { !$0.id.hasPrefix("studio.") }
      + StudioAction.allCases.filter { $0.id.hasPrefix("studio.") && $0 != .quit } + [.quit]
    let found = order.filter {
      $0.isCommand && contains("\($0.title) \($0.doc) \($0.id)", query)
    }
    // What cannot be done now stays visible, below what can.
    let possible = found.filter { reasonAgainst($0) == nil }
    let actions = (possible + found.filter { reasonAgainst($0) != nil }).map(PaletteRow.action)
    let entries = GalleryState(entries: gallery.entries).items(settings)
      .filter { contains("open \($0.title) \($0.path) \($0.entry?.summary ?? "")", query) }
      .map { PaletteRow.entry(title: $0.title, path: $0.path) }
    let names = themes.filter { contains("theme \($0)", query) }.map(PaletteRow.theme)
    let rows = actions + entries + names
    guard !query.isEmpty else { return rows }
    // Who types a name wants what is called so before what only speaks of it.
    return (0...2).flatMap { rank in rows.filter { self.rank($0, query) == rank } }
  }

  /// 0 for a name that begins so, 1 for one that contains it, 2 for the rest.
  private func rank(_ row: PaletteRow, _ query: String) -> Int {
    let name: String =
      switch row {
      case .action(let action): action.title
      case .entry(let title, _): title
      case .theme(let name): name
      }
    if name.lowercased().hasPrefix(query.lowercased()) { return 0 }
    return contains(name, query) ? 1 : 2
  }

  /// What the help lists for a query: the keys of the screen below first.
  func helpRows(_ query: String) -> [HelpRow] {
    var order = StudioState.contexts(of: screen)
    order += ([.global, .list, .field] + keys.contexts).reduce(into: []) { rest, context in
      if !order.contains(context), !rest.contains(context) { rest.append(context) }
    }
    return order.flatMap { context in
      keys.bindings(in: context).compactMap { binding in
        guard let action = StudioAction(rawValue: binding.action.rawValue), !binding.keys.isEmpty
        else { return nil }
        let keys = binding.keys.map { "\($0)" }.joined(separator: " ")
        guard contains("\(keys) \(action.title) \(action.doc) \(context.heading)", query) else {
          return nil
        }
        return HelpRow(context: context, keys: keys, action: action)
      }
    }
  }
}
