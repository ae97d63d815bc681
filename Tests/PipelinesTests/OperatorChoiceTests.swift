import Pipelines
import Testing

/// Which operators can be added where.
struct OperatorChoiceTests {
  private static let document = PipelineDocument.parse(
    text: """
      steps:
        - source: file
          path: a.jsonl
        - parse: json
          columns: { at: TIMESTAMP_LTZ(3), ad_id: STRING, country: STRING, cost: DOUBLE }
          event_time: at
        - key_by: [ad_id]
        - window: tumbling
          size: 1 m
        - aggregate:
            n: COUNT(*)
        - sink: file
          path: out/a.jsonl

      """, path: "/tmp/a.yaml")

  private func fitting(_ place: Int) -> Set<String> {
    Set(Self.document.operators(at: place).filter { $0.reason == nil }.map(\.kind))
  }

  @Test(arguments: [
    (1, [], ["parse", "filter", "key_by", "window", "aggregate", "sink"]),
    (2, ["filter", "derive"], ["parse", "aggregate", "sink"]),
    (3, [], ["filter", "derive", "parse", "aggregate"]),
    (4, [], ["key_by", "window", "parse"]),
    (5, ["filter", "derive"], ["parse", "aggregate", "sink"]),
    (6, [], ["filter", "parse"]),
  ])
  func onlyWhatTheOrderOfStepsAllows(place: Int, fits: [String], not: [String]) {
    let found = fitting(place)
    for kind in fits { #expect(found.contains(kind), "\(kind) at \(place)") }
    for kind in not { #expect(!found.contains(kind), "\(kind) at \(place)") }
  }

  @Test func whatDoesNotFitSaysWhy() {
    for place in 0...6 {
      for choice in Self.document.operators(at: place) {
        #expect(choice.reason?.isEmpty != true && !choice.summary.isEmpty, "\(choice.title)")
      }
    }
    let titles = Self.document.operators(at: 2).map(\.title)
    #expect(titles.contains("window: sliding") && titles.contains("filter"))
    #expect(Set(titles).count == titles.count)
  }

  @Test func whatFitsBringsNoFaultOfOrder() throws {
    for place in 0...6 {
      for choice in Self.document.operators(at: place) where choice.reason == nil {
        let added = try #require(Self.document.inserting(step: choice.example, at: place))
        #expect(added.root != nil, "\(choice.title) at \(place)")
      }
    }
  }
}
