/// What a screen tells the program.
public enum InputEvent: Hashable, Sendable {
  case key(Key)
  case mouse(Mouse)
  /// Text pasted as one piece, not made safe: it is data for a text field, never keys.
  case paste(String)
  case resize(Size)
  /// Another thread called `wake()`; several calls may come as one event.
  case wake
  /// The process was asked to end (SIGINT, SIGTERM).
  case terminate(Termination)
  /// The terminal is gone, or is about to go (SIGHUP). Every later read says so again.
  case hangup
  /// The process was stopped and goes on; the screen has drawn itself again.
  case resumed
}

/// Which signal asked the process to end.
public enum Termination: Hashable, Sendable {
  case interrupt
  case terminate
}

/// A mouse event; columns and rows start at 0.
public struct Mouse: Hashable, Sendable {
  public enum Action: Hashable, Sendable {
    case press(Button)
    case drag(Button)
    case release(Button)
    case wheelUp
    case wheelDown
    case wheelLeft
    case wheelRight
  }

  public enum Button: Hashable, Sendable {
    case left
    case middle
    case right
  }

  public var action: Action
  public var column: Int
  public var row: Int
  public var modifiers: Key.Modifiers

  public init(_ action: Action, _ column: Int, _ row: Int, _ modifiers: Key.Modifiers = []) {
    self.action = action
    self.column = column
    self.row = row
    self.modifiers = modifiers
  }
}
