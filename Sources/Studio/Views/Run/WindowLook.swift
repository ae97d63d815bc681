import Runtime
import Terminal
import VisibleText

extension WindowView.State {
  /// A glyph, so that a state is never told by colour alone.
  var glyph: String {
    switch self {
    case .open: "○"
    case .fired: "●"
    case .updated: "◉"
    case .purged: "◌"
    }
  }

  var role: ThemeRole {
    switch self {
    case .open: .windowOpen
    case .fired: .windowFired
    case .updated: .windowUpdated
    case .purged: .windowPurged
    }
  }

  /// Corner, horizontal, corner, vertical, and the two lower corners of its box.
  var border:
    (
      topLeft: String, top: String, topRight: String, side: String,
      bottomLeft: String, bottomRight: String
    )
  {
    switch self {
    case .open: ("┌", "─", "┐", "│", "└", "┘")
    case .fired, .updated: ("╔", "═", "╗", "║", "╚", "╝")
    case .purged: ("┌", "┄", "┐", "┆", "└", "┘")
    }
  }
}

extension WindowView {
  /// What its box says, from the fullest to the shortest; the first that fits is used.
  var labels: [String] {
    let count = formatCompact(rows)
    switch state {
    case .updated:
      guard let old = previousValues?.first, let new = values.first else {
        return ["updated \(count)", "upd \(count)", count]
      }
      return ["updated \(old)→\(new)", "upd \(old)→\(new)", "\(old)→\(new)", "u \(count)", count]
    default:
      if mergedFrom.count > 1 {
        return [
          "\(state.rawValue) \(count) of \(mergedFrom.count) merged", "\(state.rawValue) \(count)",
          "\(state.rawValue.prefix(4)) \(count)", count,
        ]
      }
      return ["\(state.rawValue) \(count)", "\(state.rawValue.prefix(4)) \(count)", count]
    }
  }

  /// Whether it changed within the last records, so that it is shown to pulse.
  func isFresh(at position: Int64) -> Bool {
    changedAt > 0 && position - changedAt < Pulse.records && position >= changedAt
  }
}

/// How long a change is shown, in records read since.
enum Pulse {
  static let records: Int64 = 3
}
