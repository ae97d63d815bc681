import Foundation
import Pipelines
import Testing

private func propose(_ path: String, _ log: String) throws -> LogProposal {
  let bytes = Array(log.utf8)
  return try LogProposal.propose(path: path, bytes: bytes, size: Int64(bytes.count))
}

/// Twenty minutes of clicks, some of them 3 s behind.
private let clicks = (0..<600).map { index in
  let ms = 1_767_225_600_000 + index * 2000 - (index % 7 == 0 ? 3000 : 0)
  return "{\"click_ts\": \(ms), \"ad_id\": \"ad-\(index % 12)\", \"user\": \"u\(index)\", "
    + "\"cost\": \(index % 5).25, \"mobile\": \(index % 2 == 0), \"tags\": [1, 2]}"
}.joined(separator: "\n")

@Test func aPipelineIsProposedForJSONLines() throws {
  let proposal = try propose("logs/clicks.jsonl", clicks)
  #expect(proposal.path == "logs/clicks.yaml")
  #expect(
    proposal.text == """
      # Proposed after looking at the first 600 records.
      pipeline: clicks

      steps:
        - source: file
          path: clicks.jsonl
        - parse: json
          columns:
            click_ts: { type: TIMESTAMP_LTZ(3), unit: ms }
            ad_id: STRING
            user: STRING
            cost: DOUBLE
            mobile: BOOLEAN
            tags: ARRAY<BIGINT>
          event_time: click_ts
          # The furthest that an event came behind a newer one was 1 s: 1 s waits for all of them.
          watermark: { out_of_orderness: 1 s }
        # 12 values in the sample.
        - key_by: [ad_id]
        # The log covers about 20 m: about 20 windows.
        - window: tumbling
          size: 1 m
          late: drop # rows behind their window's end go to its late stream
        - aggregate:
            events: COUNT(*)
            sum_cost: SUM(cost)
            avg_cost: AVG(cost)
        - sink: stdout

      """)
  #expect(!check(proposal.text).hasErrors)
}

@Test func valuesInsideValuesGetTheirTypes() throws {
  let lines = (0..<50).map { index in
    let labels = (0..<3).map { "\"l\(index * 3 + $0)\": \($0)" }.joined(separator: ", ")
    return "{\"time\": \(1_767_225_600 + index), "
      + "\"http\": {\"status\": 200, \"url\": {\"path\": \"/\"}, \"took s\": 0.\(index), \"a\\\"b\": 1"
      + "\(index > 9 ? ", \"user\": \"u\"" : "")}, "
      + "\"labels\": {\(labels)}, \"points\": [{\"x\": 1}, {\"x\": 2.5, \"y\": null}], "
      + "\"none\": [], \"odd\": \(index % 2 == 0 ? "[1]" : "{\"a\": 1}"), \"a\\\"b\": [1]}"
  }
  let proposal = try propose("app.jsonl", lines.joined(separator: "\n"))
  for line in [
    "http: \"ROW<status BIGINT, url ROW<path STRING>, `took s` DOUBLE, user STRING>\"",
    "labels: MAP<STRING, BIGINT>", "points: ARRAY<ROW<x DOUBLE>>",
    "# none holds values of no one type: left out", "# odd holds values of no one type: left out",
    "# a\\\"b is no name for a column: left out",
  ] {
    #expect(proposal.text.contains("      \(line)\n"), "\(line)\n\(proposal.text)")
  }
  let document = check(proposal.text)
  #expect(!document.hasErrors, "\(proposal.text)\n\(document.renderedDiagnostics)")
}

