import Columns
import Engine
import Glibc
import TestSupport
import Testing

@testable import Connectors

private let targets = ["out.jsonl", "parts/"]

/// The states of a transaction: what a restore makes of each, and what stands in its way.
@Suite struct FileSinkRecoveryTests {
  // MARK: States

  @Test(arguments: targets)
  func inProgressIsRemoved(_ path: String) throws {
    let target = try FileTarget(path, .jsonl)
    let sink = target.makeSink()
    try sink.open(restoring: nil)
    let first = try target.add(0..<2, to: sink, checkpoint: 1)
    // More than is kept in memory, so that some of it is in the file.
    for _ in 0..<2000 { try sink.write(FileTarget.rows(0..<10)) }
    #expect(try target.staged.count == 1)
    try target.makeSink().open(restoring: [first])
    #expect(try target.clicks() == "0 1")
    #expect(try target.staged == [])
  }

  @Test(arguments: targets)
  func pendingIsCommittedWhereTheCheckpointNamesItAndElseRemoved(_ path: String) throws {
    for isNamed in [false, true] {
      let target = try FileTarget(path, .jsonl)
      let sink = target.makeSink()
      try sink.open(restoring: nil)
      let first = try target.add(0..<1, to: sink, checkpoint: 1)
      var pending: [SinkHandle] = []
      for number in 2...4 as ClosedRange<Int64> {
        try sink.write(FileTarget.rows(number..<number + 1))
        pending.append(try sink.prepare(checkpoint: number))
      }
      #expect(try target.staged.count == 3)
      #expect(try target.clicks() == "0")
      // The last one's checkpoint was not complete.
      try target.makeSink().open(restoring: isNamed ? Array(pending.dropLast()) : [first])
      #expect(try target.clicks() == (isNamed ? "0 2 3" : "0"))
      #expect(try target.staged == [])
    }
  }

  @Test func anAppendThatWasCutShortIsRepeated() throws {
    for written in 0...24 {
      let target = try FileTarget("out.jsonl", .jsonl)
      let sink = target.makeSink()
      try sink.open(restoring: nil)
      try target.add(0..<1, to: sink, checkpoint: 1)
      try sink.write(FileTarget.rows(1..<2))
      let second = try sink.prepare(checkpoint: 2)
      let staged = try FileSystem().contents(of: target.stagingFile(2))
      let whole = try FileSystem().contents(of: target.folder.path("out.jsonl"))
      try target.folder.write("out.jsonl", whole + staged.prefix(written))
      let again = target.makeSink()
      try again.open(restoring: [second])
      #expect(try target.clicks() == "0 1")
      #expect(again.notices == [])
    }
  }

  /// A run that had gone back comes to the numbers of the one before.
  @Test(arguments: targets)
  func stagingFilesOfAnotherRunUnderTheSameNumberAreNotThoseOfTheCheckpoint(_ path: String) throws {
    let target = try FileTarget(path, .jsonl)
    let sink = target.makeSink()
    try sink.open(restoring: nil)
    let handles = try (1...3 as ClosedRange<Int64>).map {
      try target.add($0..<$0 + 1, to: sink, checkpoint: $0)
    }
    let back = target.makeSink()
    try back.open(restoring: [handles[0]])
    for number in 2...3 as ClosedRange<Int64> {
      try target.add(number..<number + 1, to: back, checkpoint: number)
    }
    for number in 2...3 as ClosedRange<Int64> {
      try FileSystem().writeNew([], to: target.stagingPath(number))
    }
    #expect(try target.staged.count == 2)
    try target.makeSink().open(restoring: Array(handles[1...]))
    #expect(try target.clicks() == "1 2 3")
    #expect(try target.staged == [])
  }

  @Test(arguments: targets)
  func committedIsLeftAloneOrTakenBack(_ path: String) throws {
    let target = try FileTarget(path, .jsonl)
    let sink = target.makeSink()
    try sink.open(restoring: nil)
    let handles = try (1...3 as ClosedRange<Int64>).map {
      try target.add($0..<$0 + 1, to: sink, checkpoint: $0)
    }
    for (count, clicks) in [(3, "1 2 3"), (2, "1 2"), (1, "1")] {
      let again = target.makeSink()
      try again.open(restoring: [handles[count - 1]])
      #expect(try target.clicks() == clicks)
      #expect(again.notices.isEmpty == (count == 3))
    }
  }

