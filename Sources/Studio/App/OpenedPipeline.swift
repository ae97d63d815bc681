public import Pipelines
public import Runtime

/// A pipeline that was opened for the studio.
public struct OpenedPipeline {
  public var name: String
  public var logName: String
  /// Moves through the log; used only by the thread that opened it.
  public var replay: any ReplayControlling
  /// Records in the log where that is known.
  public var sizeHint: Int64?
  /// What can be tried with another value.
  public var options: [EditableOption]
  /// Opens the pipeline a second time with options set, beside ``replay``. Throws what is wrong
  /// with a value, as it describes itself.
  public var variant: ([OptionEdit]) throws -> PairReplay
  /// Finds what real runs of it have left on disk.
  public var lookOnDisk: () -> DiskCheckpoints

  public init(
    name: String, logName: String, replay: any ReplayControlling, sizeHint: Int64? = nil,
    options: [EditableOption] = [],
    variant: @escaping ([OptionEdit]) throws -> PairReplay = { _ in throw NoVariant() },
    lookOnDisk: @escaping () -> DiskCheckpoints = { DiskCheckpoints() }
  ) {
    self.name = name
    self.logName = logName
    self.replay = replay
    self.sizeHint = sizeHint
    self.options = options
    self.variant = variant
    self.lookOnDisk = lookOnDisk
  }
}

/// A pipeline of which there is no second variant.
public struct NoVariant: Error, CustomStringConvertible {
  public init() {}
  public var description: String { "this pipeline has no option that could be tried" }
}

/// An option with another value than the file has.
public struct OptionEdit: Sendable, Hashable {
  public var option: EditableOption
  public var value: String

  public init(option: EditableOption, value: String) {
    self.option = option
    self.value = value
  }

  /// `out_of_orderness 5 s → 20 s`.
  var words: String {
    let before = option.text ?? option.defaultText ?? "not given"
    return "\(option.path.last ?? option.name) \(before) → \(value)"
  }
}

/// A pipeline to open: a file as it stands, or as it is being written.
public struct PipelineFile: Sendable, Hashable {
  public var path: String
  /// In place of what is on disk; nil for the file itself.
  public var text: String?

  public init(path: String, text: String? = nil) {
    self.path = path
    self.text = text
  }
}

/// Opens a pipeline. Called on the replay's thread; what it throws is shown as it describes itself,
/// with line breaks kept.
public typealias PipelineOpener = @Sendable (_ file: PipelineFile) throws -> OpenedPipeline
