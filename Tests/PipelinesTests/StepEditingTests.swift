import Foundation
import Pipelines
import TestSupport
import Testing

/// Steps are added, moved, copied, renamed and removed in the text; everything else of it stays.
struct StepEditingTests {
  private static let text = """
    pipeline: clicks # its name

    # what is read
    steps:
      # the log
      # as it came
      - source: file
        path: a.jsonl
      - parse: json
        columns: { at: TIMESTAMP_LTZ(3), ad: STRING, cost: DOUBLE } # three
        event_time: at

      # only dear ones
      - filter: cost > 1
        name: dear
      - key_by: [ad]
      - window: tumbling
        name: minutes
        size: 1 m
      - aggregate:
          n: COUNT(*)
      - sink: file
        path: out/a.jsonl
      - sink: file
        from: minutes.late # those too late
        path: out/late.jsonl

    parallelism: 2 # at the end
    """

  private static let document = PipelineDocument.parse(text: text, path: "/tmp/a.yaml")

  private static func kinds(_ document: PipelineDocument?) -> [String] {
    document?.steps.map(\.kind) ?? []
  }

  @Test func aStepGoesWithTheCommentOverIt() throws {
    let moved = try #require(Self.document.moving(step: 2, to: 1))
    #expect(
      Self.kinds(moved).prefix(3) == ["source", "filter", "parse"])
    #expect(
      moved.text.contains("  # only dear ones\n  - filter: cost > 1\n    name: dear\n  - parse"))
    #expect(moved.moving(step: 1, to: 2)?.steps.map(\.kind) == Self.document.steps.map(\.kind))
    let first = try #require(Self.document.moving(step: 0, to: 1))
    #expect(first.text.contains("steps:\n  - parse: json"))
    #expect(
      first.text.contains("  # the log\n  # as it came\n  - source: file\n    path: a.jsonl\n"))
  }

  @Test func textThatIsNoYamlIsNeverTakenForNothing() throws {
    let broken = PipelineDocument.parse(text: Self.text + "\n  - what: [oops", path: "/tmp/a.yaml")
    #expect(broken.yamlFault?.line ?? 0 > 20)
    #expect(broken.inserting(step: "- sink: stdout", at: 0) == nil)
    #expect(Self.document.yamlFault == nil)
    for (text, expected) in [
      ("", "steps:\n  - sink: stdout\n"), ("# mine", "# mine\n\nsteps:\n  - sink: stdout\n"),
    ] {
      let empty = PipelineDocument.parse(text: text, path: "/tmp/a.yaml")
      #expect(empty.inserting(step: "- sink: stdout", at: 0)?.text == expected)
    }
  }

  @Test func aStepIsRemovedWithItsCommentAndNothingElse() throws {
    let removed = try #require(Self.document.removing(step: 2))
    #expect(
      removed.text
        == Self.text.replacingOccurrences(
          of: "  # only dear ones\n  - filter: cost > 1\n    name: dear\n", with: ""))
    let last = try #require(Self.document.removing(step: 7))
    #expect(last.text.hasSuffix("path: out/a.jsonl\n\nparallelism: 2 # at the end"))
  }

  @Test func aStepIsAddedWithTheIndentationOfTheOthers() throws {
    let yaml = "- derive:\n    dear: cost > 2\n"
    let added = try #require(Self.document.inserting(step: yaml, at: 3))
    #expect(Self.kinds(added)[3] == "derive")
    #expect(added.text.contains("    name: dear\n  - derive:\n      dear: cost > 2\n  - key_by"))
    let behind = try #require(Self.document.inserting(step: yaml, at: 8))
    #expect(behind.text.contains("late.jsonl\n  - derive:\n      dear: cost > 2\n\nparallelism"))
    #expect(Self.document.inserting(step: yaml, at: 9) == nil)
  }

  @Test func aCopyGetsANameOfItsOwn() throws {
    let once = try #require(Self.document.duplicating(step: 2))
    #expect(once.steps.compactMap { $0.name?.value } == ["dear", "dear_2", "minutes"])
    let twice = try #require(once.duplicating(step: 2))
    #expect(twice.steps.compactMap { $0.name?.value } == ["dear", "dear_3", "dear_2", "minutes"])
    #expect(!twice.hasErrors, "\(twice.renderedDiagnostics)")
  }

  @Test func whoReadsAStepReadsItUnderItsNewName() throws {
    let renamed = try #require(Self.document.renaming(step: 4, to: "per_minute"))
    #expect(
      renamed.text
        == Self.text.replacingOccurrences(of: "minutes", with: "per_minute"))
    #expect(!renamed.hasErrors, "\(renamed.renderedDiagnostics)")
    let named = try #require(Self.document.renaming(step: 3, to: "by_ad"))
    #expect(named.text.contains("- key_by: [ad]\n    name: by_ad\n"))
    #expect(Self.document.renaming(step: 4, to: "no name") == nil)
  }

  @Test func aListInBracketsIsEditedAsText() {
    let document = PipelineDocument.parse(
      text: "steps: [{source: file, path: a}, {sink: stdout}]", path: "/tmp/a.yaml")
    #expect(!document.hasEditableSteps && document.removing(step: 0) == nil)
  }

  @Test func theHistoryGoesBackAndForward() {
    var history = EditHistory("a")
    history.add("b", "first")
    history.add("b", "the same")
    history.add("c", "second")
    #expect(history.versions.map(\.words) == ["as it was opened", "first", "second"])
    #expect(history.undo() && history.undo() && !history.undo() && history.text == "a")
    #expect(history.redo() && history.text == "b")
    history.add("d", "third")
    #expect(!history.canRedo && history.versions.map(\.text) == ["a", "b", "d"])
  }

  /// Whatever is done, in whatever order: the text stays YAML with the steps that are meant, no
  /// comment is lost but with the step that it speaks of, and undoing brings the same text back.
  @Test(arguments: 0..<40)
  func editsAndUndosInAnyOrder(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    var document = Self.document
    var history = EditHistory(document.text)
    var comments = Set(
      Self.text.split(separator: "\n").filter { $0.contains("#") }.map(Self.comment))
    let yaml = ["- derive:\n    x: cost * 2", "# new\n- filter: ad = 'a'\n", "- sink: stdout"]
    for step in 0..<30 {
      let count = try #require(Self.items(document))
      let kinds = Self.kinds(document)
      let place = Int.random(in: 0..<count, using: &random)
      let edited: PipelineDocument?
      switch Int.random(in: 0..<7, using: &random) {
      case 0 where count > 2:
        edited = document.removing(step: place)
        #expect(edited.flatMap(Self.items) == count - 1)
        comments = []
      case 1:
        let to = Int.random(in: 0..<count, using: &random)
        edited = document.moving(step: place, to: to)
        #expect(edited.flatMap(Self.items) == count)
        #expect(Self.kinds(edited).sorted() == kinds.sorted())
      case 2:
        edited = document.duplicating(step: place)
        #expect(edited.flatMap(Self.items) == count + 1)
      case 3:
        edited = document.renaming(step: place, to: "n\(step)")
        #expect(edited.flatMap(Self.items) == count)
      case 4:
        edited = document.inserting(
          step: yaml.randomElement(using: &random) ?? "",
          at: Int.random(in: 0...count, using: &random))
        #expect(edited.flatMap(Self.items) == count + 1)
      case 5:
        let options = document.editableOptions
        edited = options.randomElement(using: &random).map {
          document.setting($0, to: $0.choices.randomElement(using: &random) ?? "5 m")
        }
      default:
        _ = history.undo()
        document = .parse(text: history.text, path: document.path)
        comments = []
        continue
      }
      let next = try #require(edited, "step \(step)")
      #expect(next.root != nil, "step \(step):\n\(next.text)")
      for comment in comments { #expect(next.text.contains(comment), "step \(step): \(comment)") }
      history.add(next.text, "\(step)")
      document = next
    }
    while history.undo() {}
    #expect(history.text == Self.text)
  }

  private static func comment(_ line: Substring) -> String {
    String(line[(line.firstIndex(of: "#") ?? line.startIndex)...])
  }

  private static func items(_ document: PipelineDocument) -> Int? {
    document.root?.mapping?.first { $0.key == "steps" }?.value.sequence?.count
  }
}
