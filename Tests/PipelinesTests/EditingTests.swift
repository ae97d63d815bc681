import Pipelines
import Testing

/// Setting options keeps everything else of the text as it is.
struct EditingTests {
  private static let text = """
    # the job
    steps:
      - source: file
        path: a.jsonl
      - parse: json
        columns: { at: TIMESTAMP_LTZ(3), ad: STRING, cost: DOUBLE }
        event_time: at
        watermark: { out_of_orderness: 5 s } # waits
      - filter: cost > 1
      - key_by: [ad]
      - window: tumbling
        name: per_minute
        size: 1 m
        late: update # again
        allowed_lateness: 10 s
      - aggregate:
          n: COUNT(*)
          spend: SUM(cost)
      - sink: file
        path: out/a.jsonl

    """

  private static func document(_ text: String = text) -> PipelineDocument {
    .parse(text: text, path: "/tmp/a.yaml")
  }

  private static func set(
    _ name: String, _ value: String, in document: PipelineDocument = document()
  ) throws -> PipelineDocument {
    let option = try #require(document.editableOptions.first { $0.name == name })
    return document.setting(option, to: value)
  }

  struct Edit: Sendable, CustomTestStringConvertible {
    var name: String
    var value: String
    var old: String
    var new: String
    var testDescription: String { "\(name) = \(value)" }
  }

  @Test(arguments: [
    Edit(name: "watermark.out_of_orderness", value: "20 s", old: "5 s }", new: "20 s }"),
    Edit(
      name: "watermark.idle_after", value: "1 m", old: "{ out_of_orderness: 5 s }",
      new: "{ out_of_orderness: 5 s, idle_after: 1 m }"),
    Edit(name: "filter", value: "cost > 2", old: "cost > 1", new: "cost > 2"),
    Edit(name: "key_by", value: "[ad, cost]", old: "[ad]", new: "[ad, cost]"),
    Edit(name: "window.size", value: "5 m", old: "size: 1 m", new: "size: 5 m"),
    Edit(name: "late", value: "drop", old: "late: update", new: "late: drop"),
    Edit(
      name: "offset", value: "10 s", old: "size: 1 m", new: "size: 1 m\n    offset: 10 s"),
    Edit(name: "aggregate.n", value: "COUNT(cost)", old: "COUNT(*)", new: "COUNT(cost)"),
    Edit(
      name: "aggregate.spend", value: "SUM(cost) # 1", old: "SUM(cost)",
      new: "\"SUM(cost) # 1\""),
  ])
  func setsOneOptionAndNothingElse(edit: Edit) throws {
    let name = edit.name == "window.size" ? "size" : edit.name
    let edited = try Self.set(name, edit.value)
    #expect(edited.text == Self.text.replacing(edit.old, with: edit.new, maxReplacements: 1))
    #expect(edited.editableOptions.contains { $0.name == name && $0.text == edit.value })
  }

  @Test func listsWhatCanBeTried() {
    let options = Self.document().editableOptions
    #expect(
      options.filter { $0.text != nil }.map(\.name) == [
        "event_time", "watermark.out_of_orderness", "filter", "key_by", "window", "size", "late",
        "allowed_lateness", "aggregate.n", "aggregate.spend",
      ])
    #expect(options.first { $0.name == "late" }?.choices == ["drop", "update", "correct"])
    #expect(options.first { $0.name == "offset" }?.defaultText == "0 s")
    #expect(options.first { $0.name == "size" }?.stepTitle == "window 'per_minute'")
  }

  @Test func aWrongValueIsAFaultAtItsPlace() throws {
    let edited = try Self.set("size", "a while")
    let fault = try #require(edited.diagnostics.first)
    #expect(fault.line == 13)
    #expect(edited.hasErrors)
  }

  @Test(arguments: [
    ("sliding", ["size: 1 m", "slide: 30 s", "late: update"]),
    ("session", ["gap: 30 s", "allowed_lateness: 10 s"]),
    ("cumulating", ["step: 30 s", "max: 1 m"]), ("count", ["rows: 100"]),
    ("global", ["fire: on each row"]),
  ])
  func anotherKindOfWindowGetsWhatItMustHave(kind: String, has: [String]) throws {
    let edited = try Self.set("window", kind)
    #expect(!edited.hasErrors, "\(edited.renderedDiagnostics)")
    #expect(edited.text.contains("window: \(kind)"))
    for piece in has { #expect(edited.text.contains(piece)) }
    #expect(edited.text.contains("name: per_minute") && edited.text.contains("# waits"))
  }

  @Test func shortAndBlockGroupsTakeMembers() throws {
    let short = Self.document(
      Self.text.replacing("{ out_of_orderness: 5 s } # waits", with: "monotonous"))
    #expect(
      try Self.set("watermark.max_future", "1 h", in: short).text
        .contains("watermark: { strategy: monotonous, max_future: 1 h }"))
    let block = Self.document(
      Self.text.replacing(
        "watermark: { out_of_orderness: 5 s }",
        with: "watermark:\n      out_of_orderness: 5 s"))
    #expect(
      try Self.set("watermark.max_future", "1 h", in: block).text
        .contains("watermark:\n      out_of_orderness: 5 s # waits\n      max_future: 1 h\n"))
    let none = Self.document(
      Self.text.replacing("    watermark: { out_of_orderness: 5 s } # waits\n", with: ""))
    let edited = try Self.set("watermark.out_of_orderness", "2 s", in: none)
    #expect(edited.text.contains("event_time: at\n    watermark: { out_of_orderness: 2 s }\n"))
    #expect(!edited.hasErrors, "\(edited.renderedDiagnostics)")
  }

  @Test func aStepInBracesTakesOptions() throws {
    let flow = Self.document(
      Self.text.replacing(
        "window: tumbling\n    name: per_minute\n    size: 1 m\n    late: update # again\n"
          + "    allowed_lateness: 10 s", with: "{ window: tumbling, size: 1 m }"))
    #expect(
      try Self.set("offset", "10 s", in: flow).text
        .contains("{ window: tumbling, size: 1 m, offset: 10 s }"))
  }
}
