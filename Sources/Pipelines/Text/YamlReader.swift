internal import Foundation
internal import Yams

/// Reads the text of a pipeline file into a tree, within limits.
///
/// YAML's anchors are refused: a pipeline needs none, and a few lines of them can stand for
/// billions of values.
struct YamlReader {
  static let maxBytes = 1 << 20
  static let maxDepth = 64
  /// Faults of one kind that are said before giving up.
  private static let maxFaults = 100

  private(set) var faults: [Fault] = []
  private let source: SourceText
  /// Keys that were renamed so that Yams would read on, by the place of the key.
  private var renamed: [Int: String] = [:]
  private var last = (line: 0, column: 0)
  private var lastOffset = 0

  static func read(_ source: SourceText) -> (root: YamlNode?, faults: [Fault]) {
    var reader = YamlReader(source: source)
    let root = reader.read()
    return (root, reader.faults)
  }

  private init(source: SourceText) { self.source = source }

  private mutating func read() -> YamlNode? {
    guard source.bytes.count <= Self.maxBytes else {
      report(.fileTooLarge(bytes: source.bytes.count), 0..<0)
      return nil
    }
    faults = TextGuard.faults(in: source)
    guard faults.isEmpty, let node = compose() else { return nil }
    return convert(node, depth: 0)
  }

  private mutating func report(_ finding: Finding, _ range: Range<Int>) {
    guard faults.count < Self.maxFaults else { return }
    faults.append(Fault(finding, range))
  }

  // MARK: Yams

