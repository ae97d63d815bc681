import Columns
import Runtime
import Terminal
import VisibleText

/// The windows as a table on the run screen.
struct WindowsView {
  let run: RunState
  let area: Rect

  func draw(on canvas: inout Canvas) {
    let windows = run.sortedWindows
    let table = TableView(
      columns: WindowColumns.of(windows, in: run.view, isShort: area.width < 90), rows: windows,
      total: windows.count, selected: windows.firstIndex { $0.id == run.selectedWindow },
      isFresh: { $0.isFresh(at: run.view.position) }, target: { row, _ in .window(row.id) },
      empty: run.view.emptyWindows)
    table.draw(in: area, on: &canvas)
  }
}

extension ReplayView {
  static let noWindows = "This pipeline has no window: its rows go straight to the output."

  /// What stands in place of windows where there are none.
  var emptyWindows: String {
    windowNodes.isEmpty && position > 0 ? Self.noWindows : "No window has opened yet."
  }
}

/// What tables say of windows.
enum WindowColumns {
  /// - Parameter isShort: whether there is only room for the shortest words.
  static func of(
    _ windows: [WindowView], in view: ReplayView, isShort: Bool
  ) -> [TableColumn<WindowView>] {
    let sample = Array(windows.prefix(200))
    let keyLimit = 24
    let keys = TextFit.distinct(windows.map(\.key), to: keyLimit)
    var columns: [TableColumn<WindowView>] = [
      .fitted("key", in: sample, limit: keyLimit, priority: 1) {
        ($0.key.isEmpty ? "(all)" : keys[$0.key] ?? $0.key, .text)
      },
      .fitted("window", in: sample, limit: 42, priority: 0) {
        (formatBounds(start: $0.start, end: $0.end), .text)
      },
      TableColumn(title: "state", width: 9, priority: 0) {
        ("\($0.state.glyph) \($0.state.rawValue)", $0.state.role)
      },
      .fitted("rows", in: sample, limit: 9, priority: 2, align: .trailing, pulses: true) {
        (formatCount($0.rows), .text)
      },
    ]
    for (index, name) in view.valueNames.enumerated() {
      columns.append(
        .fitted(name, in: sample, limit: 16, priority: 4 + index, align: .trailing, pulses: true) {
          (
            $0.values.element(at: index) ?? unknownText,
            $0.state == .updated ? .windowUpdated : .text
          )
        })
    }
    columns.append(
      .fitted("fires", in: sample, limit: 24, priority: 3) {
        fires(
          $0, watermark: view.watermark, endsByTime: view.windowsEndByTime, isShort: isShort)
      })
    return columns
  }

  /// The column that an order sorts by.
  static func column(of order: WindowOrder) -> Int {
    switch order {
    case .key: 0
    case .time: 1
    case .state: 2
    case .rows: 3
    case .value(let index): 4 + index
    }
  }

  /// The order of a column; nil for one that is not sorted by.
  static func order(of column: Int, values: Int) -> WindowOrder? {
    switch column {
    case 0: .key
    case 1: .time
    case 2: .state
    case 3: .rows
    case 4..<(4 + values): .value(column - 4)
    default: nil
    }
  }

  /// `3.0 s`, `1× · kept 8 s`, `2×`.
  static func fires(
    _ window: WindowView, watermark: Int64, endsByTime: Bool = true, isShort: Bool = false
  ) -> (String, ThemeRole) {
    switch window.state {
    case .open:
      guard endsByTime, let wait = timeBetween(watermark, window.firesAt) else {
        return (unknownText, .muted)
      }
      // The rule compares with end − 1; people think of the end.
      return ("in " + formatSpan(wait + 1), .accent)
    case .fired, .updated:
      if isShort { return ("\(window.firings)×", .muted) }
      guard endsByTime, let kept = timeBetween(watermark, window.purgedAt), kept > 0 else {
        return ("fired \(window.firings)×", .muted)
      }
      return ("fired \(window.firings)× · kept \(formatSpan(kept))", .muted)
    case .purged: return (isShort ? "\(window.firings)×" : "fired \(window.firings)×", .muted)
    }
  }
}
