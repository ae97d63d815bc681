import Pipelines
import Terminal
import Testing

@testable import Studio

/// What could stand in a field is offered where it is not easily known by heart.
@Suite struct ComposeCompletionTests {
  @Test func triggersAndTimeZonesAreCompleted() throws {
    let studio = Composing(text: Composing.clicks)
    studio.select(4)
    try studio.go(to: "early")
    studio.press("Enter")
    #expect(studio.compose.edit?.completions.map(\.text).contains("on each row") == true)
    studio.type("every 10")
    #expect(studio.compose.edit?.completions.map(\.text).contains("every 10 s") == true)
    studio.type(" r")
    studio.press("Tab")
    #expect(studio.compose.edit?.entry.text == "every 10 rows")
    studio.press("Enter")
    #expect(studio.compose.text.contains("early: every 10 rows"))
    try studio.go(to: "time_zone")
    studio.press("Enter", "Ctrl-U")
    studio.type("new york")
    studio.press("Tab")
    #expect(studio.compose.edit?.entry.text == "America/New_York")
    #expect(studio.compose.edit?.fault?.message.contains("unknown") != true)
  }

  @Test func aUnitIsOfferedBehindANumberAlsoWhereOneStood() throws {
    let studio = Composing(text: Composing.clicks)
    studio.select(4)
    try studio.go(to: "size")
    studio.press("Enter", "Backspace")
    #expect(studio.compose.edit?.completions.map(\.text).contains("1 h") == true)
    studio.press("Esc")
    try studio.go(to: "allowed_lateness")
    studio.press("Enter")
    studio.type("90 s")
    #expect(studio.compose.edit?.completions.map(\.text) == [])
  }

  @Test func aStepWithoutALengthHasItsOtherWords() throws {
    let studio = Composing(text: Composing.clicks)
    studio.select(4)
    try studio.set("late", "update")
    try studio.set("allowed_lateness", "30 s")
    try studio.set("size", "x")
    #expect(studio.compose.document.stepWords(at: 4) == "late update for 30 s")
  }
}
