import Foundation
import Testing

/// Whatever a log holds, every record is accepted or becomes a dead letter with a reason; nothing
/// is lost, nothing crashes, and the size of batches does not matter.
@Suite struct BadInput {
  @Test func theCorpusHasEnoughCases() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: BadInputCase.folder)
    #expect(Set(files) == Set(BadInputCase.all.map(\.file) + ["index.tsv"]))
    #expect(BadInputCase.all.count >= 200)
  }

  @Test(arguments: BadInputCase.all)
  func eachRecordIsAcceptedOrADeadLetter(_ test: BadInputCase) throws {
    let text = BadInputCase.pipeline(test.format, path: test.file)
    let whole = try BadInputOutcome.run(text, folder: BadInputCase.folder, batch: 8192)
    #expect(whole.isBalanced && whole.read == whole.rows.count + whole.dead.count)
    let single = try BadInputOutcome.run(text, folder: BadInputCase.folder, batch: 1)
    #expect(whole == single, "batches of one record")
    let isExpected =
      whole.rows.count == test.accepted && whole.reasons.count == test.dead.count
      && zip(whole.reasons, test.dead).allSatisfy { $0.hasPrefix($1) }
    #expect(
      isExpected,
      "\(test.file)\t\(whole.rows.count)\t\(whole.dead.count)\t\(whole.reasons.joined(separator: " | "))"
    )
  }

  /// The real program, on one of each format and of the worst.
  @Test func theProgramKeepsThePromiseToo() throws {
    let place = try Workplace()
    for test in BadInputCase.all where Self.isSampled(test) {
      try FileManager.default.copyItem(
        atPath: "\(BadInputCase.folder)/\(test.file)", toPath: "\(place.folder)/\(test.file)")
      try place.write("p.yaml", BadInputCase.pipeline(test.format, path: test.file))
      let outcome = try Program.run("run", "--fresh", "p.yaml", in: place.folder)
      #expect(outcome.status == 0, "\(test.file): \(outcome.errors)")
      #expect(outcome.errors.contains("every record is accounted for"))
      let dead = place.read("dead.jsonl").split(separator: "\n")
      #expect(dead.count == test.dead.count, "\(test.file)")
    }
  }

  private static func isSampled(_ test: BadInputCase) -> Bool {
    ["escapes", "-elf", "utf16-le", "deep-open", "header-wide", "costly", "quote-open.", "-vhost"]
      .contains { test.file.contains($0) }
  }
}
