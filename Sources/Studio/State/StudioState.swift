public import Pipelines
public import Runtime
public import Terminal

/// The panels of the run screen, in the order Tab visits them.
public enum RunPanel: String, CaseIterable, Sendable {
  case pipeline, timeline, windows, health

  var title: String {
    switch self {
    case .pipeline: "pipeline"
    case .timeline: "timeline"
    case .windows: "windows"
    case .health: "lag · checkpoints"
    }
  }
}

/// All that the studio is at one moment: a value. Views draw it, the reducer changes it.
public struct StudioState: Sendable, Equatable {
  public var size: Size
  public var screen: StudioScreen = .gallery
  public var gallery: GalleryState
  /// The pipeline that is being written; nil before the first one.
  public var compose: ComposeState?
  /// Whether a pipeline is being opened for writing.
  var isOpeningCompose = false
  /// Whether what is opened for writing is to be shown.
  var wantsCompose = false
  /// The walk through the studio; nil while there is none.
  public var tour: Tour?
  /// What is done once a pipeline is open.
  var afterOpening: AfterOpening?
  /// The open pipeline; nil before the first one.
  public var run: RunState?
  /// A run into real sinks; nil where there is none.
  public var job: JobState?
  /// What lies on top; keys go to it.
  public var overlay: Overlay?
  public var settings: StudioSettings
  /// The names of the themes, in the order of `t`.
  public var themes: [String]
  public var themeIndex: Int
  /// Which key does what; the footer and the help are made from it.
  public var keys: KeyMap
  /// A pipeline that is being opened.
  public var opening: String?
  /// One line about what was done last, until the next key.
  public var notice: String?
  /// How graphs are drawn.
  public var symbols: SymbolSet

  public init(
    entries: [GalleryEntry], themes: [String] = ["dark"], settings: StudioSettings = .init(),
    size: Size = Size(80, 24), keys: KeyMap = StudioKeys.standard, symbols: SymbolSet = .block
  ) {
    self.size = size
    self.symbols = symbols
    self.keys = keys
    self.themes = themes
    self.settings = settings
    themeIndex = settings.theme.flatMap { themes.firstIndex(of: $0) } ?? 0
    gallery = GalleryState(entries: entries)
    if let last = settings.lastFile,
      let index = gallery.items(settings).firstIndex(where: {
        $0.path == last
      })
    {
      gallery.selected = index
    }
  }

  /// The theme to draw in: while one is selected in a list, that one.
  public var shownThemeIndex: Int {
    switch overlay {
    case .palette(let list):
      if case .theme(let name)? = paletteRows(list.query).element(at: list.selected) {
        return themes.firstIndex(of: name) ?? themeIndex
      }
      return themeIndex
    default: return themeIndex
    }
  }

  public var themeName: String { themes.indices.contains(themeIndex) ? themes[themeIndex] : "" }
}

/// The gallery's list.
public struct GalleryState: Sendable, Equatable {
  public var entries: [GalleryEntry]
  /// The position in ``items(_:)``.
  public var selected = 0
  public var filter = TextFilter()
  /// The first row of the description that is shown.
  public var scroll = 0
  /// The beginning of the selected pipeline's replay, and how far it is shown.
  public var film: Film?
  /// The film that was asked for last.
  var wanted: String?

  /// A line of the list: a sample, or a recent file that is none.
  struct Item: Sendable, Equatable {
    var title: String
    var path: String
    /// Nil for a recent file.
    var entry: GalleryEntry?

    /// Under which heading it stands.
    var section: String {
      entry.map { $0.isTemplate ? "templates, to begin with" : "samples, to see" } ?? "recent"
    }
  }

  func items(_ settings: StudioSettings) -> [Item] {
    let samples = entries.map { Item(title: $0.title, path: $0.path, entry: $0) }
    let known = Set(entries.map(\.path))
    let recent = settings.recentFiles.filter { !known.contains($0) }
      .map { Item(title: String($0.split(separator: "/").last ?? "?"), path: $0, entry: nil) }
    let all =
      samples.filter { $0.entry?.isTemplate == false }
      + samples.filter { $0.entry?.isTemplate == true } + recent
    return all.filter { filter.lets("\($0.title) \($0.path) \($0.entry?.summary ?? "")") }
  }
}

