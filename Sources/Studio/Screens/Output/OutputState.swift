public import Runtime

/// The output screen: what the sinks got, late rows and dead letters, newest first.
public struct OutputState: Sendable, Equatable {
  public var stream: OutputQuery.Stream = .results
  /// A sink of the results; nil for all.
  public var sink: String?
  /// By the place of a line, counted from the oldest, so that it stays while new ones come.
  public var list = ListState<Int>()
  public var page: OutputPage?
  /// Whether the selected line is shown in full.
  public var isOpen = false
  /// Whether that fills the screen.
  public var isZoomed = false

  public init() {}

  var question: ReplayQuery {
    let (offset, limit) = list.range
    return .output(
      OutputQuery(
        stream: stream, sink: sink, filter: list.filter.text,
        range: ListRange(offset: offset, limit: limit)))
  }

  mutating func take(_ page: OutputPage) {
    self.page = page
    list.load(ids, offset: page.offset, total: page.total)
  }

  /// Of the lines that are loaded, newest first.
  var ids: [Int] {
    guard let page else { return [] }
    return page.lines.indices.map { page.total - page.offset - $0 }
  }

  var selection: OutputPage.Line? {
    guard let selected = list.selected, let index = ids.firstIndex(of: selected) else { return nil }
    return page?.lines.element(at: index)
  }

  /// A result is asked about itself; a late row and a dead letter are their record.
  var whySubject: WhySubject? {
    selection.map { stream == .results ? .output($0) : .event($0.position) }
  }

  var selectedLine: String? {
    selection.map { line in
      ([line.sink, line.kind] + line.values + [line.reason, line.raw].compactMap { $0 })
        .joined(separator: "\t")
    }
  }
}
