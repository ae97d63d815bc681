/// Something a user can do, by key, by mouse or from the palette.
///
/// The raw value is the id by which a key map names it; ids are stable.
public enum StudioAction: String, CaseIterable, Sendable {
  // Everywhere
  case quit = "studio.quit"
  case help = "studio.help"
  case palette = "studio.palette"
  case nextTheme = "studio.next-theme"
  case toggleMouse = "studio.toggle-mouse"
  case showGallery = "studio.gallery"
  case showRun = "studio.run"
  case showWindows = "studio.windows"
  case showTime = "studio.time"
  case showCheckpoints = "studio.checkpoints"
  case showOutput = "studio.output"
  case settings = "studio.settings"
  case linear = "studio.linear"
  case close = "studio.close"

  // Lists and text
  case filterList = "list.filter"
  case sortList = "list.sort"
  case reverseList = "list.reverse"
  case copy = "list.copy"
  case previousTab = "list.previous-tab"
  case nextTab = "list.next-tab"
  case accept = "list.accept"
  case up = "list.up"
  case down = "list.down"
  case pageUp = "list.page-up"
  case pageDown = "list.page-down"
  case first = "list.first"
  case last = "list.last"
  case eraseCharacter = "text.erase-character"
  case eraseAll = "text.erase-all"

  // The gallery
  case openSelected = "gallery.open"

  // Transport
  case playPause = "replay.play-pause"
  case stepForward = "replay.step-forward"
  case stepBack = "replay.step-back"
  case nextFiring = "replay.next-firing"
  case previousFiring = "replay.previous-firing"
  case nextWatermark = "replay.next-watermark"
  case previousWatermark = "replay.previous-watermark"
  case nextLate = "replay.next-late"
  case previousLate = "replay.previous-late"
  case nextCheckpoint = "replay.next-checkpoint"
  case previousCheckpoint = "replay.previous-checkpoint"
  case faster = "replay.faster"
  case slower = "replay.slower"
  case goTo = "replay.go-to"
  case restart = "replay.restart"
  case holdView = "replay.hold-view"

  // Two variants
  case tryValue = "variant.try"
  case otherVariant = "variant.other"
  case leaveVariant = "variant.leave"

  case runForReal = "job.run"

  // The run screen
  case why = "replay.why"
  case nextPanel = "panel.next"
  case previousPanel = "panel.previous"
  case zoomPanel = "panel.zoom"
  case zoomIn = "timeline.zoom-in"
  case zoomOut = "timeline.zoom-out"
  case panLeft = "timeline.pan-left"
  case panRight = "timeline.pan-right"
  case follow = "timeline.follow"

  public var id: String { rawValue }

  /// A few words, as the help and the palette list it.
  public var title: String { Self.words[self]?.title ?? rawValue }

  /// One sentence: what happens.
  public var doc: String { Self.words[self]?.doc ?? "" }

  /// One word for the footer.
  public var hint: String { Self.words[self]?.hint ?? title }

  /// Whether it makes sense in a palette: movements and typing do not.
  var isCommand: Bool {
    switch self {
    case .accept, .up, .down, .pageUp, .pageDown, .first, .last, .eraseCharacter, .eraseAll,
      .palette, .close, .previousTab, .nextTab:
      false
    default: true
    }
  }

  private typealias Words = (title: String, hint: String, doc: String)

