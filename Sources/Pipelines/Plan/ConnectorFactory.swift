internal import Columns
internal import Connectors
internal import Engine

/// What a sink is to be made of.
struct SinkRequest: Sendable {
  var kind: String
  var options: [StepOption]
  var schema: Schema
  var columns: [Int]
  var keys: [String]
  var jobID: String
  var sinkID: String
  var folder: String

  /// Everything that the environment puts into the options.
  func secrets(_ environment: [String: String]) -> Secrets {
    var secrets = Secrets.none
    for option in options {
      if let text = option.value.text, Interpolation.isUsed(in: text) {
        secrets.add(template: text, environment)
      }
    }
    return secrets
  }

  /// What staging files are called after, where the target's own name holds what is not to be
  /// seen; nil elsewhere.
  var stagedName: String? {
    guard let path = options.first(where: { $0.name == "path" })?.value.text,
      Interpolation.isUsed(in: path)
    else { return nil }
    return FileSystem.nameSafe(path)
  }

  /// An option's text with the environment's values.
  func text(_ name: String, _ environment: [String: String]) throws -> String? {
    try options.first { $0.name == name }?.value.text.map {
      try Interpolation.resolve($0, environment)
    }
  }
}

/// Makes sources and sinks of the options of steps: the one place that knows connectors by name.
enum ConnectorFactory {
  static func source(
    _ kind: String, paths: [String], folder: String,
    environment: @escaping @Sendable () -> [String: String]
  ) -> any Source {
    if paths.contains(where: Interpolation.isUsed) {
      return EnvironmentSource(paths: paths, folder: folder, environment: environment)
    }
    return FileSource(paths: paths, relativeTo: folder)
  }

  /// The sink; one whose options the environment fills says nothing of what it put in.
  static func sink(_ request: SinkRequest, environment: [String: String]) throws -> any Sink {
    let secrets = request.secrets(environment)
    let sink = try secrets.hiding { try plain(request, environment) }
    if secrets.isEmpty { return sink }
    return ShieldedSink(sink, secrets: secrets, environment: environment)
  }

  /// Whether a job that starts over adds to what its earlier run wrote: a file is replaced, and a
  /// row of a key too.
  static func addsToEarlierRuns(_ request: SinkRequest) -> Bool {
    guard request.kind == "sqlite" else { return false }
    let mode = request.options.first { $0.name == "mode" }?.value.text
    return mode.flatMap(SqliteSink.Mode.init) ?? .append == .append
  }

  private static func plain(
    _ request: SinkRequest, _ environment: [String: String]
  ) throws -> any Sink {
    let times = try request.text("times", environment).flatMap(TimeStyle.init) ?? .iso
    let path = Paths.resolve(try request.text("path", environment) ?? "", in: request.folder)
    let format = try request.text("format", environment).flatMap(RowFormat.Kind.init)
    switch request.kind {
    case "file":
      return FileSink(
        path: path, format: RowFormat(format ?? .init(path: path), times: times),
        schema: request.schema, columns: request.columns, jobID: request.jobID,
        sinkID: request.sinkID, stagedAs: request.stagedName)
    case "sqlite":
      let mode = try request.text("mode", environment).flatMap(SqliteSink.Mode.init) ?? .append
      return SqliteSink(
        path: path, table: try request.text("table", environment) ?? "", mode: mode,
        schema: request.schema, columns: request.columns,
        keyColumns: mode == .upsert ? request.keys : [], times: times, jobID: request.jobID,
        sinkID: request.sinkID, stagedAs: request.stagedName)
    case "stdout":
      return StdoutSink(
        format: RowFormat(format ?? .jsonl, times: times), schema: request.schema,
        columns: request.columns)
    default: throw ConnectError("there is no sink '\(request.kind)'")
    }
  }
}
