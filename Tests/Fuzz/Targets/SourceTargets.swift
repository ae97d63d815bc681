import Connectors
import Engine
import Foundation

/// Paths with patterns.
let sourceTargets: [FuzzTarget] = [
  FuzzTarget(
    name: "glob", maxBytes: 64,
    words: ["*", "?", "[a-z]", "[!a]", "[[:alpha:]]", "\\*", "./", ".jsonl", "{a,b}"],
    seeds: {
      [
        "*.jsonl", "./a?.jsonl", "[ab]*", "sub/*", "*/*", "a\\*b", "[", "a[", "**",
        "a*b*c*d*.jsonl",
      ]
      .map { Array($0.utf8) }
    }, run: GlobPatterns.run)
]

enum GlobPatterns {
  private static let names = [
    "a.jsonl", "a1.jsonl", "b.jsonl", "a*b", "[x]", "a\\b", ".hidden", "é.jsonl", "with space",
    "sub/c.jsonl",
    "sub/d", String(repeating: "ab", count: 60),
  ]

  private static let folder: String = {
    let path = ScratchFile("glob").path + "[*]"
    let files = FileManager.default
    try? files.createDirectory(atPath: path + "/sub", withIntermediateDirectories: true)
    for name in names { _ = files.createFile(atPath: "\(path)/\(name)", contents: Data()) }
    return path
  }()

  /// A pattern stands for files of its folder, each once, in the order of their bytes.
  @Sendable static func run(_ bytes: [UInt8]) throws {
    let pattern = String(decoding: bytes, as: UTF8.self)
    // Absolute patterns walk the machine.
    if pattern.hasPrefix("/") || pattern.contains("..") || pattern.isEmpty { return }
    if pattern.hasPrefix("[") && pattern.contains(".") { return }
    let splits: [SplitDescription]
    do {
      splits = try FileSource(paths: [pattern], relativeTo: folder).splits()
    } catch is ConnectError {
      return
    }
    if pattern == "-" { return }
    let found = splits.map(\.name)
    for name in found {
      try require(
        FileManager.default.fileExists(atPath: "\(folder)/\(name)"),
        "\(pattern.escaped) finds \(name.escaped), which is not there")
    }
    let twice = try FileSource(paths: [pattern, pattern], relativeTo: folder).splits()
    try require(twice == splits, "the same pattern twice finds files twice")
  }
}
