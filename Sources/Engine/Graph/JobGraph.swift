public import Columns
public import Expressions

/// A job ready to run: operators in the order rows pass them, each naming what it reads.
///
/// A value, made by the planner and given to a driver. Executable nodes may cover several steps of
/// the pipeline file (`window` and `aggregate` run as one); ``JobNode/steps`` keeps them apart for
/// people.
public struct JobGraph: Sendable {
  /// The pipeline's name; also the job's id in checkpoints.
  public var name: String
  /// In topological order: a node reads only nodes before it.
  public var nodes: [JobNode]
  /// Subtasks of each keyed operator, 1 to 128.
  public var parallelism: Int
  public var checkpoint: CheckpointOptions
  public var restart: RestartOptions
  /// The most bytes of state that its operators may hold together; nil where the pipeline does not
  /// say.
  public var stateLimitBytes: Int64?
  /// Changes when the meaning of the pipeline does; a checkpoint carries it.
  public var fingerprint: String

  public init(
    name: String, nodes: [JobNode], parallelism: Int = 1, checkpoint: CheckpointOptions = .init(),
    restart: RestartOptions = .init(), stateLimitBytes: Int64? = nil, fingerprint: String = ""
  ) {
    self.name = name
    self.nodes = nodes
    self.parallelism = parallelism
    self.checkpoint = checkpoint
    self.restart = restart
    self.stateLimitBytes = stateLimitBytes
    self.fingerprint = fingerprint
  }
}

/// How often a job saves itself, and how many saves are kept.
public struct CheckpointOptions: Sendable, Hashable {
  /// Milliseconds between checkpoints.
  public var everyMs: Int64
  public var keep: Int
  /// How long one may take before it is given up, ms.
  public var timeoutMs: Int64
  /// How many may fail one after another before the job does.
  public var toleratedFailures: Int
  /// The folder; nil for `.tidemark` beside the pipeline file.
  public var directory: String?

  public init(
    everyMs: Int64 = 10_000, keep: Int = 3, timeoutMs: Int64 = 600_000, toleratedFailures: Int = 0,
    directory: String? = nil
  ) {
    self.everyMs = everyMs
    self.keep = keep
    self.timeoutMs = timeoutMs
    self.toleratedFailures = toleratedFailures
    self.directory = directory
  }
}

/// How often a job that failed for a reason that may pass is started again from its last
/// checkpoint, and after how long: Flink's exponential delay.
public struct RestartOptions: Sendable, Hashable {
  /// How often in a row; a checkpoint that completes starts the count again.
  public var attempts: Int
  /// Milliseconds before the first.
  public var delayMs: Int64
  /// By what the delay grows from one to the next.
  public static let factor = 1.5
  public var maxDelayMs: Int64

  public init(attempts: Int = 3, delayMs: Int64 = 1000, maxDelayMs: Int64 = 60_000) {
    self.attempts = attempts
    self.delayMs = delayMs
    self.maxDelayMs = maxDelayMs
  }
}

/// One executable operator of a job.
public struct JobNode: Sendable {
  /// Stable across runs: the step's name, or its kind and number. State is found again by it.
  public var id: String
  /// The steps of the pipeline file that it runs, for people.
  public var steps: [StepSummary]
  public var inputs: [StreamReference]
  /// The columns of the rows it emits on its main port.
  public var schema: Schema
  public var logic: NodeLogic

  public init(
    id: String, steps: [StepSummary], inputs: [StreamReference], schema: Schema, logic: NodeLogic
  ) {
    self.id = id
    self.steps = steps
    self.inputs = inputs
    self.schema = schema
    self.logic = logic
  }
}

/// A step of the pipeline file as a person sees it: a box in the studio.
public struct StepSummary: Sendable, Hashable {
  /// `filter`, `window`, `sink` …
  public var kind: String
  /// The step's name where it has one.
  public var name: String?
  /// Its options in a few words: `country IN ('DE', 'FR')`, `tumbling 1 m`.
  public var detail: String

  public init(kind: String, name: String? = nil, detail: String) {
    self.kind = kind
    self.name = name
    self.detail = detail
  }
}

/// A node's output: its results, or one of its side outputs.
public struct StreamReference: Sendable, Hashable {
  public enum Port: String, Sendable { case main, late, dead }

  /// The position in ``JobGraph/nodes``.
  public var node: Int
  public var port: Port

  public init(node: Int, port: Port = .main) {
    self.node = node
    self.port = port
  }
}

/// What a node does.
public enum NodeLogic: Sendable {
  /// Reads a source, parses its records, assigns event times and watermarks.
  case ingest(any Source, ParseSpec)
  case filter(CompiledExpression)
  /// Adds a column for each expression; the expressions see the input's columns.
  case derive([CompiledExpression])
  /// Groups rows by key into windows and aggregates them.
  case window(WindowSpec)
  case sink(SinkSpec)
}

/// How a sink is made when the job starts.
public struct SinkSpec: Sendable {
  /// `file`, `sqlite`, `stdout`.
  public var kind: String
  /// Where it writes, for people.
  public var target: String
  public var guarantee: Guarantee
  /// Columns of the input that it reads, by position.
  public var columns: [Int]
  /// Whether a job that starts over adds its rows to those of its earlier run, so that it must not
  /// do so unasked.
  public var addsToEarlierRuns = false
  public var make: @Sendable () throws -> any Sink

  public init(
    kind: String, target: String, guarantee: Guarantee, columns: [Int],
    make: @escaping @Sendable () throws -> any Sink
  ) {
    self.kind = kind
    self.target = target
    self.guarantee = guarantee
    self.columns = columns
    self.make = make
  }
}
