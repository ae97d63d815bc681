import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Terminal

@Suite(.timeLimit(.minutes(1))) struct ThemeWatcherTests {
  /// A watcher of one folder, and the wakes it sends.
  private final class Watch {
    private let own: TemporaryFolder
    let folder: String
    private let watcher: ThemeWatcher
    private let woken = DispatchSemaphore(value: 0)

    init(isFolderThere: Bool = true) throws {
      own = try TemporaryFolder()
      folder = own.path + "/config/themes"
      if isFolderThere {
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true)
      }
      watcher = ThemeWatcher(ThemeCatalog(folders: [folder])) { [woken] in woken.signal() }
    }

    deinit { watcher.stop() }

    func write(_ text: String, _ name: String) throws {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }

    /// Waits until the watcher tells of a change that is so; nothing is looked at in between.
    func next(_ isSo: (ThemeWatcher.Change) -> Bool) -> ThemeWatcher.Change {
      while true {
        woken.wait()
        if let change = watcher.takeChange(), isSo(change) {
          #expect(watcher.takeChange() == nil)
          return change
        }
      }
    }
  }

  private static func accent(_ name: String, in change: ThemeWatcher.Change) -> Color? {
    change.themes.first { $0.name == name }?[.accent].foreground
  }

  @Test func `a file that is written, and one renamed to its place, are read again`() throws {
    let watch = try Watch()
    try watch.write("inherits: dark\nroles: {accent: \"#102030\"}", "mine.yaml")
    let written = watch.next { Self.accent("mine", in: $0) == .rgb(16, 32, 48) }
    #expect(written.themes.map(\.name) == BuiltInThemes.names + ["mine"])
    #expect(written.faults == [])
    // As vim, emacs and most others save.
    try watch.write("inherits: dark\nroles: {accent: \"#405060\"}", ".mine.swp")
    #expect(rename(watch.folder + "/.mine.swp", watch.folder + "/mine.yaml") == 0)
    _ = watch.next { Self.accent("mine", in: $0) == .rgb(64, 80, 96) }
    // And again: the file that was watched for is another one now.
    try watch.write("inherits: dark\nroles: {accent: \"#708090\"}", "mine.yaml")
    _ = watch.next { Self.accent("mine", in: $0) == .rgb(112, 128, 144) }
    try FileManager.default.removeItem(atPath: watch.folder + "/mine.yaml")
    _ = watch.next { !$0.themes.contains { $0.name == "mine" } }
  }

  @Test func `faults come with their lines, and the other themes stay`() throws {
    let watch = try Watch()
    try watch.write("inherits: dark\nroles:\n  accent: blu\n", "mine.yaml")
    let change = watch.next { !$0.faults.isEmpty }
    #expect(change.faults.map { "\($0.line):\($0.column)" } == ["3:11"])
    #expect(change.faults[0].remedy.contains("did you mean \"blue\""))
    #expect(change.themes.map(\.name) == BuiltInThemes.names)
    try watch.write("inherits: dark\nroles:\n  accent: blue\n", "mine.yaml")
    _ = watch.next { Self.accent("mine", in: $0) == .ansi(4) && $0.faults.isEmpty }
    // Half an edit does not take away what is in use.
    try watch.write("inherits: dark\nroles:\n  accent: \n", "mine.yaml")
    let broken = watch.next { !$0.faults.isEmpty }
    #expect(Self.accent("mine", in: broken) == .ansi(4))
  }

  @Test func `a folder made later is watched from then on`() throws {
    let watch = try Watch(isFolderThere: false)
    try FileManager.default.createDirectory(
      atPath: watch.folder, withIntermediateDirectories: true)
    try watch.write("inherits: light", "mine.yaml")
    _ = watch.next { $0.themes.contains { $0.name == "mine" } }
    try watch.write("inherits: light\nroles: {accent: red}", "mine.yaml")
    _ = watch.next { Self.accent("mine", in: $0) == .ansi(1) }
  }
}
