import Connectors
import Engine
import Foundation
import Pipelines
import Testing

private let everything =
  ConnectorRegistry.sources + OperatorDescriptors.all + ConnectorRegistry.sinks

/// A whole pipeline around a descriptor's example.
private func pipeline(around descriptor: Descriptor) -> String {
  let source = "- source: file\n  path: log\n"
  let columns = "{ t: TIMESTAMP_LTZ(3), ad_id: STRING, country: STRING, cost: DOUBLE }"
  let parse = "- parse: json\n  columns: \(columns)\n  event_time: t\n"
  let window = "- window: tumbling\n  size: 1 m\n"
  let aggregate = "- aggregate: { rows: COUNT(*) }\n"
  let sink = "- sink: file\n  path: out.jsonl\n"
  let example = descriptor.example + "\n"
  let steps: String =
    switch (descriptor.kind, descriptor.name) {
    case (.source, _): example + parse + sink
    case (.format, _): source + example + sink
    case (.window, _): source + parse + example + aggregate + sink
    case (.sink, _): source + parse + window + aggregate + example
    case (_, "key_by"): source + parse + example + window + aggregate + sink
    case (_, "aggregate"): source + parse + window + example + sink
    default: source + parse + example + sink
    }
  return "steps:\n" + Examples.indented(steps)
}

@Test(arguments: everything.map(\.name))
func everyExampleOfADescriptorPassesTheCheck(_ name: String) {
  for descriptor in everything where descriptor.name == name {
    let document = check(pipeline(around: descriptor))
    #expect(!document.hasErrors, "\(document.renderedDiagnostics)")
  }
}

@Test(arguments: AggregateSpec.Function.allCases)
func everyAggregateIsExplainedWithAnExampleThatPassesTheCheck(_ function: AggregateSpec.Function) {
  let document = check(
    """
    steps:
      - source: file
        path: log
      - parse: json
        columns: { t: TIMESTAMP_LTZ(3), ad_id: STRING, user: STRING, device: STRING, cost: DOUBLE }
        event_time: t
        watermark: { out_of_orderness: 5 s }
      - window: tumbling
        size: 1 m
      - aggregate:
          \(function.example)
      - sink: file
        path: out.jsonl
    """)
  #expect(!document.hasErrors, "\(document.renderedDiagnostics)")
  #expect(function.example.contains(function.rawValue))
  let text = Explain.text(for: function.rawValue)
  #expect(text?.hasPrefix("\(function.signature): \(function.summary)") == true)
  #expect(Explain.text(for: "stddev_pop") == Explain.text(for: "STDDEV_POP"))
  let all = Explain.text(for: "aggregate")
  #expect(all?.contains("\(function.signature): ") == true)
}

@Test func everyTopicIsExplained() {
  for topic in Explain.topics {
    #expect(Explain.text(for: topic)?.isEmpty == false, "\(topic)")
  }
  #expect(Explain.text(for: "nonsense") == nil)
  #expect(
    Explain.suggestion(for: "filtre") == "nothing is known of 'filtre'; did you mean 'filter'?")
}

@Test func anOptionIsExplainedByItsPath() {
  #expect(
    Explain.text(for: "window.size") == """
      size: a length of time such as 30 s, required
          The length of a window.

      Of: window: tumbling, window: sliding
      """)
  #expect(
    Explain.text(for: "parse.watermark.max_future")?.contains("max_future: a length") == true)
  #expect(Explain.text(for: "sink.file.path")?.contains("ends in /") == true)
}

@Test func aPlanSaysWhatIsReadKeptAndPromised() throws {
  let text = try Explain.plan(check(Examples.clicks)).get()
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  #expect(lines[0].hasPrefix("ad-clicks-per-minute: 4 operators, parallelism 2, "))
  #expect(
    lines.dropFirst(2).joined(separator: "\n") == """
      1. source-1  source file ad-clicks.jsonl → parse json by click_time
         reads        click_time TIMESTAMP_LTZ(3), ad_id STRING, user STRING, country STRING, cost DOUBLE
         event time   click_time
         watermark    the newest event time - 5 s - 1 ms, for each split
         refuses      events over 1 h ahead of the watermark
         dead letters → counted, not kept

      2. filter-1  filter country IN ('DE', 'FR')
         input        source-1, forward
         reads        country
         dead letters → counted, not kept

      3. window-1  key_by ad_id → window tumbling 1 m, late update for 30 s → aggregate clicks, spend, visitors
         input        filter-1, hash by ad_id over 2 subtasks (128 key groups)
         key          ad_id
         computes     clicks BIGINT = COUNT(*)
         computes     spend DOUBLE = SUM(cost)
         computes     visitors BIGINT = COUNT(DISTINCT user)
         keeps        for each key and open window 3 running values, and every distinct value for visitors
         until        the watermark reaches window_end - 1 ms + 30 s
         late rows    fire the window again as +U while it is kept, then go to the late stream
         late stream  → counted, not kept
         dead letters → counted, not kept

      4. sink-1  sink sqlite clicks.db table clicks_per_minute
         input        window-1, forward
         writes       ad_id, window_start, window_end, clicks, spend, visitors, kind
         promises     exactly-once: rows show when their checkpoint is complete

      After a crash: exactly-once, into every sink.
      """)
}

@Test func theSchemaIsJSONWithEveryOption() throws {
  let text = PipelineSchema.generate()
  let object = try #require(
    try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  #expect(object["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
  for descriptor in everything {
    for option in descriptor.options {
      #expect(text.contains("\"\(option.name)\": {"), "\(descriptor.name).\(option.name)")
    }
  }
  #expect(PipelineSchema.generate() == text)
}
