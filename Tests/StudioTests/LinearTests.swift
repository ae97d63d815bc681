import Runtime
import Terminal
import Testing

@testable import Studio

/// The studio in plain lines: the same as on the screen, in words, and only what is new.
@Suite struct LinearTests {
  private final class Spoken {
    var lines: [String] = []
  }

  private func studio(_ spoken: Spoken) -> LinearStudio {
    LinearStudio(
      entries: Scene.entries, path: "a.yaml", open: { _ in Scene.opened() },
      write: { spoken.lines.append($0) })
  }

  /// What a command makes it say.
  private func said(_ studio: LinearStudio, _ spoken: Spoken, _ command: String) -> [String] {
    spoken.lines = []
    studio.take(command)
    return spoken.lines
  }

  @Test func aCommandIsAnsweredByWhatItChanged() {
    let spoken = Spoken()
    let studio = studio(spoken)
    #expect(spoken.lines.contains("paused after 0 records of 1,200, speed 10"))
    let step = said(studio, spoken, "go to 143")
    #expect(step.contains("paused after 143 records of 1,200, speed 10"))
    #expect(step.contains("watermark 12:00:52.938"))
    #expect(!step.contains { $0.hasPrefix("pipeline ") }, "what has not changed is not said again")
    #expect(step.contains { $0.hasPrefix("window of ad-3, 12:00:50 to 12:01:00, open, 5 rows") })
    // A key, a title and an id are one command.
    let key = said(studio, spoken, ".")
    #expect(key.contains("paused after 144 records of 1,200, speed 10"))
    #expect(said(studio, spoken, "step back").contains { $0.hasPrefix("paused after 143") })
    #expect(
      said(studio, spoken, "replay.step-forward").contains { $0.hasPrefix("paused after 144") })
    #expect(said(studio, spoken, "all").contains { $0.hasPrefix("pipeline ad-clicks") })
  }

  @Test func everyScreenIsSaidInWordsAlone() {
    let spoken = Spoken()
    let studio = studio(spoken)
    studio.take("go to 143")
    for command in ["w", "Esc", "3", "Enter", "4", "5", "6", "l", "l", "?", "Esc", "1"] {
      studio.take(command)
    }
    let signs = Set(spoken.lines.joined().unicodeScalars.filter { !$0.isASCII })
    #expect(signs.isEmpty, "\(signs)")
    for words in [
      "inserted", "dead letters", "in order", "checkpoint 1 completed", "event, record",
    ] {
      #expect(spoken.lines.contains { $0.contains(words) }, "\(words)")
    }
  }

  @Test func whatIsNotKnownIsSaidAndHelpSaysWhatIs() {
    let spoken = Spoken()
    let studio = studio(spoken)
    #expect(said(studio, spoken, "fly") == ["unknown: fly; help lists what can be said here"])
    let help = said(studio, spoken, "help")
    #expect(help.contains { $0.hasPrefix("]: Next firing") })
    #expect(
      help.contains { $0.hasPrefix(",: Step back") && $0.contains("not now: this is the start") })
    studio.take("q")
    #expect(studio.hasEnded)
  }

  @Test func theScreenSaysTheSameOnRequest() throws {
    var state = try Scene.run()
    _ = reduce(&state, .action(.linear))
    #expect(drawStudio(state, theme: .dark).grid.text.contains("paused after 143 records"))
  }
}
