import Foundation

/// Another system that does the same job on the same log.
enum BenchPeer {
  /// DuckDB's Python package, reading the log as a batch on so many threads.
  case duckdb(threads: Int)
  /// Apache Flink: a command that takes a SQL script and runs it in streaming mode to its end.
  case flink(command: [String])
  /// Any program: it is given the log, the name of the case and the file for its results.
  case program(String)

  var name: String {
    switch self {
    case .duckdb: "duckdb"
    case .flink: "flink"
    case .program(let path): path.split(separator: "/").last.map(String.init) ?? path
    }
  }

  /// What has to be there to run it.
  var remedy: String {
    switch self {
    case .duckdb: "it needs python3 and its package: pip install duckdb"
    case .flink:
      "--flink names the command that takes a SQL script, such as 'FLINK/bin/sql-client.sh -f'"
    case .program: "it is called with the log, the case and the file for its results"
    }
  }

  /// The command for a case; nil where the peer has no such job.
  ///
  /// - Parameter folder: for its script.
  func command(_ job: JobCase, log: String, output: String, folder: String) throws -> [String]? {
    switch self {
    case .program(let path): return [path, log, job.rawValue, output]
    case .duckdb(let threads):
      guard let query = Self.duckQuery(job, log: log) else { return nil }
      let script = """
        import duckdb
        c = duckdb.connect()
        c.execute("set threads=\(threads)")
        c.execute("set preserve_insertion_order=false")
        c.execute("set timezone='UTC'")
        c.execute(\(BenchPipeline.quoted("copy (\(query)) to '\(Self.sql(output))' (format csv)")))
        """
      return ["python3", "-c", script]
    case .flink(let command):
      guard let script = Self.flinkScript(job, log: log, output: output) else { return nil }
      let path = "\(folder)/\(job.rawValue).sql"
      try Data(script.utf8).write(to: URL(fileURLWithPath: path))
      return command + [path]
    }
  }

  private static func sql(_ text: String) -> String { text.replacing("'", with: "''") }

  // MARK: DuckDB

  private static func duckQuery(_ job: JobCase, log: String) -> String? {
    let minute = "time_bucket(INTERVAL 1 MINUTE, epoch_ms(ts)) AS start"
    func events(_ columns: String) -> String {
      "read_json('\(sql(log))', format='newline_delimited', columns={ts: 'BIGINT', \(columns)})"
    }
    let usual = events("ad_id: 'VARCHAR', value: 'DOUBLE'")
    switch job {
    case .filter:
      let source = events("ad_id: 'VARCHAR', page: 'VARCHAR', country: 'VARCHAR', value: 'DOUBLE'")
      return """
        SELECT ts, ad_id, page, country, value, CAST(value * 100 AS BIGINT), upper(page) \
        FROM \(source) WHERE country IN ('US', 'DE', 'FR') AND value >= 20.0
        """
    case .tumbling, .keys, .checkpoint, .start:
      return "SELECT \(minute), ad_id, count(*), sum(value) FROM \(usual) GROUP BY 1, 2"
    case .distinct:
      let source = events("ad_id: 'VARCHAR', \"user\": 'VARCHAR'")
      return "SELECT \(minute), ad_id, count(DISTINCT \"user\") FROM \(source) GROUP BY 1, 2"
    case .percentile:
      return "SELECT \(minute), ad_id, quantile_disc(value, 0.99) FROM \(usual) GROUP BY 1, 2"
    case .sliding:
      // By panes of 30 s, of which each window has ten.
      return """
        WITH panes AS (SELECT ts // 30000 AS k, ad_id, count(*) AS c, sum(value) AS s \
        FROM \(usual) GROUP BY 1, 2) SELECT (k - j) * 30000, ad_id, sum(s) / sum(c) \
        FROM panes, range(10) AS r(j) GROUP BY 1, 2
        """
    case .session:
      return """
        SELECT min(ts), max(ts), ad_id, count(*), sum(value) FROM (SELECT *, sum(new) OVER \
        (PARTITION BY ad_id ORDER BY ts ROWS UNBOUNDED PRECEDING) AS number FROM (SELECT ts, ad_id, \
        value, CASE WHEN ts - lag(ts) OVER (PARTITION BY ad_id ORDER BY ts) <= 30000 THEN 0 ELSE 1 \
        END AS new FROM \(usual))) GROUP BY ad_id, number
        """
    }
  }

  // MARK: Flink

  private static func flinkScript(_ job: JobCase, log: String, output: String) -> String? {
    var window = "TUMBLE(TABLE events, DESCRIPTOR(t), INTERVAL '1' MINUTE)"
    var (results, types) = ("COUNT(*), SUM(`value`)", "c BIGINT, s DOUBLE")
    switch job {
    case .filter, .percentile: return nil
    case .tumbling, .keys, .start, .checkpoint: break
    case .distinct: (results, types) = ("COUNT(DISTINCT `user`)", "c BIGINT")
    case .sliding:
      window = "HOP(TABLE events, DESCRIPTOR(t), INTERVAL '30' SECOND, INTERVAL '5' MINUTE)"
      (results, types) = ("AVG(`value`)", "a DOUBLE")
    case .session:
      window = "SESSION(TABLE events PARTITION BY ad_id, DESCRIPTOR(t), INTERVAL '30' SECOND)"
    }
    let interval =
      job == .checkpoint ? "SET 'execution.checkpointing.interval' = '1 s';\n" : ""
    return """
      \(interval)SET 'pipeline.auto-watermark-interval' = '0 ms';
      CREATE TABLE events (ts BIGINT, ad_id STRING, `user` STRING, `value` DOUBLE,
        t AS TO_TIMESTAMP_LTZ(ts, 3), WATERMARK FOR t AS t - INTERVAL '2' SECOND)
        WITH ('connector' = 'filesystem', 'path' = 'file://\(sql(log))', 'format' = 'json');
      CREATE TABLE results (f TIMESTAMP_LTZ(3), u TIMESTAMP_LTZ(3), k STRING, \(types))
        WITH ('connector' = 'filesystem', 'path' = 'file://\(sql(output))', 'format' = 'csv');
      INSERT INTO results SELECT window_start, window_end, ad_id, \(results)
        FROM TABLE(\(window)) GROUP BY window_start, window_end, ad_id;
      """
  }
}
