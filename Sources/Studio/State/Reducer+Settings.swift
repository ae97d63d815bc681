import Terminal

/// A line of the settings.
enum SettingRow: CaseIterable {
  case theme, symbols, mouse

  var title: String {
    switch self {
    case .theme: "Theme"
    case .symbols: "Symbols"
    case .mouse: "Mouse"
    }
  }

  var doc: String {
    switch self {
    case .theme: "The colours; files in the folder themes of the settings are listed too."
    case .symbols: "How graphs are drawn: braille dots, blocks, or nothing but ASCII."
    case .mouse: "Whether the mouse is the studio's, or selects text in the terminal."
    }
  }
}

extension StudioState {
  func value(of row: SettingRow) -> String {
    switch row {
    case .theme: themeName
    case .symbols: symbols.rawValue
    case .mouse: settings.isMouseOn ? "on" : "off"
    }
  }

  /// Walks through the settings; each change is seen at once.
  mutating func changeSettings(_ selected: Int, _ action: StudioAction) -> [StudioEffect] {
    let rows = SettingRow.allCases
    let selected = min(max(0, selected), rows.count - 1)
    overlay = .settings(selected: selected)
    switch action {
    case .up: overlay = .settings(selected: max(0, selected - 1))
    case .down: overlay = .settings(selected: min(rows.count - 1, selected + 1))
    case .nextTab, .accept: return change(rows[selected], by: 1)
    case .previousTab: return change(rows[selected], by: -1)
    default: break
    }
    return []
  }

  private mutating func change(_ row: SettingRow, by step: Int) -> [StudioEffect] {
    switch row {
    case .theme: return selectTheme((themeIndex + step + themes.count) % max(1, themes.count))
    case .symbols:
      let all = SymbolSet.allCases
      let index = (all.firstIndex(of: symbols) ?? 0) + step
      return setSymbols(all[(index + all.count) % all.count])
    case .mouse: return setMouse(!settings.isMouseOn)
    }
  }
}
