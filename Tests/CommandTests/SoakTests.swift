import Foundation
import Glibc
import Testing

/// The program at full rate for a long time: memory, open files and the checkpoints' folder stay as
/// they are.
///
/// `TIDEMARK_SOAK=1800` runs it for so many seconds; without it the test is skipped.
/// `TIDEMARK_PROGRAM` names a release build.
@Suite struct Soak {
  private static let seconds =
    Double(ProcessInfo.processInfo.environment["TIDEMARK_SOAK"] ?? "") ?? 0

  /// Short windows of many keys into the void, and long ones of few into a file and a table. Few, for
  /// SQLite keeps the pages of a growing table in memory until they are 2 MB.
  private static let pipeline = """
    pipeline: soak
    steps:
      - source: file
        path: "-"
      - parse: json
        name: events
        columns:
          ts: { type: TIMESTAMP_LTZ(3), unit: ms }
          user: STRING
          country: STRING
          value: DOUBLE
        event_time: ts
        watermark: { out_of_orderness: 2 s }
      - key_by: [user]
      - window: session
        gap: 5 s
      - aggregate: { n: COUNT(*), values: COUNT(DISTINCT value) }
      - sink: stdout
      - key_by: [country]
        from: events
      - window: sliding
        name: w
        size: 12 h
        slide: 6 h
        late: update
        allowed_lateness: 1 m
      - aggregate: { n: COUNT(*), total: SUM(value), p: "PERCENTILE(value, 0.9)" }
      - sink: sqlite
        path: out.db
        table: results
        mode: upsert
      - sink: file
        from: w
        path: out.jsonl
    checkpoint: { every: 1 s }

    """

  private struct Sample {
    var second: Double
    /// Of its own; pages of files, such as the program's, come and go as the kernel likes.
    var residentBytes: Double
    var openFiles: Int
    var checkpointBytes: Int
  }

  @Test(.enabled(if: seconds > 0, "TIDEMARK_SOAK says for how many seconds"))
  func nothingGrowsAtFullRate() throws {
    let place = try Workplace()
    try place.write("p.yaml", Self.pipeline)
    let generator = Process()
    generator.executableURL = URL(fileURLWithPath: Program.disturbed)
    generator.arguments = ["generate", "bench", "--events", "100000m", "--output", "-"]
    let job = Process()
    job.executableURL = URL(fileURLWithPath: Program.disturbed)
    job.arguments = ["run", "p.yaml"]
    for process in [generator, job] {
      process.currentDirectoryURL = URL(fileURLWithPath: place.folder)
    }
    let pipe = Pipe()
    generator.standardOutput = pipe
    generator.standardError = FileHandle.nullDevice
    job.standardInput = pipe
    job.standardOutput = FileHandle.nullDevice
    try place.write("errors", "")
    job.standardError = FileHandle(forWritingAtPath: "\(place.folder)/errors")
    try generator.run()
    try job.run()
    try? pipe.fileHandleForWriting.close()
    try? pipe.fileHandleForReading.close()
    defer {
      generator.terminate()
      if job.isRunning { kill(job.processIdentifier, SIGKILL) }
    }
    var samples: [Sample] = []
    let started = ContinuousClock.now
    while true {
      let second = (ContinuousClock.now - started) / .seconds(1)
      guard second < Self.seconds, job.isRunning else { break }
      samples.append(try sample(job.processIdentifier, second, place.folder))
      usleep(UInt32(min(Self.seconds / 200, 5) * 1_000_000))
    }
    #expect(job.isRunning, "\(place.read("errors"))")
    kill(job.processIdentifier, SIGINT)
    job.waitUntilExit()
    #expect(job.terminationStatus == 130)

    // What is warm after a fifth of the time must stay as it is.
    let warm = samples.filter { $0.second > Self.seconds / 5 }
    let slope = Self.slopePerHour(warm)
    let last = try #require(warm.last)
    let files = Set(warm.map(\.openFiles))
    let largest = warm.map(\.checkpointBytes).max() ?? 0
    let step = max(warm.count / 10, 1)
    let tenths = stride(from: 0, to: warm.count, by: step).map { start in
      let bytes = warm[start..<min(start + step, warm.count)].map(\.residentBytes)
      return "\((bytes.sorted()[bytes.count / 2] / 1e4).rounded() / 100)"
    }
    print("soak: MB at the middle of each tenth: \(tenths.joined(separator: " "))")
    print(
      "soak: \(Int(last.second)) s; resident \(Int(last.residentBytes / 1e6)) MB, slope "
        + "\((slope / 1e4).rounded() / 100) MB an hour; open files \(files.sorted()); "
        + "checkpoints at most \(largest / 1000) kB\n\(place.read("errors").suffix(1200))")
    // Files are opened and closed while a checkpoint is written: the least is what stays.
    let (early, late) = (warm.prefix(warm.count / 2), warm.suffix(warm.count / 2))
    #expect(early.map(\.openFiles).min() == late.map(\.openFiles).min())
    let typical = early.map(\.checkpointBytes).max() ?? 0
    #expect(largest < 2 * typical + 1_000_000)
    if Self.seconds >= 600 { #expect(slope < 1e6, "resident memory grows") }
  }

  private func sample(_ process: Int32, _ second: Double, _ folder: String) throws -> Sample {
    let resident = Program.text(of: "/proc/\(process)/status").split(separator: "\n")
      .first { $0.hasPrefix("RssAnon:") }?.split(whereSeparator: \.isWhitespace).dropFirst().first
    let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd")
    var bytes = 0
    let checkpoints = "\(folder)/.tidemark"
    // What is removed meanwhile is not there.
    for path in FileManager.default.enumerator(atPath: checkpoints) ?? .init() {
      var info = stat()
      if let path = path as? String, stat("\(checkpoints)/\(path)", &info) == 0 {
        bytes += Int(info.st_size)
      }
    }
    return Sample(
      second: second, residentBytes: resident.flatMap { Double($0) }.map { $0 * 1024 } ?? 0,
      openFiles: descriptors.count, checkpointBytes: bytes)
  }

  /// The least squares' slope of resident memory, bytes an hour.
  private static func slopePerHour(_ samples: [Sample]) -> Double {
    let count = Double(samples.count)
    let time = samples.map(\.second).reduce(0, +) / count
    let bytes = samples.map(\.residentBytes).reduce(0, +) / count
    let above = samples.reduce(0) { $0 + ($1.second - time) * ($1.residentBytes - bytes) }
    let below = samples.reduce(0) { $0 + ($1.second - time) * ($1.second - time) }
    return below > 0 ? above / below * 3600 : 0
  }
}
