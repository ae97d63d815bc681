internal import Columns
internal import Engine
internal import Expressions

/// What the check learned of a pipeline: of each step what it reads, does and gives. The planner
/// makes the job from it.
struct Analysis: Sendable {
  var jobName: String
  var parallelism: Int
  var steps: [AnalyzedStep] = []
}

/// Rows as a step gives them on.
struct RowStream: Sendable, Hashable {
  var schema: Schema
  var eventTime: Int?
  /// Whether later rows may replace earlier ones.
  var changes = false
  /// The key columns of windowed results; nil where the rows are not results of a window.
  var windowKeys: [String]?
  /// Some of its columns are not known, because of faults said before.
  var isOpen = false
}

struct AnalyzedStep: Sendable {
  var step: Step
  /// The executable node's id.
  var id: String
  /// The step it reads, and which of its outputs; nil for sources, and where there was a fault.
  var input: Input?
  var body: Body?
  /// The rows of its main output; nil where it has none or they are not known.
  var output: RowStream?
  /// Rows that reach it.
  var inputRows: RowStream?

  struct Input: Sendable, Hashable {
    var step: Int
    var port: StreamReference.Port
  }

  enum Body: Sendable {
    case source
    case parse(ParseSpec)
    case filter(CompiledExpression)
    case derive([CompiledExpression])
    case keyBy([Int])
    case window(WindowParts)
    /// The whole window, with the steps that it is made of.
    case aggregate(WindowSpec, window: Int, keyBy: Int?)
    case sink(SinkColumns)
  }
}

/// A window before its aggregates are known.
struct WindowParts: Sendable {
  var assigner: WindowAssigner
  var zone: ZoneTable?
  var trigger = WindowTrigger()
  var allowedLatenessMs: Int64
  var late: LatePolicy
  var keys: [Int]
  var keyBy: Int?
}

struct SinkColumns: Sendable {
  var positions: [Int]
  /// Key columns for sinks that overwrite.
  var keys: [String]
}