  private static let words: [StudioAction: Words] = [
    .quit: ("Quit", "quit", "Leave the studio. Nothing is lost: a replay writes nothing outside."),
    .help: ("Keys", "keys", "List every key that works here; type to search, Enter runs."),
    .palette: ("Commands", "commands", "Search commands, samples and themes; Enter runs."),
    .nextTheme: ("Next theme", "theme", "Change to the next theme."),
    .toggleMouse: (
      "Mouse on or off", "mouse", "Give the mouse to the studio, or back to the terminal."
    ),
    .showGallery: ("Gallery", "gallery", "Choose another sample or file."),
    .showRun: ("Run", "run", "The pipeline that is open: boxes, timeline, windows, lag."),
    .showWindows: ("Windows", "windows", "Every window of an operator: sort, filter, look inside."),
    .showTime: ("Time", "time", "Event time against arrival, splits, disorder, and the tuner."),
    .showCheckpoints: (
      "Checkpoints", "checkpoints",
      "What each checkpoint holds, and a lab in which the job crashes."
    ),
    .showOutput: ("Output", "output", "What the sinks got, late rows and dead letters."),
    .linear: ("In plain lines", "lines", "Say what is shown in plain lines, for a screen reader."),
    .settings: ("Settings", "settings", "Theme, symbols and mouse, each with a preview."),
    .close: ("Close", "close", "Close what lies on top, or leave the zoom."),
    .accept: ("Choose", "choose", "Take the selected line."),
    .up: ("Up", "up", "Select the line or lane above."),
    .down: ("Down", "down", "Select the line or lane below."),
    .pageUp: ("Page up", "page up", "Go up by a page."),
    .pageDown: ("Page down", "page down", "Go down by a page."),
    .first: ("First", "first", "Select the first line."),
    .last: ("Last", "last", "Select the last line."),
    .eraseCharacter: ("Erase", "erase", "Erase the last character."),
    .eraseAll: ("Erase all", "erase all", "Empty the field."),
    .filterList: ("Filter", "filter", "Show only what contains the words that you type."),
    .sortList: ("Sort", "sort", "Sort by the next column."),
    .reverseList: ("Reverse", "reverse", "Turn the order around."),
    .copy: ("Copy", "copy", "Copy the selected line to the clipboard, with tabs between columns."),
    .previousTab: ("Previous", "", "The list or operator before."),
    .nextTab: ("Next", "", "The next list or operator."),
    .openSelected: ("Open", "open", "Open the selected pipeline and stand at its start."),
    .playPause: ("Play or pause", "play", "Play the log at the chosen speed, or stop there."),
    .stepForward: ("Step forward", "step", "Read one more event."),
    .stepBack: ("Step back", "back", "Take back the last event: everything is as before it."),
    .nextFiring: ("Next firing", "firing", "Read on until a window fires."),
    .previousFiring: ("Previous firing", "", "Go back to the firing before this."),
    .nextWatermark: ("Next watermark", "watermark", "Read on until the watermark moves."),
    .previousWatermark: ("Previous watermark", "", "Go back to before the watermark last moved."),
    .nextLate: ("Next late event", "late", "Read on until an event comes behind its window."),
    .previousLate: ("Previous late event", "", "Go back to the late event before this."),
    .nextCheckpoint: ("Next checkpoint", "checkpoint", "Read on until a checkpoint completes."),
    .previousCheckpoint: ("Previous checkpoint", "", "Go back to the checkpoint before this."),
    .holdView: (
      "Hold the view", "hold",
      "Let the picture stand still while the replay goes on, or let it catch up."
    ),
    .faster: ("Faster", "faster", "Play more log time a second."),
    .slower: ("Slower", "slower", "Play less log time a second."),
    .goTo: ("Go to…", "go to", "Go to a time, to an offset, to the next late event or the end."),
    .restart: ("Restart", "restart", "Go back to before the first event."),
    .tryValue: (
      "Try another value", "try",
      "Give an option another value, and see both variants over the same log: A/B."
    ),
    .otherVariant: (
      "The other variant", "A or B", "Let the other screens show the other of two variants."
    ),
    .runForReal: (
      "Run for real", "run",
      "Run the pipeline into its sinks, after a question; or see how the run goes, and stop it."
    ),
    .leaveVariant: ("Leave the variant", "drop B", "Let variant B go; A goes on where it stood."),
    .why: (
      "Why?", "why",
      "Explain what is selected: the rule, with its numbers, and Flink's words for it."
    ),
    .nextPanel: ("Next panel", "panel", "Move the focus to the next panel."),
    .previousPanel: ("Previous panel", "", "Move the focus to the panel before."),
    .zoomPanel: ("Zoom panel", "zoom", "Let the focused panel fill the screen, or take it back."),
    .zoomIn: ("Zoom in", "in", "Show less time, larger."),
    .zoomOut: ("Zoom out", "out", "Show more time, smaller."),
    .panLeft: ("Earlier", "earlier", "Move the timeline to earlier times; it stops following."),
    .panRight: ("Later", "later", "Move the timeline to later times; it stops following."),
    .follow: ("Follow", "follow", "Follow the watermark again, at the standard zoom."),
  ]
}
