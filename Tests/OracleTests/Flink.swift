import Foundation

/// Real Apache Flink, where it is: `../shared/flink` beside the package, and Java.
enum Flink {
  static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static let fixtures = package.appendingPathComponent("Tests/Fixtures")
  private static let folder = package.appendingPathComponent("../shared/flink")

  /// Why it cannot be asked; nil where it can.
  static var absence: String? {
    let install = folder.appendingPathComponent("install").path
    if !FileManager.default.isExecutableFile(atPath: install) {
      return "there is no \(folder.standardized.path)"
    }
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let hasJava = path.split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/javac")
    }
    return hasJava ? nil : "there is no javac"
  }

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// Compiles a program of the fixtures against Flink and runs it.
  ///
  /// - Parameter arguments: of its `main`; paths are relative to `work`.
  static func run(_ program: URL, _ arguments: [String], in work: URL) throws {
    let home =
      try shell([folder.appendingPathComponent("install").path], in: work)
      .split(separator: "\n").last.map(String.init) ?? ""
    let classes = work.appendingPathComponent("classes").path
    let libraries = "\(home)/classes:\(home)/lib/*"
    _ = try shell(
      ["javac", "-nowarn", "-cp", libraries, "-d", classes, program.path], in: work)
    let opened = [
      "java.lang", "java.net", "java.io", "java.nio", "sun.nio.ch", "java.lang.reflect",
      "java.text", "java.time", "java.util", "java.util.concurrent",
      "java.util.concurrent.atomic", "java.util.concurrent.locks",
    ].map { "--add-opens=java.base/\($0)=ALL-UNNAMED" }
    let name = program.deletingPathExtension().lastPathComponent
    _ = try shell(
      ["java"] + opened
        + [
          "--add-exports=java.base/sun.net.util=ALL-UNNAMED", "-Dlog4j2.disable.jmx=true",
          "-Dlog4j.configurationFile=file:\(home)/log4j2.properties", "-cp",
          "\(classes):\(libraries)", name,
        ] + arguments, in: work)
  }

  private static func shell(_ command: [String], in work: URL) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.currentDirectoryURL = work
    process.standardInput = FileHandle.nullDevice
    // Files rather than pipes: nothing blocks, however much is said.
    let (out, errors) = (
      work.appendingPathComponent("stdout"), work.appendingPathComponent("stderr")
    )
    for file in [out, errors] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: out)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let said = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
      throw Failure(
        description:
          "\(command.prefix(2)) ended with \(process.terminationStatus): \(said.suffix(2000))")
    }
    return String(decoding: try Data(contentsOf: out), as: UTF8.self)
  }

  /// A folder of its own, gone when `body` is done.
  static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let work = FileManager.default.temporaryDirectory
      .appendingPathComponent("tidemark-flink-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: work) }
    return try body(work)
  }
}

extension Flink {
  /// What Flink makes of cases.
  static func answer(_ cases: [WindowCase]) throws -> [WindowCase] {
    try withFolder { work in
      var list = ""
      for (index, one) in cases.enumerated() {
        let log = one.events.map { $0.json + "\n" }.joined()
        try Data(log.utf8).write(to: work.appendingPathComponent("in\(index)"))
        list += "in\(index) \(one.options) out\(index) late\(index)\n"
      }
      try Data(list.utf8).write(to: work.appendingPathComponent("cases"))
      try run(fixtures.appendingPathComponent("windows/WindowOracle.java"), ["cases"], in: work)
      return try cases.enumerated().map { index, one in
        var answered = one
        answered.firings = try lines(work.appendingPathComponent("out\(index)"))
        answered.late = try lines(work.appendingPathComponent("late\(index)"))
        return answered
      }
    }
  }

  private static func lines(_ file: URL) throws -> [String] {
    String(decoding: try Data(contentsOf: file), as: UTF8.self).split(separator: "\n")
      .map(String.init)
  }
}
