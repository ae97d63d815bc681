import Pipelines
import Testing

@Test func theExampleOfTheDesignPasses() {
  #expect(check(Examples.clicks).renderedDiagnostics == "")
}

@Test func faultsStandUnderTheTextTheyMean() {
  let document = PipelineDocument.parse(
    text: Examples.clicks.replacing("filter: country", with: "filter: contry"), path: "clicks.yaml")
  #expect(
    document.renderedDiagnostics == """
      clicks.yaml:16:13: error: column 'contry' is not known here
        16 |   - filter: contry IN ('DE', 'FR')
           |             ^^^^^^ did you mean 'country'? columns: click_time, ad_id, user, country, cost
      """)
}

@Test func allFaultsOfAFileAreSaidAtOnce() {
  let text = Examples.clicks
    .replacing("filter: country", with: "filter: contry")
    .replacing("size: 1 m", with: "size: 1 min ute")
    .replacing("SUM(cost)", with: "SUM(ad_id)")
    .replacing("parallelism: 2", with: "paralelism: 2")
  #expect(codes(text) == ["E050", "E020", "E052", "E010"])
}

@Test func caretsStayStraightBehindTabsAndWideCharacters() {
  let text = Examples.afterParse(
    "- filter: country = '日本' AND\tcontry = 'é' AND 日 = 1\n- sink: file\n  path: o")
  #expect(
    check(text).renderedDiagnostics.contains(
      """
        9 |   - filter: country = '日本' AND    contry = 'é' AND 日 = 1
          |                                     ^^^^^^ did you mean 'country'?
      """))
}

@Test func expressionsAreMappedThroughQuotesEscapesAndBlocks() throws {
  let forms = [
    "- filter: country = 'x' OR contry = 'y'",
    "- filter: 'country = ''x'' OR contry = ''y'''",
    "- filter: \"country = '\\u0078' OR contry = 'y'\"",
    "- filter: |\n    country = 'x'\n      OR contry = 'y'",
    "- filter: >\n    country = 'x'\n    OR contry = 'y'",
    "- filter: >-\n    country = 'x'\n\n    OR contry = 'y'\n",
    "- filter: country = 'x'\n    OR contry = 'y'",
    "- filter: 'country = ''x''\n    OR contry = ''y'''",
    "- derive: { z: \"country = 'x' OR contry = 'y'\" }",
  ]
  for form in forms {
    let text = Examples.afterParse("\(form)\n- sink: file\n  path: o")
    let fault = try #require(check(text).diagnostics.first { $0.code == "E050" })
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let marked = lines[fault.line - 1].dropFirst(fault.column - 1).prefix(fault.length)
    #expect(marked == "contry", "\(form)")
  }
}

@Test func diagnosticsAreJSONForEditors() {
  let document = check(Examples.afterParse("- sink: fil\n  path: o"))
  #expect(
    DiagnosticRenderer.json(document.diagnostics) == """
      [
        {
          "code" : "E014",
          "column" : 11,
          "file" : "p.yaml",
          "hint" : "did you mean 'file'? known: file, stdout, sqlite",
          "length" : 3,
          "line" : 9,
          "message" : "there is no sink 'fil'",
          "severity" : "error"
        }
      ]
      """)
}

@Test func controlCharactersOfAFileDoNotReachTheTerminal() {
  let text = Examples.afterParse("- filter: \"country = '\\e[31m' AND contry\"\n- sink: \u{1b}[2J")
  #expect(!check(text).renderedDiagnostics.contains("\u{1b}"))
}

@Test func anyBytesAreADocument() {
  var seed: UInt64 = 7
  func random(_ bound: Int) -> Int {
    seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(seed >> 33) % bound
  }
  let base = Array(Examples.clicks.utf8)
  for _ in 0..<400 {
    var bytes = base
    for _ in 0...random(4) {
      let at = random(bytes.count)
      switch random(4) {
      case 0: bytes[at] = UInt8(random(256))
      case 1: bytes.remove(at: at)
      case 2: bytes.insert(contentsOf: Array("[{:-&*|>'\"\n\t ".utf8).shuffled().prefix(3), at: at)
      default: bytes.removeSubrange(at..<min(bytes.count, at + random(60)))
      }
    }
    let document = PipelineDocument.parse(bytes: bytes, path: "f.yaml")
    _ = document.renderedDiagnostics
    _ = Planner.plan(document)
  }
}

@Test(arguments: [
  ("/nowhere/p.yaml", "No such file or directory", "check the path"),
  ("/tmp", "Is a directory", "name the pipeline file in it"),
  ("/dev/null/p.yaml", "Not a directory", "check the path"),
])
func aFileThatCannotBeReadIsSaidWithARemedy(_ path: String, _ reason: String, _ remedy: String)
  throws
{
  let fault = try #require(PipelineDocument.load(path: path).diagnostics.first)
  #expect(fault.message == "the file cannot be read: \(reason)")
  #expect(fault.hint?.hasPrefix(remedy) == true)
}

@Test func textsThatWouldChokeAParserAreRefused() {
  #expect(codes(String(repeating: "[", count: 500_000)) == ["E007"])
  #expect(codes(String(repeating: "- ", count: 400_000)) == ["E007"])
  #expect(codes(String(repeating: "a", count: 1_100_000)) == ["E003"])
  #expect(codes("steps: [" + String(repeating: "a,", count: 500_000) + "]") == ["E018"])
  let indented = String(repeating: " ", count: 4000) + String(repeating: "a ", count: 500_000)
  #expect(codes(indented) == ["E010"])
  #expect(codes("a: &x [1]\nb: [*x, *x]\n") == ["E006"])
  #expect(codes("steps: \u{0}") == ["E008"])
  #expect(codes("") == ["E011"])
  #expect(codes("# nothing\n") == ["E011"])
  let invalid = PipelineDocument.parse(bytes: Array("steps:\n  a: ".utf8) + [0xFF], path: "p")
  #expect(invalid.diagnostics.map { [$0.line, $0.column] } == [[2, 6]])
  #expect(PipelineDocument.load(path: "/nonexistent/p.yaml").diagnostics.map(\.code) == ["E001"])
  #expect(PipelineDocument.load(path: "/").diagnostics.map(\.code) == ["E001"])
}

@Test func byteOrderMarksAndWindowsLineEndsArePassedOver() {
  let text = "\u{FEFF}" + Examples.clicks.replacing("\n", with: "\r\n")
  #expect(check(text).renderedDiagnostics == "")
  let wrong = text.replacing("filter: country", with: "filter: contry")
  #expect(check(wrong).diagnostics.map { [$0.line, $0.column, $0.length] } == [[16, 13, 6]])
}

@Test func aValueIsEditedAtItsPlaceAndCommentsStay() throws {
  let document = check(Examples.clicks)
  let window = try #require(document.steps.first { $0.kind == "window" })
  let size = try #require(window.option("size"))
  let edited = document.replacing(size.range, with: "5 m")
  #expect(edited.text == Examples.clicks.replacing("size: 1 m", with: "size: 5 m"))
  #expect(!edited.hasErrors)
}
