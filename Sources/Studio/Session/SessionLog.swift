import Foundation
public import Terminal

/// What a person did in a studio, so that it can be shown again: as a demo at its own pace, or as
/// a test at once.
///
/// A text file of a line each: `MS POSITION EVENT`, such as `1250 140 key Space`. The position is
/// where the replay stood when the event came (`-` before one was open); shown again, the replay is
/// brought there first, so that what follows does not depend on how fast a machine is.
public struct SessionLog: Sendable, Equatable {
  public struct Entry: Sendable, Equatable {
    /// Since the beginning.
    public var ms: Int
    /// Records read by the replay; nil before one was open.
    public var position: Int64?
    public var event: InputEvent

    public init(ms: Int, position: Int64?, event: InputEvent) {
      self.ms = ms
      self.position = position
      self.event = event
    }
  }

  /// The screen's size at the beginning.
  public var size: Size
  public var entries: [Entry]

  public init(size: Size, entries: [Entry] = []) {
    self.size = size
    self.entries = entries
  }

  /// A line that cannot be read.
  public struct Fault: Error, Equatable, CustomStringConvertible {
    public var line: Int
    public var reason: String
    public var description: String { "line \(line): \(reason)" }
  }

  static let head = "tidemark-session 1"
  private static let maxEntries = 1_000_000
  private static let longestMs = 7 * 86_400_000

  /// - Throws: ``Fault``.
  public init(reading text: String) throws {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.first, first.hasPrefix(Self.head + " "),
      let size = Self.size(first.dropFirst(Self.head.count + 1))
    else {
      throw Fault(line: 1, reason: "a session begins with '\(Self.head) COLUMNSxROWS'")
    }
    self.init(size: size)
    for (index, line) in lines.enumerated().dropFirst() where !line.isEmpty {
      let words = line.split(separator: " ", maxSplits: 2)
      guard words.count == 3, let ms = Int(words[0]), (0...Self.longestMs).contains(ms) else {
        throw Fault(
          line: index + 1, reason: "expected 'MS POSITION EVENT', within a week of the beginning")
      }
      let position = Int64(words[1])
      guard words[1] == "-" || position.map({ $0 >= 0 }) == true else {
        throw Fault(line: index + 1, reason: "the position is a number of records, or -")
      }
      guard let event = Self.event(words[2]) else {
        throw Fault(line: index + 1, reason: "no event is written '\(words[2].prefix(80))'")
      }
      guard entries.count < Self.maxEntries else {
        throw Fault(line: index + 1, reason: "a session has at most \(Self.maxEntries) events")
      }
      entries.append(Entry(ms: ms, position: position, event: event))
    }
  }

  // MARK: lines

  /// The first line of a file.
  public static func heading(_ size: Size) -> String { "\(head) \(size.width)x\(size.height)" }

  /// The line of an entry; nil for an event that nobody did.
  public static func line(_ entry: Entry) -> String? {
    guard let event = text(entry.event) else { return nil }
    return "\(entry.ms) \(entry.position.map { "\($0)" } ?? "-") \(event)"
  }

  private static func text(_ event: InputEvent) -> String? {
    switch event {
    case .key(let key): "key \(key)"
    case .paste(let text): "paste \(Data(text.utf8).base64EncodedString())"
    case .resize(let size): "size \(size.width)x\(size.height)"
    case .mouse(let mouse):
      name(of: mouse.action).map { "mouse \($0) \(mouse.column) \(mouse.row)" }
    case .wake, .terminate, .hangup, .resumed: nil
    }
  }

  private static let mouseActions: [(name: String, action: Mouse.Action)] = [
    ("press", .press(.left)), ("drag", .drag(.left)), ("release", .release(.left)),
    ("wheel-up", .wheelUp), ("wheel-down", .wheelDown),
  ]

  private static func name(of action: Mouse.Action) -> String? {
    mouseActions.first { $0.action == action }?.name
  }

  private static func event(_ text: Substring) -> InputEvent? {
    let words = text.split(separator: " ")
    switch (words.first, words.count) {
    case ("key", 2): return Key(String(words[1])).map { .key($0) }
    case ("paste", 1): return .paste("")
    case ("paste", 2):
      return Data(base64Encoded: String(words[1]))
        .flatMap { String(validating: $0, as: UTF8.self) }.map { .paste($0) }
    case ("size", 2): return size(words[1]).map { .resize($0) }
    case ("mouse", 4):
      guard let action = mouseActions.first(where: { $0.name == words[1] })?.action,
        let column = Int(words[2]), let row = Int(words[3]),
        (0..<10_000).contains(column), (0..<10_000).contains(row)
      else { return nil }
      return .mouse(Mouse(action, column, row))
    default: return nil
    }
  }

  private static func size(_ text: Substring) -> Size? {
    let parts = text.split(separator: "x")
    guard parts.count == 2, let width = Int(parts[0]), let height = Int(parts[1]),
      (1...1000).contains(width), (1...1000).contains(height)
    else { return nil }
    return Size(width, height)
  }
}