  @Test(arguments: targets)
  func aDamagedPendingFileIsRefusedBeforeAnythingIsTaken(_ path: String) throws {
    let target = try FileTarget(path, .jsonl)
    let sink = target.makeSink()
    try sink.open(restoring: nil)
    try target.add(0..<1, to: sink, checkpoint: 1)
    try sink.write(FileTarget.rows(1..<2))
    let second = try sink.prepare(checkpoint: 2)
    try sink.write(FileTarget.rows(2..<3))
    let third = try sink.prepare(checkpoint: 3)
    let name = try target.stagingFile(3)
    var bytes = try FileSystem().contents(of: name)
    bytes[5] ^= 1
    try FileSystem().writeNew(bytes, to: name)
    let before = try target.contents()
    let error = #expect(throws: ConnectError.self) {
      try target.makeSink().open(restoring: [second, third])
    }
    #expect(error?.message.hasPrefix("the prepared results in \(name) are damaged") == true)
    #expect(try target.contents() == before)
    // Gone is not better.
    unlink(name)
    let gone = #expect(throws: ConnectError.self) {
      try target.makeSink().open(restoring: [second, third])
    }
    #expect(gone?.message.hasSuffix("\(name) is missing") == true)
    #expect(gone?.message.hasPrefix("the results of checkpoint 3 for ") == true)
    #expect(try target.clicks() == "0")
    try target.makeSink().open(restoring: [second])
    #expect(try target.clicks() == "0 1")
  }

  // MARK: Somebody else

  /// What somebody else does to the file that the first commit left.
  enum Change: CaseIterable {
    case edited, replaced, shortened, lengthened, removed

    func make(_ path: String) throws {
      var bytes = try FileSystem().contents(of: path)
      switch self {
      case .edited, .replaced: bytes[8] = UInt8(ascii: "X")
      case .shortened: bytes.removeLast()
      case .lengthened: bytes += Array("more\n".utf8)
      case .removed: break
      }
      unlink(path)
      if self == .removed { return }
      try FileSystem().writeNew(bytes, to: path)
    }
  }

  @Test(arguments: targets, Change.allCases)
  func aChangedTargetIsNeitherWrittenNorRestored(_ path: String, _ change: Change) throws {
    let target = try FileTarget(path, .jsonl)
    let sink = target.makeSink()
    try sink.open(restoring: nil)
    let first = try target.add(0..<2, to: sink, checkpoint: 1)
    try sink.write(FileTarget.rows(2..<3))
    let second = try sink.prepare(checkpoint: 2)
    try change.make(target.folder.path(target.firstFile))
    let before = try target.contentsIfAny()
    let onCommit = #expect(throws: ConnectError.self) { try sink.commit(second) }
    #expect(onCommit?.message.contains("changed by somebody else") == true)
    #expect(onCommit?.remedy?.contains("start afresh") == true)
    #expect(try target.contentsIfAny() == before)
    // What was appended behind it is taken for what a run after the checkpoint wrote, and said.
    let again = target.makeSink()
    if change == .lengthened && path == "out.jsonl" {
      try again.open(restoring: [first])
      #expect(again.notices.count == 1)
      return
    }
    for handle in [first, second] {
      let onRestore = #expect(throws: ConnectError.self) {
        try target.makeSink().open(restoring: [handle])
      }
      #expect(onRestore?.message.contains("changed by somebody else") == true)
      #expect(try target.contentsIfAny() == before)
    }
  }

  /// Another time or another file with the same bytes is no change.
  @Test(arguments: targets)
  func aTargetThatWasTouchedOrCopiedBackIsStillOurs(_ path: String) throws {
    let target = try FileTarget(path, .jsonl)
    let sink = target.makeSink()
    try sink.open(restoring: nil)
    try target.add(0..<1, to: sink, checkpoint: 1)
    let file = target.folder.path(target.firstFile)
    let bytes = try FileSystem().contents(of: file)
    unlink(file)
    try FileSystem().writeNew(bytes, to: file)
    let second = try target.add(1..<2, to: sink, checkpoint: 2)
    #expect(try target.clicks() == "0 1")
    try target.makeSink().open(restoring: [second])
  }

  @Test func aFileThatStandsWhereAPartIsToGoStays() throws {
    let target = try FileTarget("parts/", .jsonl)
    let sink = target.makeSink()
    try sink.open(restoring: nil)
    try target.add(0..<1, to: sink, checkpoint: 1)
    try target.folder.write("parts/part-00002.jsonl", "theirs\n")
    try sink.write(FileTarget.rows(1..<2))
    let second = try sink.prepare(checkpoint: 2)
    let error = #expect(throws: ConnectError.self) { try sink.commit(second) }
    #expect(error?.remedy == "move it away, then run again")
    #expect(try target.folder.text("parts/part-00002.jsonl") == "theirs\n")
    unlink(target.folder.path("parts/part-00002.jsonl"))
    try sink.commit(second)
    #expect(try target.clicks() == "0 1")
  }

  @Test func aLinkToTheFileStaysALink() throws {
    let target = try FileTarget("out.jsonl", .jsonl)
    symlink("second", target.folder.path("out.jsonl"))
    symlink(target.folder.path("real.jsonl"), target.folder.path("second"))
    let sink = target.makeSink()
    try sink.open(restoring: nil)
    try target.add(0..<1, to: sink, checkpoint: 1)
    try target.add(1..<2, to: sink, checkpoint: 2)
    #expect(try target.clicks() == "0 1")
    #expect(try target.folder.names() == ["out.jsonl", "real.jsonl", "second"])
    #expect(
      try FileSystem().contents(of: target.folder.path("real.jsonl")).count
        == FileSystem().contents(of: target.folder.path("out.jsonl")).count)
    var status = stat()
    lstat(target.folder.path("second"), &status)
    #expect(status.st_mode & S_IFMT == S_IFLNK)
  }

  /// Handles of the version before, without a hash of the target.
  @Test(arguments: targets)
  func handlesOfAnEarlierVersionAreRestored(_ path: String) throws {
    let target = try FileTarget(path, .jsonl)
    let sink = target.makeSink()
    try sink.open(restoring: nil)
    var first = try target.add(0..<1, to: sink, checkpoint: 1)
    try sink.write(FileTarget.rows(1..<2))
    var second = try sink.prepare(checkpoint: 2)
    (first.fields["content"], second.fields["content"]) = (nil, nil)
    let again = target.makeSink()
    try again.open(restoring: [second])
    #expect(try target.clicks() == "0 1")
    let third = try target.add(2..<3, to: again, checkpoint: 3)
    try target.makeSink().open(restoring: [third])
    #expect(try target.clicks() == "0 1 2")
    try target.makeSink().open(restoring: [first])
    #expect(try target.clicks() == "0")
  }
}

extension FileTarget {
  /// Everything, also where the file is gone.
  fileprivate func contentsIfAny() throws -> String {
    let isThere = path.hasSuffix("/") || FileSystem.kind(of: folder.path(path)) != nil
    return isThere ? try contents() : "\(try folder.names())"
  }
}