/// An open pipeline as the run screen sees it.
public struct RunState: Sendable, Equatable {
  public var path: String
  /// What was opened in place of the file; nil for the file.
  public var text: String?
  public var name: String
  public var logName: String
  public var sizeHint: Int64?
  public var view: ReplayView
  /// How busy the operators are; empty at rest.
  public var load = PipelineLoad()
  public var isPlaying = false
  public var isMoving = false
  /// How far a long move is; nil for a short one.
  public var movingAt: Int64?
  public var speed: Speed
  public var focus: RunPanel = .timeline
  /// The panel that fills the screen.
  public var zoomed: RunPanel?
  /// By identity, so that it stays while rows move.
  public var selectedWindow: WindowView.ID?
  public var selectedKey: String?
  /// Lanes that stay on top, in the order in which they were pinned.
  public var pinnedKeys: [String] = []
  /// Which keys the timeline and the windows show.
  public var filter = TextFilter()
  /// The operator that is selected: a position in the boxes.
  public var selectedBox: Int?
  public var order: WindowOrder = .state
  public var timeline = TimelineState()
  /// Borders of the run screen that were dragged.
  var splits = RunLayout.Splits()
  public var windows = WindowsState()
  public var time = TimeState()
  public var checkpoints = CheckpointsState()
  public var output = OutputState()
  /// What can be tried with another value.
  public var options: [EditableOption] = []
  /// A second variant beside it; nil where there is none.
  public var pair: PairState?
  /// What was asked of the replay last.
  public var asked: AskedQuestion?
  /// What was answered to the explanation on top.
  public var whyAnswer: WhyAnswer?
  /// What came while the view was held; nil where it is not.
  public var held: ReplayReport?
  /// What went wrong with the replay; moves may still work.
  public var fault: String?

  init(_ opened: OpenedSummary, speed: Speed) {
    path = opened.path
    text = opened.text
    name = opened.name
    logName = opened.logName
    sizeHint = opened.sizeHint
    view = opened.view
    options = opened.options
    self.speed = speed
  }

  /// Whether the view stands still while the replay goes on.
  public var isHeld: Bool { held != nil }

  /// Records in the log, in words: an estimate has a sign.
  var totalWords: String {
    view.total.map(formatCount) ?? sizeHint.map { "~\(formatCount($0))" } ?? unknownText
  }

  /// Records in the log, counted or estimated.
  public var total: Int64? { view.total ?? sizeHint }

  /// The windows as the table lists them.
  var sortedWindows: [WindowView] {
    order.sorted(filter.isEmpty ? view.windows : view.windows.filter { filter.lets($0.key) })
  }

  /// The lanes of the timeline: pinned ones first, then by activity.
  var lanes: [KeyView] { lanes(of: view) }

  func lanes(of view: ReplayView) -> [KeyView] {
    let known = filter.isEmpty ? view.keys : view.keys.filter { filter.lets($0.key) }
    let pinned = pinnedKeys.map { key in
      view.keys.first { $0.key == key } ?? KeyView(key: key, events: 0)
    }
    return pinned + known.filter { !pinnedKeys.contains($0.key) }
  }

  /// The selected window while it is still there.
  var selection: WindowView? {
    guard let selectedWindow else { return nil }
    return view.windows.first { $0.id == selectedWindow }
  }
}

/// What part of event time the timeline shows.
public struct TimelineState: Sendable, Equatable {
  /// Steps from the standard zoom, larger than 0 shows less time.
  public var zoom = 0
  /// The first cell shown, counted from the epoch in cells of the zoom; nil follows the watermark.
  public var left: Int64?

  public init(zoom: Int = 0, left: Int64? = nil) {
    self.zoom = zoom
    self.left = left
  }
}

/// What lies over the screen.
public enum Overlay: Sendable, Equatable {
  /// Keys by context, searchable.
  case help(SearchList)
  case palette(SearchList)
  /// Why something is as it is.
  case why(WhySubject, scroll: Int)
  case goTo(text: String, fault: String?)
  case message(title: String, text: String, scroll: Int)
  /// Asks before something that cannot be taken back.
  case confirm(Confirmation)
  /// What can be set, with the selected line.
  case settings(selected: Int)
  /// How the real run goes, and what it did.
  case job(scroll: Int)
  /// Asks for another value of an option.
  case variant(VariantForm)
  /// Which operator is added.
  case addStep(AddStep)
  /// An operator at work on ten events.
  case example(ExampleState)
  /// Which stream of the selected step is read once more.
  case branch(selected: Int)
  /// The versions of what is written.
  case history(selected: Int)
  /// What is wrong with it.
  case faults(selected: Int)
  /// Asks where a new file goes.
  case saveAs(TextEntry, fault: String?)
}

/// A question before something that cannot be taken back, naming what it is about.
public struct Confirmation: Sendable, Equatable {
  public var title: String
  public var text: String
  /// What Enter does, in a word or two.
  public var verb: String
  /// What is then done.
  public var step: Step

  /// What can be asked about.
  public enum Step: Sendable, Equatable {
    /// Runs a pipeline into its real sinks.
    case startJob(path: String, name: String)
    /// Stops the real run, and leaves when it has stopped.
    case stopJobAndQuit
    case quit
    /// Lets what the file holds now stand in place of what is written here.
    case takeOutside(text: String)
  }

  public init(title: String, text: String, verb: String, step: Step) {
    self.title = title
    self.text = text
    self.verb = verb
    self.step = step
  }
}

/// A field and a list below it.
public struct SearchList: Sendable, Equatable {
  public var query = ""
  public var selected = 0

  public init(query: String = "", selected: Int = 0) {
    self.query = query
    self.selected = selected
  }
}

/// Whether every word of the query is in the text, in any case.
func contains(_ text: String, _ query: String) -> Bool {
  let lower = text.lowercased()
  return query.lowercased().split(separator: " ").allSatisfy { lower.contains($0) }
}
