import Foundation
import TestSupport
import Testing

/// The built program, run as a person would run it.
struct Program {
  /// What a run of it left.
  struct Outcome {
    var status: Int32
    var output: String
    var errors: String
  }

  /// Beside the test bundle.
  static let path: String = {
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    return bundle.deletingLastPathComponent().appendingPathComponent("tidemark").path
  }()

  /// The repository's folder: above this file.
  static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// Runs it to its end, through a shell where the line needs one.
  static func run(
    _ arguments: String..., in folder: String, environment: [String: String] = [:]
  ) throws -> Outcome {
    try launch(path, arguments, in: folder, environment: environment)
  }

  /// A shell's line; `$tidemark` is the program.
  static func shell(_ line: String, in folder: String, environment: [String: String] = [:]) throws
    -> Outcome
  {
    try launch("/bin/bash", ["-c", line], in: folder, environment: environment)
  }

  private static func launch(
    _ executable: String, _ arguments: [String], in folder: String, environment: [String: String]
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    var variables = ProcessInfo.processInfo.environment
    variables["tidemark"] = path
    variables["XDG_STATE_HOME"] = folder + "/state"
    variables["XDG_CONFIG_HOME"] = folder + "/config"
    for (name, value) in environment { variables[name] = value.isEmpty ? nil : value }
    process.environment = variables
    // Files rather than pipes: nothing can fill up and wait.
    let name = UUID().uuidString
    let (out, err) = (folder + "/.out-\(name)", folder + "/.err-\(name)")
    for file in [out, err] { try Data().write(to: URL(fileURLWithPath: file)) }
    process.standardOutput = FileHandle(forWritingAtPath: out)
    process.standardError = FileHandle(forWritingAtPath: err)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    defer { for file in [out, err] { try? FileManager.default.removeItem(atPath: file) } }
    return Outcome(
      status: process.terminationReason == .exit
        ? process.terminationStatus : 128 + process.terminationStatus,
      output: text(of: out), errors: text(of: err))
  }

  static func text(of path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}

/// A folder for one test.
struct Workplace: ~Copyable {
  private let own: TemporaryFolder
  var folder: String { own.path }

  init() throws { own = try TemporaryFolder() }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
  }

  func read(_ name: String) -> String { Program.text(of: "\(folder)/\(name)") }

  /// A small pipeline over `log.jsonl` into `out.jsonl`.
  func writePipeline(_ changes: [(String, String)] = []) throws {
    var text = Self.pipeline
    for (old, new) in changes { text = text.replacingOccurrences(of: old, with: new) }
    try write("p.yaml", text)
  }

  static let pipeline = """
    pipeline: small
    steps:
      - source: file
        path: log.jsonl
      - parse: json
        name: events
        columns:
          ts: { type: TIMESTAMP_LTZ(3), unit: ms }
          key: STRING
          value: BIGINT
        event_time: ts
        watermark: { out_of_orderness: 1 s, max_future: 1 d }
      - key_by: [key]
      - window: tumbling
        size: 1 m
      - aggregate: { n: COUNT(*), total: SUM(value) }
      - sink: file
        path: out.jsonl
      - sink: file
        from: events.dead
        path: dead.jsonl

    """
}
