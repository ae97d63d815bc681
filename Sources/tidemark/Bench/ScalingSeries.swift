/// How the cost of an event changes as one thing grows and all others stay.
struct ScalingSeries {
  struct Point {
    /// What grows, as it is here.
    var label: String
    var events: Int
    var pipeline: BenchPipeline
  }

  struct Measured {
    var point: Point
    var runs: [ChildProcess.Ended]

    var nsPerEvent: Double { middle(runs.map(\.cpuSeconds)) * 1e9 / Double(point.events) }
    var memoryBytes: Int64 { runs.map(\.memoryBytes).max() ?? 0 }
  }

  var name: String
  /// The points for at most so many events.
  var points: (Int) -> [Point]

  static var all: [ScalingSeries] {
    [
      ScalingSeries(name: "events") { most in
        [50, 20, 10, 5, 2, 1].map { most / $0 }.filter { $0 > 0 }.map {
          Point(
            label: Figures.grouped(Int64($0)), events: $0, pipeline: BenchPipeline(name: "events"))
        }
      },
      ScalingSeries(name: "keys") { most in
        let keys: [(String, [String])] = [
          ("20", ["country"]), ("10,000", ["ad_id"]), ("1,000,000", ["user"]),
          ("one an event", ["ad_id", "user"]),
        ]
        return keys.map { label, columns in
          var pipeline = BenchPipeline(name: "keys")
          // One window over all, so that all keys are there at once.
          pipeline.group(by: columns, window: ["tumbling", "size: 365 d"])
          return Point(label: label, events: most, pipeline: pipeline)
        }
      },
      ScalingSeries(name: "open windows") { most in
        [1, 10, 100, 1000].map { count in
          var pipeline = BenchPipeline(name: "windows")
          // Each waits for the watermark as long as all of them last.
          pipeline.group(by: ["country"], window: ["tumbling", "size: 1 s"])
          pipeline.disorder = "\(count) s"
          return Point(label: "\(count)", events: most, pipeline: pipeline)
        }
      },
      ScalingSeries(name: "windows of an event") { most in
        [1, 10, 100].map { count in
          var pipeline = BenchPipeline(name: "sliding")
          pipeline.group(
            by: ["country"], window: ["sliding", "size: \(count * 10) s", "slide: 10 s"])
          return Point(label: "\(count)", events: most, pipeline: pipeline)
        }
      },
      ScalingSeries(name: "columns read") { most in
        let columns = ["ad_id", "value", "user", "page", "country"]
        return (2...columns.count).map { count in
          var pipeline = BenchPipeline(name: "columns")
          let more = columns[2..<count].map { ", \($0): LAST_VALUE(\($0))" }.joined()
          pipeline.columns = Array(columns[..<count])
          pipeline.group(aggregates: "clicks: COUNT(*), spend: SUM(value)\(more)")
          return Point(label: "\(count + 1)", events: most, pipeline: pipeline)
        }
      },
    ]
  }
}