@Test func aPipelineIsProposedForCSV() throws {
  let rows = (0..<200).map { index in
    "2026-01-01T00:\(index / 60 < 10 ? "0" : "")\(index / 60):\(index % 60 < 10 ? "0" : "")\(index % 60)Z;"
      + "s\(index % 3);\(Double(index) / 4);\"a;b\""
  }
  let log = "measured at;sensor;order;note\n" + rows.joined(separator: "\n") + "\n"
  let proposal = try propose("sensors.csv", log)
  #expect(proposal.text.contains("delimiter: \";\""))
  #expect(proposal.text.contains("\"measured at\": TIMESTAMP_LTZ(3)"))
  #expect(proposal.text.contains("Times only grew in the sample"))
  #expect(proposal.text.contains("key_by: [sensor]"))
  #expect(proposal.text.contains("size: 15 s"))
  let document = check(proposal.text)
  #expect(!document.hasErrors, "\(proposal.text)\n\(document.renderedDiagnostics)")
}

@Test func aPipelineIsProposedForAnAccessLog() throws {
  let rows = (0..<300).map { index in
    "10.0.0.\(index % 9) - - [01/Jan/2026:00:\(10 + index / 60):\(10 + index % 50) +0000] "
      + "\"GET /p\(index % 4) HTTP/1.1\" 200 \(index) \"-\" \"agent\""
  }
  let proposal = try propose("/var/log/access.log", rows.joined(separator: "\n"))
  #expect(proposal.path == "/var/log/access.yaml")
  #expect(proposal.text.contains("parse: access_log"))
  #expect(proposal.text.contains("key_by: [host]"))
  #expect(proposal.text.contains("SUM(bytes)"))
  let document = check(proposal.text)
  #expect(!document.hasErrors, "\(proposal.text)\n\(document.renderedDiagnostics)")
}

@Test func proposalsSurviveOddNamesAndOddLogs() throws {
  let odd = """
    {"time": 1767225600, "a b": "x", "true": 1.5, "window_start": "y", "": 2, "val\\"ue": 3, "k:": "z"}
    {"time": 1767225601, "a b": "w", "true": 2.5, "window_start": "y", "": 2, "val\\"ue": 3, "k:": "z"}
    """
  for log in [
    odd, "{\"a\": \"x\"}\n{\"a\": \"y\"}", "{\"a\": [1]}", "{}", "{\"time\": \"2026-01-01\"}",
  ] {
    let proposal = try propose("1 odd:name.log", log)
    let document = check(proposal.text)
    #expect(!document.hasErrors, "\(proposal.text)\n\(document.renderedDiagnostics)")
  }
}

@Test func aLogOfNoKnownFormatSaysWhatToDo() {
  #expect(throws: LogProposalFault.self) { try propose("a.log", "hello\nworld") }
  #expect(throws: LogProposalFault.self) { try propose("a.log", " \n\n") }
  #expect(throws: LogProposalFault.self) { try LogProposal.propose(path: "/nonexistent") }
}

@Test func aFewBadRecordsDoNotSpoilAProposal() throws {
  var lines = clicks.split(separator: "\n").map(String.init)
  lines[100] = "{\"click_ts\": \"soon\", \"ad_id\": \"ad-1\", \"cost\": \"free\"}"
  lines[200] = "{\"click_ts\": 1999225600000, \"ad_id\": \"ad-1\", \"cost\": 1.5}"
  lines[300] = "{broken"
  let proposal = try propose("clicks.jsonl", lines.joined(separator: "\n"))
  #expect(proposal.text.contains("(1 line did not fit: dead letters)"))
  #expect(proposal.text.contains("click_ts: { type: TIMESTAMP_LTZ(3), unit: ms }"))
  #expect(proposal.text.contains("cost: DOUBLE"))
  #expect(proposal.text.contains("{ out_of_orderness: 1 s, max_future: 1 h }"))
  #expect(proposal.text.contains("size: 1 m"))
  #expect(!check(proposal.text).hasErrors)
}

@Test(arguments: ["ad-clicks/ad-clicks.jsonl", "web-access/web-access.log"])
func aProposalForASampleCutsItIntoWindows(_ log: String) throws {
  let root = #filePath.components(separatedBy: "/Tests/PipelinesTests/")[0]
  let proposal = try LogProposal.propose(path: "\(root)/Samples/\(log)")
  #expect(proposal.text.contains("size: 1 m"), "\(proposal.text)")
  #expect(!PipelineDocument.parse(text: proposal.text, path: proposal.path).hasErrors)
}

