public import Runtime

/// A run of a pipeline into its real sinks, ready to be started.
public struct RealRun {
  public var name: String
  /// Runs it to its end, or until the control says so; returns what it did, in lines.
  public var run:
    (
      _ notify: @escaping (String) -> Void, _ progress: (JobProgress) -> Void,
      _ control: any JobControl
    ) throws -> String
  /// What others ask of the job, such as a savepoint.
  public var requests: RequestFolder?

  public init(
    name: String, requests: RequestFolder? = nil,
    run:
      @escaping (
        _ notify: @escaping (String) -> Void, _ progress: (JobProgress) -> Void,
        _ control: any JobControl
      ) throws -> String
  ) {
    self.name = name
    self.requests = requests
    self.run = run
  }
}

/// Makes a pipeline ready to run. Called on the job's thread; what it throws is shown as it
/// describes itself.
public typealias RunOpener = @Sendable (_ path: String) throws -> RealRun

/// A studio that was given nothing to run pipelines with.
public struct NoRun: Error, CustomStringConvertible {
  public init() {}
  public var description: String { "this studio runs no pipelines: tidemark run FILE does" }
}

/// What carries out a real run, and says how it goes.
protocol JobDriving: AnyObject {
  func start(path: String)
  /// Asks for a last checkpoint and the end.
  func stop()
  /// What happened since this was last asked; of progress only the newest.
  func takeEvents() -> [StudioEvent]
  /// Stops, and waits for the end, but not for ever: a job that waits for its source is cut off, and
  /// the next run goes on from its last checkpoint.
  func close()
}

/// Runs on the caller's thread to the end: for scripts and tests.
final class InlineJob: JobDriving {
  private let opener: RunOpener
  private var events: [StudioEvent] = []

  init(opener: @escaping RunOpener) { self.opener = opener }

  private final class Control: JobControl {
    var isStopAsked: Bool { false }
    func takeRequest() -> SavepointRequest? { nil }
    func answer(_ request: SavepointRequest, _ answer: SavepointAnswer) {}
  }

  func start(path: String) {
    do {
      let job = try opener(path)
      events.append(.job(.started(job.name)))
      var notes: [String] = []
      let text = try job.run(
        { notes.append($0) }, { events.append(.job(.progress($0))) }, Control())
      events += notes.map { .job(.note($0)) }
      events.append(.job(.ended(text)))
    } catch {
      events.append(.job(.failed("\(error)")))
    }
  }

  func stop() {}

  func takeEvents() -> [StudioEvent] {
    defer { events = [] }
    return events
  }

  func close() {}
}
