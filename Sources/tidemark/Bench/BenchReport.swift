import Columns
import Foundation
import Runtime

/// What a benchmark found, as tables or as JSON.
struct BenchReport {
  var repeats: Int
  var parallelism: Int
  var cores: Int?
  var jobs: [JobBench.Runs] = []
  var profiles: [JobBench.Profile] = []
  var parts: [Benchmark.Result] = []
  var studio: [StudioBench.Result] = []
  var series: [(ScalingSeries, [ScalingSeries.Measured])] = []

  private var settings: String {
    "\(repeats) runs, parallelism \(parallelism)\(cores.map { ", \($0) processors" } ?? "")"
  }

  // MARK: text

  func text() -> String {
    var blocks: [String] = []
    if !jobs.isEmpty { blocks.append(jobText) }
    if !profiles.isEmpty { blocks.append(profileText) }
    if !parts.isEmpty { blocks.append(partText) }
    if !studio.isEmpty { blocks.append(studioText) }
    blocks += series.map(Self.text)
    return blocks.joined(separator: "\n")
  }

  /// Tidemark's runs of a case.
  private func own(_ job: JobCase) -> JobBench.Runs? {
    jobs.first { $0.job == job && $0.peer == nil }
  }

  private var jobText: String {
    let names = jobs.map { "\($0.job.rawValue)\($0.peer.map { " · \($0)" } ?? "")" }
    let width = (names.map(\.count).max() ?? 0) + 1
    var text = Figures.left("whole jobs", width)
    text += "  events/s     median   spread        cpu    memory  (\(settings))\n"
    for (name, runs) in zip(names, jobs) {
      text += Figures.left(name, width)
      text += Figures.right(Figures.rate(runs.rate), 10)
      text += Figures.right("\(Figures.rounded(runs.median, digits: 3)) s", 11)
      text += Figures.right("\(Figures.rounded(runs.spread * 100, digits: 0)) %", 9)
      text += Figures.right("\(Figures.rounded(runs.cpu, digits: 3)) s", 11)
      text += Figures.right(formatBytes(runs.memoryBytes), 10)
      text += "  \(note(runs))\n"
    }
    return text
  }

  private func note(_ runs: JobBench.Runs) -> String {
    if runs.peer != nil, let own = own(runs.job) {
      return "tidemark is \(Figures.rounded(own.ratio(to: runs)))× as fast"
    }
    guard runs.job != .tumbling, runs.job != .start, let tumbling = own(.tumbling) else {
      return runs.job.summary
    }
    return "\(Figures.rounded(runs.ratio(to: tumbling)))× tumbling; \(runs.job.summary)"
  }

  private var profileText: String {
    var text = "where the time goes\n"
    for profile in profiles {
      let shares = profile.shares.map {
        "\($0.name) \(Figures.rounded($0.share * 100, digits: 0)) %"
      }
      text += "\(Figures.left(profile.job.rawValue, 16))\(shares.joined(separator: " · "))\n"
    }
    return text
  }

  private var partText: String {
    var text = "parts             events/s     MB/s     median      worst   spread  (\(settings))\n"
    for result in parts {
      text += Figures.left(result.benchmark.rawValue, 16)
      text += Figures.right(Figures.rate(result.eventsPerSecond), 10)
      text += Figures.right(Figures.rounded(result.bytesPerSecond / 1e6, digits: 0), 9)
      text += Figures.right("\(Figures.rounded(result.median, digits: 4)) s", 11)
      text += Figures.right("\(Figures.rounded(result.worst, digits: 4)) s", 11)
      text += Figures.right("\(Figures.rounded(result.spread * 100, digits: 0)) %", 9)
      text += "  \(result.benchmark.summary)\n"
    }
    return text
  }

  private var studioText: String {
    var text = "studio            events/s       with    without       cost  (\(settings))\n"
    for result in studio {
      text += Figures.left(result.benchmark.rawValue, 16)
      text += Figures.right(Figures.rate(result.rate), 10)
      text += Figures.right("\(Figures.rounded(middle(result.attached), digits: 3)) s", 11)
      text += Figures.right("\(Figures.rounded(middle(result.alone), digits: 3)) s", 11)
      text += Figures.right("\(Figures.rounded(result.cost * 100, digits: 1)) %", 11)
      text += "  \(result.benchmark.summary)\n"
    }
    return text
  }

