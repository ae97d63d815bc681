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
  case showCompose = "studio.compose"
  case newPipeline = "studio.new"
  case tour = "studio.tour"
  case tourNext = "tour.next"
  case tourBack = "tour.back"
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
  case eraseNext = "text.erase-next"
  case cursorLeft = "text.left"
  case cursorRight = "text.right"
  case cursorStart = "text.start"
  case cursorEnd = "text.end"
  case complete = "text.complete"

  // Composing
  case composeAddAfter = "compose.add-after"
  case composeAddBefore = "compose.add-before"
  case composeBranch = "compose.branch"
  case composeMoveUp = "compose.move-up"
  case composeMoveDown = "compose.move-down"
  case composeDuplicate = "compose.duplicate"
  case composeRemove = "compose.remove"
  case composeRename = "compose.rename"
  case composeUndo = "compose.undo"
  case composeRedo = "compose.redo"
  case composeHistory = "compose.history"
  case composeFaults = "compose.faults"
  case composeNextFault = "compose.next-fault"
  case composePreviousFault = "compose.previous-fault"
  case composeText = "compose.text"
  case composeEditor = "compose.editor"
  case composeSave = "compose.save"
  case composeSaveAs = "compose.save-as"

  // The gallery
  case openSelected = "gallery.open"
  case composeSelected = "gallery.compose"

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
      .eraseNext, .cursorLeft, .cursorRight, .cursorStart, .cursorEnd, .complete, .palette, .close,
      .previousTab, .nextTab, .tourNext, .tourBack:
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
    .showCompose: (
      "Compose", "compose",
      "The pipeline as it is written, with the first rows of the log at each step."
    ),
    .newPipeline: ("New pipeline", "new", "Write a pipeline from nothing, step by step."),
    .tour: ("Tour", "tour", "A minute's walk through the studio, on a sample."),
    .tourNext: ("Next stop", "next", "Go on to the next stop of the tour."),
    .tourBack: ("Stop before", "back", "Go back to the stop before."),
    .composeSelected: (
      "Edit", "edit", "Open the selected pipeline, log or template to write on it."
    ),
    .composeAddAfter: ("Add a step after", "add", "Add an operator behind the selected step."),
    .composeAddBefore: (
      "Add a step before", "add before", "Add an operator over the selected step."
    ),
    .composeBranch: (
      "Branch", "branch",
      "Read the step's rows, late rows or dead letters once more, in a branch of their own."
    ),
    .composeMoveUp: ("Move the step up", "up", "Let the step and the one before it change places."),
    .composeMoveDown: (
      "Move the step down", "down", "Let the step and the one behind it change places."
    ),
    .composeDuplicate: ("Duplicate the step", "copy", "Add a copy of the step behind it."),
    .composeRemove: (
      "Remove", "remove", "Take away the step, or in the form the value of the field."
    ),
    .composeRename: (
      "Rename", "name", "Name the step; whoever reads it reads it under its new name."
    ),
    .composeUndo: ("Undo", "undo", "Take back the last change."),
    .composeRedo: ("Redo", "redo", "Make the change again that was taken back."),
    .composeHistory: ("History", "history", "Every version, to go back and forward to."),
    .composeFaults: ("Faults", "faults", "List what is wrong with the pipeline; Enter goes there."),
    .composeNextFault: ("Next fault", "next fault", "Go to the next thing that is wrong."),
    .composePreviousFault: ("Previous fault", "", "Go to the thing before that is wrong."),
    .composeText: ("Text", "text", "Show the pipeline file beside the form, or the rows again."),
    .composeEditor: ("Open in $EDITOR", "editor", "Edit the text in your own editor."),
    .composeSave: ("Save", "save", "Write the pipeline file."),
    .composeSaveAs: ("Save as…", "save as", "Write the pipeline to a file of another name."),
    .eraseNext: ("Erase next", "", "Erase the character behind the cursor."),
    .cursorLeft: ("Left", "", "Move the cursor left."),
    .cursorRight: ("Right", "", "Move the cursor right."),
    .cursorStart: ("Start", "", "Move the cursor to the start."),
    .cursorEnd: ("End", "", "Move the cursor to the end."),
    .complete: ("Complete", "complete", "Put in the completion that is offered."),
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
