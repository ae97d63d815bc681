import Foundation
import Pipelines
import Synchronization
import TestSupport
import Testing

@testable import Studio

/// What is asked for is done on another thread, in its order, and nothing that was to be kept is lost.
@Suite struct ComposeWorkerTests {
  /// What was kept, by path, and how often.
  private final class Kept: Sendable {
    let texts = Mutex<[String]>([])
  }

  private func worker(_ kept: Kept, _ inbox: Inbox, reading file: String? = nil) -> ComposeWorker {
    ComposeWorker(
      ComposeFiles(
        open: { ComposedFile(path: $0, text: "steps: []\n", onDisk: "steps: []\n") },
        new: { throw NoFiles() },
        keep: { text, _, _ in kept.texts.withLock { $0.append(text ?? "") } },
        save: { _, _ in },
        read: { _ in file.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) } }),
      wake: { inbox.wake() })
  }

  private func news(
    _ worker: ComposeWorker, _ inbox: Inbox, until isDone: (ComposeNews) -> Bool
  ) -> [ComposeNews] {
    var all: [ComposeNews] = []
    repeat {
      guard inbox.wait() else { return all }
      all += worker.takeEvents().compactMap {
        if case .composed(let news) = $0 { news } else { nil }
      }
    } while !all.contains(where: isDone)
    return all
  }

  @Test func everyEditIsKeptBeforeItStops() {
    let kept = Kept()
    let worker = worker(kept, Inbox())
    for number in 0..<50 {
      worker.perform(.preview(text: "steps: []\n# \(number)", path: "a.yaml"))
      worker.perform(.keep(text: "\(number)", base: nil, path: "a.yaml"))
    }
    worker.stop()
    #expect(kept.texts.withLock { $0 } == (0..<50).map { "\($0)" })
  }

  @Test func thePreviewOfTheNewestVersionComesWhateverElseIsAskedFor() {
    let (kept, inbox) = (Kept(), Inbox())
    let worker = worker(kept, inbox)
    defer { worker.stop() }
    for number in 0...30 {
      worker.perform(.preview(text: "steps: []\n# \(number)", path: "a.yaml"))
      worker.perform(.keep(text: "\(number)", base: nil, path: "a.yaml"))
    }
    let last = "steps: []\n# 30"
    let news = news(worker, inbox) {
      if case .previewed(let seen) = $0 { seen.text == last } else { false }
    }
    #expect(!news.isEmpty)
  }

  @Test func aChangeOutsideIsTold() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/a.yaml"
    try Data("one".utf8).write(to: URL(fileURLWithPath: path))
    let inbox = Inbox()
    let worker = worker(Kept(), inbox, reading: path)
    defer { worker.stop() }
    worker.perform(.open(path: path))
    _ = news(worker, inbox) { if case .opened = $0 { true } else { false } }
    try Data("two".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    let told = news(worker, inbox) {
      if case .changedOutside(let text, _) = $0 { text == "two" } else { false }
    }
    #expect(!told.isEmpty)
  }

  @Test func aFileThatIsAnotherThanWasSeenIsNotWrittenOver() {
    let saved = Mutex<[String]>([])
    let files = ComposeFiles(
      open: { _ in throw NoFiles() }, new: { throw NoFiles() }, keep: { _, _, _ in },
      save: { text, _ in saved.withLock { $0.append(text) } }, read: { _ in "theirs" })
    let desk = ComposeDesk(files: files)
    let answer = desk.answer(.save(text: "mine", expected: "old", path: "a.yaml"))
    #expect(answer == .changedOutside(text: "theirs", path: "a.yaml"))
    guard case .failed? = desk.answer(.save(text: "mine", expected: nil, path: "a.yaml")) else {
      Issue.record("a file that is there was written over")
      return
    }
    #expect(saved.withLock { $0.isEmpty })
    #expect(
      desk.answer(.save(text: "mine", expected: "theirs", path: "a.yaml"))
        == .saved(text: "mine", path: "a.yaml"))
    #expect(saved.withLock { $0 } == ["mine"])
  }
}