  private static func text(
    _ series: ScalingSeries, _ points: [ScalingSeries.Measured]
  ) -> String {
    var text = Figures.right(series.name, 20) + "      events   cpu ns an event      memory\n"
    for point in points {
      text += Figures.right(point.point.label, 20)
      text += Figures.right(Figures.grouped(Int64(point.point.events)), 12)
      text += Figures.right(Figures.rounded(point.nsPerEvent, digits: 0), 18)
      text += Figures.right(formatBytes(point.memoryBytes), 12) + "\n"
    }
    return text
  }

  // MARK: JSON

  private struct Content: Encodable {
    var repeats: Int
    var parallelism: Int
    var cores: Int?
    var jobs: [Job]
    var profiles: [String: [String: Double]]
    var parts: [Part]
    var studio: [StudioPart]
    var scaling: [String: [Point]]
  }

  private struct Job: Encodable {
    var `case`: String
    var peer: String?
    var events: Int
    var eventsPerSecond: Double
    var medianSeconds: Double
    var spread: Double
    var cpuSeconds: Double
    var memoryBytes: Int64
    var seconds: [Double]
    /// Events a second of Tidemark for one of the peer, by the median of the turns.
    var ratio: Double?
    /// Events a second for one of the tumbling job.
    var ofTumbling: Double?
  }

  private struct Part: Encodable {
    var `case`: String
    var events: Int64
    var eventsPerSecond: Double
    var megabytesPerSecond: Double
    var medianSeconds: Double
    var worstSeconds: Double
    var seconds: [Double]
  }

  private struct StudioPart: Encodable {
    var `case`: String
    var events: Int64
    var eventsPerSecond: Double
    var secondsWithStudio: [Double]
    var secondsWithout: [Double]
    /// The share of its speed that the engine loses.
    var cost: Double
  }

  private struct Point: Encodable {
    var label: String
    var events: Int
    var cpuNanosecondsPerEvent: Double
    var memoryBytes: Int64
  }

  func json() throws -> String {
    let content = Content(
      repeats: repeats, parallelism: parallelism, cores: cores, jobs: jobs.map(job),
      profiles: Dictionary(
        uniqueKeysWithValues: profiles.map { profile in
          (
            profile.job.rawValue,
            Dictionary(profile.shares.map { ($0.name, $0.share) }, uniquingKeysWith: +)
          )
        }),
      parts: parts.map { result in
        Part(
          case: result.benchmark.rawValue, events: result.events,
          eventsPerSecond: result.eventsPerSecond,
          megabytesPerSecond: result.bytesPerSecond / 1e6, medianSeconds: result.median,
          worstSeconds: result.worst, seconds: result.seconds)
      },
      studio: studio.map {
        StudioPart(
          case: $0.benchmark.rawValue, events: $0.events, eventsPerSecond: $0.rate,
          secondsWithStudio: $0.attached, secondsWithout: $0.alone, cost: $0.cost)
      },
      scaling: Dictionary(
        uniqueKeysWithValues: series.map { series, points in
          (
            series.name,
            points.map {
              Point(
                label: $0.point.label, events: $0.point.events,
                cpuNanosecondsPerEvent: $0.nsPerEvent, memoryBytes: $0.memoryBytes)
            }
          )
        }))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return String(decoding: try encoder.encode(content), as: UTF8.self) + "\n"
  }

  private func job(_ runs: JobBench.Runs) -> Job {
    let isOwn = runs.peer == nil
    return Job(
      case: runs.job.rawValue, peer: runs.peer, events: runs.events, eventsPerSecond: runs.rate,
      medianSeconds: runs.median, spread: runs.spread, cpuSeconds: runs.cpu,
      memoryBytes: runs.memoryBytes, seconds: runs.runs.map(\.seconds),
      ratio: isOwn ? nil : own(runs.job)?.ratio(to: runs),
      ofTumbling: isOwn ? own(.tumbling).map { runs.ratio(to: $0) } : nil)
  }
}
