import Engine
import Pipelines

/// Pipelines that several tests use.
enum Examples {
  static let clicks = """
    pipeline: ad-clicks-per-minute
    description: Clicks and spend per ad and minute.

    steps:
      - source: file
        path: ad-clicks.jsonl            # relative to this file
      - parse: json
        columns:
          click_time: TIMESTAMP_LTZ(3)
          ad_id: STRING
          user: STRING
          country: STRING
          cost: DOUBLE
        event_time: click_time
        watermark: { out_of_orderness: 5 s, max_future: 1 h }
      - filter: country IN ('DE', 'FR')
      - key_by: [ad_id]
      - window: tumbling
        size: 1 m
        allowed_lateness: 30 s
        late: update
      - aggregate:
          clicks: COUNT(*)
          spend: SUM(cost)
          visitors: COUNT(DISTINCT user)
      - sink: sqlite
        path: clicks.db
        table: clicks_per_minute
        mode: upsert

    checkpoint: { every: 10 s, keep: 3 }
    parallelism: 2
    """

  /// A source and a parse with columns of several types; steps follow at the margin.
  static func afterParse(_ steps: String) -> String {
    """
    steps:
      - source: file
        path: log.jsonl
      - parse: json
        name: rows
        columns: { t: TIMESTAMP_LTZ(3), ad_id: STRING, country: STRING, cost: DOUBLE, n: BIGINT }
        event_time: t
        watermark: { out_of_orderness: 5 s }

    """ + indented(steps)
  }

  /// The steps as items of the list.
  static func indented(_ steps: String) -> String {
    steps.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
      .joined(separator: "\n")
  }
}

func check(_ text: String) -> PipelineDocument { .parse(text: text, path: "p.yaml") }

func plan(_ text: String) throws -> JobGraph { try Planner.plan(check(text)).get() }

func codes(_ text: String) -> [String] { check(text).diagnostics.map(\.code) }