/// Twenty lines, a minute apart, of which one may be no such line.
private func log(_ line: (Int) -> String) -> String {
  (0..<20).map { $0 == 11 ? "a line of another kind" : line($0) }.joined(separator: "\n")
}

@Test(arguments: [
  (
    log { "2026-05-04T10:\($0 + 10):00.250Z INFO started \($0)" },
    ["time: TIMESTAMP_LTZ(3)", "level: STRING", "message: STRING", "event_time: time"]
  ),
  (
    log { "[2026-05-04 10:\($0 + 10):00] [\($0 % 2 == 0 ? "WARN" : "ERROR")] started" },
    ["time: TIMESTAMP_LTZ(3)", "key_by: [level]"]
  ),
  (
    log { "2026-05-04 10:\($0 + 10):00,123 \($0 % 2 == 0 ? "INFO" : "ERROR") a.b: started" },
    ["time: { type: TIMESTAMP_LTZ(3), time_format: 'yyyy-MM-dd HH:mm:ss,SSS' }"]
  ),
  (
    log { "2026-05-04T10:\($0 + 10):00+02:00 started" },
    ["time: TIMESTAMP_LTZ(3)\n      message: STRING"]
  ),
  (
    log { "May  4 10:\($0 + 10):00 host\($0 % 3) sshd[\($0)]: it's open" },
    [
      "time_format: 'MMM ppd HH:mm:ss'", "host: STRING", "program: STRING", "key_by: [host]",
      "times are of 1970",
    ]
  ),
])
func aPipelineIsProposedForLinesThatBeginWithATime(_ log: String, _ parts: [String]) throws {
  let proposal = try propose("app.log", log)
  #expect(proposal.text.contains("parse: regex") && proposal.text.contains("window: tumbling"))
  for part in parts { #expect(proposal.text.contains(part), "\(part)\n\(proposal.text)") }
  #expect(proposal.text.contains("(1 line did not fit"))
  let document = check(proposal.text)
  #expect(!document.hasErrors, "\(proposal.text)\n\(document.renderedDiagnostics)")
}

@Test func aPipelineIsProposedForCSVWithoutAHeader() throws {
  let log = (0..<20).map { "2026-05-04 10:00:\($0 + 10),\($0),\($0).5,x\($0 % 3)" }
  let proposal = try propose("plain.csv", log.joined(separator: "\n"))
  for part in [
    "header: false", "# Proposed after looking at the first 20 records", "time: TIMESTAMP_LTZ(3)",
    "column_2: BIGINT", "column_3: DOUBLE", "key_by: [column_4]",
  ] {
    #expect(proposal.text.contains(part), "\(part)\n\(proposal.text)")
  }
  #expect(!check(proposal.text).hasErrors)
  let epochs = (0..<20).map { "x\($0 % 3),\(1_767_225_600_000 + $0 * 1000)" }
  let numbered = try propose("plain.csv", epochs.joined(separator: "\n"))
  #expect(numbered.text.contains("time: { type: TIMESTAMP_LTZ(3), unit: ms }"))
}

@Test func whatLooksLikeJSONAndIsNoneIsNotCutAtItsCommas() {
  let log = String(repeating: "{a: 0, \"b\": no\n", count: 20)
  #expect(throws: LogProposalFault.self) { try propose("a.jsonl", log) }
}

@Test func windowsFireInTheBeginningOfALongLogToo() throws {
  let bytes = Array(clicks.utf8)
  // Twenty minutes of half a year.
  let proposal = try LogProposal.propose(
    path: "clicks.jsonl", bytes: bytes, size: Int64(bytes.count) * 10_000)
  #expect(proposal.text.contains("size: 5 m"), "\(proposal.text)")
}
