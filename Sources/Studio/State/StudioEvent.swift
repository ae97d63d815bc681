public import Pipelines
public import Runtime
public import Terminal

/// Everything that can happen to the studio; the reducer answers each with a new state and effects.
public enum StudioEvent: Sendable, Equatable {
  case action(StudioAction)
  /// A character for the field that is open.
  case text(Character)
  /// A press of the left button on something.
  case click(HitTarget)
  /// The mouse moved with its left button down since it was pressed on something.
  case drag(HitTarget, Drag)
  /// The wheel over something, -1 up or 1 down.
  case wheel(HitTarget?, Int)
  case resized(Size)
  case opened(OpenedSummary)
  case openFailed(path: String, text: String)
  case replayed(ReplayReport)
  /// How far a long move is: the record that was read last.
  case moving(Int64)
  /// A move could not be carried out, or the log could not be read on.
  case replayFailed(String)
  /// What the replay says to a question.
  case answered(ReplayQuery, ReplayAnswer)
  /// A second variant is open beside the pipeline, with these options set.
  case paired([OptionEdit])
  case pairFailed(String)
  /// What real runs of the pipeline have left on disk.
  case onDisk(DiskCheckpoints)
  /// A checkpoint on disk of which every byte was read.
  case verified(DiskCheckpoints.Entry)
  /// What the real run says of itself.
  case job(JobNews)
  /// What the world says to the compose screen.
  case composed(ComposeNews)
  /// Some time has passed while something moved by itself.
  case tick
  /// So many bytes were put on the clipboard, or were too many for it.
  case copied(Int, Bool)
}

/// A step of the mouse with a button down.
public struct Drag: Sendable, Hashable {
  /// Where it is now, from 0.
  public var column: Int
  public var row: Int
  /// Columns since the step before it.
  public var columns: Int

  public init(column: Int, row: Int, columns: Int) {
    self.column = column
    self.row = row
    self.columns = columns
  }
}

/// What is known of a pipeline once it is open.
public struct OpenedSummary: Sendable, Equatable {
  public var path: String
  /// What was opened in place of the file; nil for the file.
  public var text: String?
  public var name: String
  public var logName: String
  /// Records in the log where that is known.
  public var sizeHint: Int64?
  public var view: ReplayView
  /// What can be tried with another value.
  public var options: [EditableOption]

  public init(
    path: String, text: String? = nil, name: String, logName: String, sizeHint: Int64? = nil,
    view: ReplayView, options: [EditableOption] = []
  ) {
    self.options = options
    self.path = path
    self.text = text
    self.name = name
    self.logName = logName
    self.sizeHint = sizeHint
    self.view = view
  }
}

/// The replay's newest picture, as the worker hands it over.
public struct ReplayReport: Sendable, Equatable {
  public var view: ReplayView
  /// Rates and how busy the operators are, where that is known.
  public var load: PipelineLoad
  /// Whether a move is still under way.
  public var isMoving: Bool
  /// Whether it is playing.
  public var isPlaying: Bool
  /// Both variants, where there are two.
  public var pair: PairView?

  public init(
    view: ReplayView, load: PipelineLoad = .init(), isMoving: Bool = false, isPlaying: Bool = false,
    pair: PairView? = nil
  ) {
    self.pair = pair
    self.view = view
    self.load = load
    self.isMoving = isMoving
    self.isPlaying = isPlaying
  }
}

/// What the reducer asks of the world.
public enum StudioEffect: Sendable, Equatable {
  /// Opens a pipeline; answered by `opened` or `openFailed`.
  case open(PipelineFile)
  /// What the compose screen asks for; answered by `composed`.
  case compose(ComposeRequest)
  /// Moves the replay; cancels a move that is under way, and playing.
  case move(ReplayMove)
  /// Plays on at a speed until paused or ended.
  case play(Speed)
  case pause
  /// Chooses the window operator that the picture is about.
  case showWindows(of: Int)
  /// Asks the replay where it stands; answered by `answered`. Disturbs neither moves nor playing.
  case ask(ReplayQuery)
  /// Opens a second variant with options set; answered by `paired` or `pairFailed`.
  case tryVariant([OptionEdit])
  /// Chooses the variant that all screens but A/B show.
  case showVariant(PairSide)
  case leaveVariant
  /// Looks at the checkpoints on disk, or reads every byte of one; answered by `onDisk` or
  /// `verified`.
  case lookOnDisk(verifying: String?)
  /// Runs a pipeline into its real sinks; answered by `job`.
  case startJob(path: String)
  /// Asks the run for a last checkpoint and its end.
  case stopJob
  case stopJobAndQuit
  /// Puts a text on the clipboard.
  case copy(String)
  case saveSettings(StudioSettings)
  case setMouse(Bool)
  case quit
}

extension StudioEffect {
  /// Whether it does more than show something: writes, or puts on the clipboard.
  var touchesOutside: Bool {
    switch self {
    case .startJob, .stopJob, .stopJobAndQuit, .saveSettings, .copy: true
    case .compose(let request): request.touchesOutside
    default: false
    }
  }
}

/// What lies under the mouse.
public enum HitTarget: Sendable, Hashable {
  case tab(StudioScreen)
  case galleryRow(Int)
  case composePanel(ComposePanel)
  /// The rows on one side of the step, by its position.
  case composeRows(Int)
  /// A step, by its place; nil for the pipeline as a whole.
  case composeStep(Int?)
  /// A line of the form.
  case composeField(Int)
  case panel(RunPanel)
  case splitter(RunLayout.Splitter)
  case window(WindowView.ID)
  case lane(String)
  /// A step of the pipeline: a position in the boxes.
  case box(Int)
  case timePanel(TimePanel)
  /// A line of the screen's list, by its place.
  case listRow(Int)
  /// The head of a column that the list can be sorted by, by its place.
  case listHead(Int)
  /// A list or operator of the screen, by its place.
  case listTab(Int)
  /// The scrubber, at a part of the log: 0...1000 thousandths.
  case scrubber(Int)
  case overlayRow(Int)
  case overlay
  case hint(StudioAction)
  /// A place without a meaning.
  case nothing
}
