public import Runtime

/// The windows screen: a list of every window of an operator, and what is in the selected one.
public struct WindowsState: Sendable, Equatable {
  public enum Panel: Sendable, Equatable { case list, detail }

  public var list = ListState<WindowView.ID>()
  public var order: WindowOrder = .state
  public var isReversed = false
  /// The part of the list that was loaded last; nil before the first answer.
  public var page: WindowsPage?
  /// The window that is looked into.
  public var opened: WindowView.ID?
  /// What was answered for it.
  public var detail: WindowDetail?
  public var focus: Panel = .list
  public var isZoomed = false
  /// The selected line among the window's events.
  public var event = ListState<Int64>()

  public init() {}

  /// The list, or while a window is looked into, what is in that.
  var question: ReplayQuery {
    if let opened { return .window(opened, node: nil, limit: 500) }
    let (offset, limit) = list.range
    return .windows(
      WindowsQuery(
        order: order, isReversed: isReversed, filter: list.filter.text,
        range: ListRange(offset: offset, limit: limit)))
  }

  mutating func take(_ page: WindowsPage) {
    self.page = page
    list.load(page.windows.map(\.id), offset: page.offset, total: page.total)
  }

  mutating func take(_ detail: WindowDetail?) {
    self.detail = detail
    event.load(detail?.events.map(\.position) ?? [], offset: 0, total: detail?.events.count ?? 0)
  }

  var selection: WindowView? {
    page.flatMap { page in page.windows.first { $0.id == list.selected } }
  }

  var whySubject: WhySubject? {
    if opened != nil, focus == .detail, let position = event.selected { return .event(position) }
    return (opened ?? list.selected).map { .window($0) }
  }

  var selectedLine: String? {
    if opened != nil, focus == .detail {
      return detail?.events.first { $0.position == event.selected }
        .map { (["\($0.position)"] + $0.values).joined(separator: "\t") }
    }
    return selection?.line
  }
}

extension WindowOrder {
  /// As titles name it.
  func title(_ valueNames: [String]) -> String {
    switch self {
    case .state: "state"
    case .time: "time"
    case .key: "key"
    case .rows: "rows"
    case .value(let index): valueNames.element(at: index) ?? "value"
    }
  }

  /// The next of the orders of a table with so many aggregates.
  func next(values: Int) -> WindowOrder {
    let all: [WindowOrder] = [.state, .time, .key, .rows] + (0..<values).map { .value($0) }
    let index = all.firstIndex(of: self) ?? -1
    return all[(index + 1) % all.count]
  }
}
