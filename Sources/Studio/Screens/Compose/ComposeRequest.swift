public import Pipelines

/// What the compose screen asks of the world.
public enum ComposeRequest: Sendable, Equatable {
  /// Opens a pipeline file, a log or a template; answered by `opened` or `failed`.
  case open(path: String)
  /// Begins a pipeline from nothing.
  case new
  /// Runs the beginning of the log through a version; answered by `previewed`. A later one takes
  /// the place of one that waits.
  case preview(text: String, path: String)
  /// Keeps edits that are not in the file, so that nothing can lose them; without a text there are
  /// none any more. Answered only where it fails.
  case keep(text: String?, base: String?, path: String)
  /// Writes the file, unless it is another one than `expected`; answered by `saved`,
  /// `changedOutside` or `failed`.
  case save(text: String, expected: String?, path: String)
  /// Makes the film of an operator's example; answered by `example`.
  case example(OperatorExample)
  /// Makes a small film of the beginning of a pipeline; answered by `film`, where it can be made.
  case film(path: String)
  /// Lets the user's editor have the text; answered by `edited` or `failed`.
  case edit(text: String)
}

extension ComposeRequest {
  /// Whether it does more than look.
  var touchesOutside: Bool {
    switch self {
    case .keep, .save, .edit: true
    case .open, .new, .preview, .example, .film: false
    }
  }
}

/// What the world says to it.
public enum ComposeNews: Sendable, Equatable {
  case opened(ComposedFile)
  case previewed(ComposePreview)
  case saved(text: String, path: String)
  /// The file holds something else than was last seen; nil where it is gone.
  case changedOutside(text: String?, path: String)
  case edited(String)
  case example(title: String, ReplayReel?, fault: String?)
  case film(Film)
  case failed(title: String, text: String)
}

/// A pipeline as it was opened for writing.
public struct ComposedFile: Sendable, Equatable {
  /// Where the file stands, or would.
  public var path: String
  /// What was opened: the file, a log, or a template.
  public var origin: String
  public var text: String
  /// Nil where there is no file yet.
  public var onDisk: String?
  /// Edits that were not saved.
  public var draft: String?
  /// Whether the file has changed since the draft was begun.
  public var draftBase: String?
  /// Logs beside it.
  public var files: [String]
  /// Said once it is shown; nil for nothing.
  public var notice: String?

  public init(
    path: String, origin: String? = nil, text: String, onDisk: String? = nil, draft: String? = nil,
    draftBase: String? = nil, files: [String] = [], notice: String? = nil
  ) {
    self.path = path
    self.origin = origin ?? path
    self.text = text
    self.onDisk = onDisk
    self.draft = draft
    self.draftBase = draftBase
    self.files = files
    self.notice = notice
  }
}

/// How pipelines are found and kept. Called on a thread of its own; what is thrown is shown as it
/// describes itself.
public struct ComposeFiles: Sendable {
  public var open: @Sendable (_ path: String) throws -> ComposedFile
  public var new: @Sendable () throws -> ComposedFile
  public var keep: @Sendable (_ text: String?, _ base: String?, _ path: String) throws -> Void
  public var save: @Sendable (_ text: String, _ path: String) throws -> Void
  /// The text of a file; nil where there is none.
  public var read: @Sendable (_ path: String) -> String?

  public init(
    open: @escaping @Sendable (String) throws -> ComposedFile,
    new: @escaping @Sendable () throws -> ComposedFile,
    keep: @escaping @Sendable (String?, String?, String) throws -> Void,
    save: @escaping @Sendable (String, String) throws -> Void,
    read: @escaping @Sendable (String) -> String?
  ) {
    self.open = open
    self.new = new
    self.keep = keep
    self.save = save
    self.read = read
  }
}

extension ComposeFiles {
  /// Nothing can be opened or kept.
  public static let none = ComposeFiles(
    open: { _ in throw NoFiles() }, new: { throw NoFiles() }, keep: { _, _, _ in },
    save: { _, _ in throw NoFiles() }, read: { _ in nil })
}

/// A studio that writes no pipelines.
public struct NoFiles: Error, CustomStringConvertible {
  public init() {}
  public var description: String { "pipelines cannot be written here" }
}