  /// The tree of Yams. It stops at the first key that is there twice; the key is then renamed in
  /// a copy (by a letter of the private use area, so that columns stay) to find all other faults.
  private mutating func compose() -> Node? {
    var bytes = source.bytes
    // A large file with many keys twice is read a few times only.
    let attempts = min(Self.maxFaults, max(2, Self.maxBytes / max(bytes.count, 1)))
    for attempt in 0..<attempts {
      do {
        return try Yams.compose(
          yaml: String(decoding: bytes, as: UTF8.self), .basic, .default, .utf8)
      } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
        let at = source.offset(line: context.mark.line, column: context.mark.column)
        guard attempt + 1 < attempts, let marked = rename(in: bytes, at: at, number: attempt) else {
          report(.duplicateKey(keys.first ?? "", firstLine: nil), at..<at)
          return nil
        }
        bytes = marked
      } catch {
        reportSyntax(error)
        return nil
      }
    }
    return nil
  }

  /// The bytes with the first letter of the key at an offset replaced.
  ///
  /// The copy is decoded again, so the letter takes as many bytes as it replaces scalars: offsets
  /// are computed from lines and columns of the untouched source only.
  private mutating func rename(in bytes: [UInt8], at offset: Int, number: Int) -> [UInt8]? {
    // Earlier renames made the copy longer: find the place by the count of scalars.
    let scalars = source.scalarCount(0..<offset)
    var at = 0
    var seen = 0
    while at < bytes.count {
      if bytes[at] & 0xC0 != 0x80 {
        if seen == scalars { break }
        seen += 1
      }
      at += 1
    }
    var place = offset
    if at < bytes.count, bytes[at] == 34 || bytes[at] == 39 {
      at += 1
      place += 1
    }
    guard at < bytes.count, place < source.bytes.count, renamed[offset] == nil else { return nil }
    let letter = source.bytes[place]
    guard bytes[at] == letter, letter == 95 || (letter | 32 >= 97 && letter | 32 <= 122) else {
      return nil
    }
    guard let mark = Unicode.Scalar(0xE000 + UInt32(number)) else { return nil }
    renamed[offset] = String(decoding: [letter], as: UTF8.self)
    var copy = bytes
    copy.replaceSubrange(at...at, with: Array(String(Character(mark)).utf8))
    return copy
  }

  private mutating func reportSyntax(_ error: any Error) {
    guard let error = error as? YamlError else {
      return report(.yamlSyntax("\(error)", context: nil), 0..<0)
    }
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let at = source.offset(line: mark.line, column: mark.column)
      report(
        .yamlSyntax(problem, context: context.map { .init(text: $0.text, line: $0.mark.line) }),
        at..<at)
    default:
      report(.yamlSyntax("the text cannot be read", context: nil), 0..<0)
    }
  }

  // MARK: Our tree

  private mutating func convert(_ node: Node, depth: Int) -> YamlNode? {
    let mark = node.mark
    let position = (line: mark?.line ?? 1, column: mark?.column ?? 1)
    // From the last place on, so that a long line is walked once.
    let start =
      position.line == last.line && position.column >= last.column
      ? source.offset(lastOffset, columns: position.column - last.column, line: position.line)
      : source.offset(line: position.line, column: position.column)
    // Text guards refuse anchors; a place before the last one can only be an alias's target.
    guard position >= last else {
      report(.alias, start..<start)
      return nil
    }
    last = position
    lastOffset = start
    guard depth < Self.maxDepth else {
      report(.nestedTooDeep(limit: Self.maxDepth), start..<start)
      return nil
    }
    switch node {
    case .scalar(let scalar): return convert(scalar, at: start)
    case .sequence(let sequence):
      let items = sequence.compactMap { convert($0, depth: depth + 1) }
      let last = max(start, items.last?.range.upperBound ?? start)
      let end = byte(at: start) == UInt8(ascii: "[") ? flowEnd("]", from: start, last) : last
      return YamlNode(kind: .sequence(items), range: start..<end)
    case .mapping(let mapping):
      let pairs = convert(mapping, depth: depth)
      let last = max(start, pairs.last?.value.range.upperBound ?? start)
      let end = byte(at: start) == UInt8(ascii: "{") ? flowEnd("}", from: start, last) : last
      return YamlNode(kind: .mapping(pairs), range: start..<end)
    case .alias:
      report(.alias, start..<start)
      return nil
    }
  }

  private func byte(at offset: Int) -> UInt8? {
    offset < source.bytes.count ? source.bytes[offset] : nil
  }

  /// The end of a list or mapping in brackets: behind the bracket that follows its last member.
  private func flowEnd(_ bracket: Unicode.Scalar, from start: Int, _ last: Int) -> Int {
    var at = last == start ? start + 1 : last
    var isComment = false
    while at < source.bytes.count {
      switch source.bytes[at] {
      case UInt8(ascii: bracket) where !isComment: return at + 1
      case UInt8(ascii: "#"): isComment = true
      case 10, 13: isComment = false
      case 32, 9, UInt8(ascii: ","): break
      default: if !isComment { return last }
      }
      at += 1
    }
    return last
  }

  private func convert(_ scalar: Node.Scalar, at start: Int) -> YamlNode {
    let style: YamlScalar.Style =
      switch scalar.style {
      case .any, .plain: .plain
      case .singleQuoted: .singleQuoted
      case .doubleQuoted: .doubleQuoted
      case .literal: .literal
      case .folded: .folded
      }
    var text = scalar.string
    if let letter = renamed[start], let first = text.unicodeScalars.first,
      (0xE000...0xF8FF).contains(first.value)
    {
      text = letter + String(text.unicodeScalars.dropFirst())
    }
    let found = ScalarOffsets.find(text, style: style, in: source.bytes, from: start)
    let lineEnd = source.range(ofLine: source.line(of: start)).upperBound
    return YamlNode(
      kind: .scalar(YamlScalar(text: text, style: style, offsets: found?.offsets)),
      range: start..<max(start, found?.end ?? lineEnd))
  }

  private mutating func convert(_ mapping: Node.Mapping, depth: Int) -> [YamlPair] {
    var pairs: [YamlPair] = []
    var firstLines: [[UInt8]: Int] = [:]
    for (keyNode, valueNode) in mapping {
      guard let key = convert(keyNode, depth: depth + 1) else { continue }
      guard let name = key.scalar?.text else {
        report(.keyIsNotText, key.range)
        _ = convert(valueNode, depth: depth + 1)
        continue
      }
      guard let value = convert(valueNode, depth: depth + 1) else { continue }
      if let line = firstLines[Array(name.utf8)] {
        report(.duplicateKey(name, firstLine: line), key.range)
      } else {
        firstLines[Array(name.utf8)] = source.line(of: key.range.lowerBound)
        pairs.append(YamlPair(key: name, keyRange: key.range, value: value))
      }
    }
    return pairs
  }
}
