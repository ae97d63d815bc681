import Engine
import Pipelines
import Runtime
import Terminal
import Testing

@testable import Studio

/// A key means one thing, what is said is true, and a draft is called one.
@Suite struct ComposeKeyTests {
  @Test func composeIsNotLeftByOneKeyTooMany() {
    let studio = Composing(text: Composing.clicks)
    studio.press("1")
    #expect(studio.state.screen == .compose)
    studio.press("Esc", "Esc")
    #expect(studio.state.screen == .compose)
    #expect(studio.state.notice?.contains("Ctrl-O") == true)
    studio.press("Ctrl-O")
    #expect(studio.state.screen == .gallery)
    studio.press("1")
    #expect(studio.state.screen == .compose)
  }

  @Test func theFocusReturnsAfterNaming() throws {
    let studio = Composing(text: Composing.clicks)
    studio.select(2)
    studio.press("n")
    studio.type("dear")
    studio.press("Enter")
    #expect(studio.compose.document.stepTitle(at: 2).name == "dear")
    #expect(studio.compose.focus == .chain && studio.footer.contains("d remove step"))
    studio.press("n", "Esc")
    #expect(studio.compose.focus == .chain)
    studio.press("d")
    #expect(!studio.compose.text.contains("filter"))
    studio.press("u", "Enter")
    #expect(studio.footer.contains("d clear field"))
  }

  @Test func faultsAreVisitedOneAfterAnother() throws {
    let late = "  - sink: file\n    from: minutes.late\n    path: out/late.jsonl\n"
    let studio = Composing(text: Composing.clicks + late)
    studio.select(4)
    studio.press("d")
    let faults = studio.compose.document.diagnostics
    let places = faults.map { studio.compose.document.place(of: $0) }
    try #require(faults.count > 1, "\(faults)")
    var seen: [String] = []
    for _ in 0..<(faults.count * 2) {
      studio.press("]")
      seen.append(String(studio.state.notice?.prefix { $0 != " " } ?? ""))
    }
    #expect(seen == (0..<(faults.count * 2)).map { "\($0 % faults.count + 1)" }, "\(places)")
    studio.press("[")
    #expect(studio.state.notice?.hasPrefix("\(faults.count - 1) of") == true)
  }

  @Test func whatIsRequiredIsNotTakenAwayInSilence() throws {
    let studio = Composing(text: Composing.clicks)
    studio.select(4)
    try studio.go(to: "size")
    studio.press("Enter", "Ctrl-U", "Enter")
    #expect(studio.compose.edit?.fault?.message == "size is required")
    #expect(studio.picture.contains("size is required"))
    studio.press("Esc")
    #expect(studio.compose.text == Composing.clicks)
    try studio.go(to: "window")
    studio.press("Enter", "Ctrl-U", "Enter")
    #expect(studio.compose.edit?.fault?.message == "window is required")
  }

  @Test func aBranchSaysWhichStepsHaveOne() {
    let studio = Composing(text: Composing.clicks)
    studio.select(3)
    studio.press("b")
    #expect(studio.state.notice?.contains("parse, filter, derive, window and aggregate") == true)
    #expect(studio.state.notice?.contains("key_by") == true)
  }

  @Test func theFooterNamesTheKeysThatWorkHere() throws {
    let studio = Composing(text: Composing.clicks)
    studio.select(2)
    try studio.go(to: "filter")
    studio.press("Enter", "Ctrl-U")
    studio.type("us")
    #expect(studio.footer.contains("Tab completes"))
    studio.press("Esc", "Esc", "H")
    #expect(studio.footer.contains("Enter go there"))
    studio.press("Esc", "w")
    #expect(studio.footer.contains(". step") && studio.footer.contains("Home first"))
    studio.press("Esc")
    // What is said does not hide them.
    studio.handle(.composed(.edited(Composing.clicks + "parallelism: 2\n")))
    #expect(studio.footer.contains("a add"))
    #expect(studio.picture.contains("taken from the editor"))
    studio.select(4)
    try studio.set("size", "2 m")
    let theirs = Composing.clicks.replacing("size: 1 m", with: "size: 9 m")
    studio.handle(.composed(.changedOutside(text: theirs, path: studio.compose.path)))
    #expect(
      studio.footer.contains("Enter takes theirs") && studio.footer.contains("Esc leave it"))
  }

  // MARK: saving

  @Test func itIsSavedUnderAnotherName() throws {
    let studio = Composing(text: Composing.clicks)
    let old = studio.compose.path
    studio.select(4)
    try studio.set("size", "2 m")
    #expect(studio.drafts[old] != nil)
    studio.press("S", "Ctrl-U")
    studio.type("other")
    studio.press("Enter")
    let new = "\(Composing.samples)/templates/other.yaml"
    #expect(studio.compose.path == new && studio.compose.isSaved)
    #expect(studio.onDisk[new] == studio.compose.text && studio.onDisk[old] == Composing.clicks)
    #expect(studio.drafts[old] == nil && studio.drafts[new] == nil)
    // Another file is never written over.
    studio.press("S", "Ctrl-U")
    studio.type("pipeline.yaml")
    studio.press("Enter")
    #expect(studio.onDisk[old] == Composing.clicks && studio.compose.path == new)
  }

  @Test func aDraftIsCalledOne() throws {
    let studio = Composing()
    studio.add("source: file")
    let path = studio.compose.path
    #expect(studio.state.settings.drafts == [path])
    #expect(studio.state.settings.recentFiles.contains(path))
    studio.press("Esc", "Ctrl-O")
    #expect(studio.picture.contains("A draft that is kept"))
    studio.press("1", "s", "Ctrl-U")
    studio.type("mine")
    studio.press("Enter")
    #expect(studio.state.settings.drafts == nil)
    #expect(!studio.state.settings.recentFiles.contains(path))
  }

  @Test func anExplanationScrollsWhereItDoesNotFit() throws {
    let studio = Composing(size: Size(80, 24), text: Composing.clicks)
    studio.select(4)
    studio.press("w")
    guard case .example(let shown)? = studio.state.overlay else {
      Issue.record("nothing is shown")
      return
    }
    let last = OverlayView.exampleLastScroll(shown, studio.state.size)
    #expect(last > 0 && studio.picture.contains("▼") && studio.picture.contains("of 10"))
    for _ in 0..<last { studio.press("PageDown") }
    guard case .example(let scrolled)? = studio.state.overlay else { return }
    #expect(scrolled.scroll == last && scrolled.frame == shown.frame)
  }
}
