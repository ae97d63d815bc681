public import Pipelines
public import Runtime

/// A/B: two variants of the pipeline over the same log, and where their results differ.
public struct PairState: Sendable, Equatable {
  /// What the second variant has otherwise than the file.
  public var edits: [OptionEdit]
  /// Both at the position; nil before the first picture.
  public var view: PairView?
  public var list = ListState<DifferenceID>()
  public var page: DifferencePage?
  /// Whether the list fills the screen.
  public var isZoomed = false

  public init(edits: [OptionEdit]) { self.edits = edits }

  var question: ReplayQuery {
    let (offset, limit) = list.range
    return .difference(
      DifferenceQuery(
        filter: list.filter.text, range: ListRange(offset: offset, limit: limit)))
  }

  mutating func take(_ page: DifferencePage) {
    self.page = page
    list.load(ids, offset: page.offset, total: page.total)
  }

  var ids: [DifferenceID] { page?.lines.map(DifferenceID.init) ?? [] }

  var selection: DifferencePage.Line? {
    page?.lines.first { DifferenceID($0) == list.selected }
  }

  /// What the second variant is, in words.
  var words: String { edits.map(\.words).joined(separator: ", ") }
}

/// Which result a line of the difference is about.
public struct DifferenceID: Sendable, Hashable {
  public var sink: String
  public var identity: [String]
  /// Told apart by their values where several stand for one result.
  public var values: [String]

  init(_ line: DifferencePage.Line) {
    (sink, identity) = (line.sink, line.identity)
    values = identity.isEmpty ? line.a ?? line.b ?? [] : []
  }
}

/// The form in which another value is given to an option: a list of options, then a field.
public struct VariantForm: Sendable, Equatable {
  /// What is typed chooses among the options.
  public var list = SearchList()
  /// The option that is given a value, and what was typed.
  public var editing: Field?

  public struct Field: Sendable, Equatable {
    public var option: EditableOption
    public var text: String
    public var fault: String?
    /// Whether the pipeline is being opened with it.
    public var isOpening = false
  }

  public init() {}
}
