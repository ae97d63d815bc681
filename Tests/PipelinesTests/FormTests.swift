import Engine
import Foundation
import TestSupport
import Testing

@testable import Pipelines

/// A step is filled in as a form, and what is typed is written where it belongs.
struct FormTests {
  private static let text = """
    pipeline: clicks
    steps:
      - source: file
        path: a.jsonl
      - parse: json
        columns: { at: TIMESTAMP_LTZ(3), ad: STRING, cost: DOUBLE }
        event_time: at
        watermark: { out_of_orderness: 5 s }
      - filter: >-
          cost > 1
          AND ad <> 'x'
      - derive:
          cents: cost * 100
      - key_by: [ad]
      - window: tumbling
        size: 1 m
      - aggregate:
          n: COUNT(*)
      - sink: file
        path: out/a.jsonl

    """

  private static let document = PipelineDocument.parse(text: text, path: "/tmp/a.yaml")

  private static func field(
    _ name: String, at place: Int?, _ document: PipelineDocument = document,
    shape: FormField.Shape? = nil
  ) throws -> FormField {
    try #require(
      document.form(at: place).first { $0.name == name && (shape == nil || $0.shape == shape) })
  }

  struct Edit: Sendable, CustomTestStringConvertible {
    var place: Int?
    var field: String
    var shape: FormField.Shape?
    var value: String
    var old: String
    var new: String
    var testDescription: String { "\(field) = \(value)" }
  }

  @Test(arguments: [
    Edit(
      place: nil, field: "description", value: "what: for", old: "pipeline: clicks\n",
      new: "pipeline: clicks\ndescription: \"what: for\"\n"),
    Edit(
      place: nil, field: "checkpoint.every", value: "5 s", old: "pipeline: clicks\n",
      new: "pipeline: clicks\ncheckpoint: { every: 5 s }\n"),
    Edit(place: nil, field: "pipeline", value: "", old: "pipeline: clicks\nsteps", new: "steps"),
    Edit(
      place: 1, field: "columns.cost", value: "price: BIGINT", old: "cost: DOUBLE",
      new: "price: BIGINT"),
    Edit(place: 1, field: "columns.ad", value: "", old: "ad: STRING, ", new: ""),
    Edit(
      place: 1, field: "columns", shape: .newPair, value: "user: STRING", old: "cost: DOUBLE }",
      new: "cost: DOUBLE, user: STRING }"),
    Edit(
      place: 1, field: "watermark.out_of_orderness", value: "",
      old: "    watermark: { out_of_orderness: 5 s }\n", new: ""),
    Edit(
      place: 2, field: "filter", value: "cost > 2",
      old: ">-\n      cost > 1\n      AND ad <> 'x'\n",
      new: "cost > 2\n"),
    Edit(
      place: 3, field: "derive", shape: .newPair, value: "half: cost / 2",
      old: "      cents: cost * 100\n", new: "      cents: cost * 100\n      half: cost / 2\n"),
    Edit(
      place: 3, field: "derive.cents", value: "", old: "derive:\n      cents: cost * 100\n",
      new: "derive:\n"),
    Edit(
      place: 5, field: "name", value: "minutes", old: "window: tumbling\n",
      new: "window: tumbling\n    name: minutes\n"),
    Edit(
      place: 6, field: "aggregate", shape: .newPair, value: "half: PERCENTILE(cost, 0.5)",
      old: "      n: COUNT(*)\n", new: "      n: COUNT(*)\n      half: PERCENTILE(cost, 0.5)\n"),
  ])
  func aFieldIsWrittenAndNothingElse(edit: Edit) throws {
    let field = try Self.field(edit.field, at: edit.place, shape: edit.shape)
    let edited = Self.document.setting(field, at: edit.place, to: edit.value)
    let expected = Self.text.replacing(edit.old, with: edit.new, maxReplacements: 1)
    #expect(edited.text == expected && expected != Self.text)
  }

  @Test func anEmptiedMappingTakesAPairAgain() throws {
    let field = try Self.field("derive.cents", at: 3)
    let empty = Self.document.setting(field, at: 3, to: "")
    #expect(empty.hasErrors)
    let again = empty.setting(
      try Self.field("derive", at: 3, empty, shape: .newPair), at: 3, to: "cents: cost * 100")
    #expect(again.text == Self.text)
  }

  @Test func aStepWithFaultsCanBeMended() throws {
    let field = try Self.field("size", at: 5)
    let broken = Self.document.setting(field, at: 5, to: "a while")
    #expect(broken.hasErrors && broken.step(at: 5) != nil)
    let fault = try #require(broken.diagnostics.first)
    #expect(broken.place(of: fault) == 5)
    let found = try #require(broken.field(of: fault, at: 5))
    #expect(found.field.name == "size" && found.characters == 0..<7)
    #expect(
      broken.setting(try Self.field("size", at: 5, broken), at: 5, to: "1 m").text == Self.text)
    // Also one whose kind is not known.
    let strange = PipelineDocument.parse(
      text: Self.text.replacing("window: tumbling", with: "window: round"), path: "/tmp/a.yaml")
    let kind = try #require(strange.form(at: 5).first)
    #expect(kind.choices.contains("tumbling"))
    #expect(strange.setting(kind, at: 5, to: "tumbling").text == Self.text)
  }

  @Test func aFaultInAnExpressionHasItsCharacters() throws {
    let field = try Self.field("derive.cents", at: 3)
    let broken = Self.document.setting(field, at: 3, to: "cents: cost * hundred")
    let fault = try #require(broken.diagnostics.first { $0.message.contains("hundred") })
    let found = try #require(broken.field(of: fault, at: 3))
    #expect(found.characters == 14..<21, "counted with the name")
  }

  @Test func whatASourceReadsIsKnownBehindIt() {
    #expect(Self.document.columns(into: 2).map(\.name) == ["at", "ad", "cost"])
    #expect(Self.document.columns(into: 6).map(\.name) == ["at", "ad", "cost", "cents"])
    #expect(
      Self.document.columns(into: 7).map(\.name).prefix(3) == ["ad", "window_start", "window_end"])
  }

  @Test(arguments: [
    ("json", "{\"t\":\"2026-01-01T00:00:00Z\",\"who\":\"ada\"}", "who: STRING"),
    ("csv", "t,who\n2026-01-01T00:00:00Z,ada\n2026-01-01T00:00:01Z,bob", "who: STRING"),
  ])
  func aParserBeginsWithTheColumnsOfTheLog(format: String, log: String, column: String) throws {
    let source = PipelineDocument.parse(text: "steps: []\n", path: "/tmp/a.yaml")
    let first = try #require(source.operators(at: 0).first { $0.kind == "source" })
    #expect(first.reason == nil)
    let read = try #require(source.inserting(step: source.starter(of: first, at: 0), at: 0))
    #expect(read.text == "steps:\n  - source: file\n    path: log.jsonl\n")
    let parser = try #require(read.operators(at: 1).first { $0.variant == format })
    let yaml = read.starter(of: parser, at: 1, lines: log.split(separator: "\n").map(String.init))
    #expect(yaml.contains(column) && yaml.contains("event_time: t") && !yaml.contains("#"))
  }

  @Test func everyStarterFitsWhereItIsOffered() throws {
    for place in 1...Self.document.stepCount {
      for choice in Self.document.operators(at: place) where choice.reason == nil {
        let yaml = Self.document.starter(of: choice, at: place)
        let edited = try #require(Self.document.inserting(step: yaml, at: place))
        #expect(edited.stepCount == Self.document.stepCount + 1)
        #expect(edited.step(at: place)?.kind == choice.kind, "\(choice.title) at \(place)")
      }
    }
  }

  // MARK: previews

  @Test func whatIsSoundRunsAndTheRestDoesNot() throws {
    let whole = PreviewPlan.make(Self.document)
    #expect(Set(whole.nodes.keys) == Set(0..<8))
    let broken = Self.document.setting(try Self.field("size", at: 5), at: 5, to: "a while")
    let partial = PreviewPlan.make(broken)
    #expect(Set(partial.nodes.keys) == [0, 1, 2, 3])
    let source = PipelineDocument.parse(
      text: "steps:\n  - source: file\n    path: a.jsonl\n", path: "/tmp/a.yaml")
    let plan = PreviewPlan.make(source)
    #expect(plan.graph.nodes.isEmpty && plan.source != nil)
  }

  // MARK: merging

  @Test func changesInDifferentPlacesAreBothTaken() {
    let base = "a\nb\nc\nd\ne\n"
    #expect(
      TextMerge.merge(base: base, mine: "a\nB\nc\nd\ne\n", theirs: "a\nb\nc\nd\nE\nf\n")
        == "a\nB\nc\nd\nE\nf\n")
    #expect(TextMerge.merge(base: base, mine: base, theirs: "x") == "x")
    #expect(TextMerge.merge(base: base, mine: "x", theirs: base) == "x")
    #expect(TextMerge.merge(base: base, mine: "a\nX\nc\nd\ne\n", theirs: "a\nY\nc\nd\ne\n") == nil)
    #expect(
      TextMerge.merge(base: base, mine: "a\nX\nc\nd\ne\n", theirs: "a\nX\nc\nd\ne\n")
        == "a\nX\nc\nd\ne\n")
  }

  /// Two people change different lines: the merge has what each has changed.
  @Test(arguments: 0..<50)
  func apartIsMerged(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let base = (0..<30).map { "line \($0)" }
    var (mine, theirs, both) = (base, base, base)
    for index in stride(from: 0, to: 30, by: 2) {
      let text = "changed \(Int.random(in: 0..<100, using: &random))"
      switch Int.random(in: 0..<4, using: &random) {
      case 0: (mine[index], both[index]) = (text, text)
      case 1: (theirs[index], both[index]) = (text, text)
      default: break
      }
    }
    func text(_ lines: [String]) -> String { lines.joined(separator: "\n") }
    #expect(
      TextMerge.merge(base: text(base), mine: text(mine), theirs: text(theirs)) == text(both))
  }

  @Test func aLogOfNoKnownFormatIsReadLineByLine() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/notes.txt"
    try Data("hello world\nthis is\n".utf8).write(to: URL(fileURLWithPath: path))
    #expect(throws: LogProposalFault.self) { try LogProposal.propose(path: path) }
    let proposal = try LogProposal.orPlain(path: path)
    let document = PipelineDocument.parse(text: proposal.text, path: proposal.path)
    #expect(!document.hasErrors && document.name == "notes")
    try Data().write(to: URL(fileURLWithPath: path))
    #expect(throws: LogProposalFault.self) { try LogProposal.orPlain(path: path) }
  }
}
