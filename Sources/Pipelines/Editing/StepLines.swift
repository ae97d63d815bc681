/// The lines that each step of a pipeline has to itself, with the comments that stand over it.
///
/// Only where every step begins a line with its dash: a list in brackets is edited as text.
struct StepLines {
  /// Of each step, lines counted from 1; the last one ends where its text does.
  let blocks: [Range<Int>]
  /// The column of the dashes, from 0.
  let indent: Int
  private let source: SourceText

  init?(_ document: PipelineDocument) {
    source = SourceText(document.text)
    guard let pair = document.root?.mapping?.first(where: { $0.key == "steps" }),
      let steps = pair.value.sequence, !steps.isEmpty
    else { return nil }
    var starts: [Int] = []
    var indent: Int?
    for step in steps {
      let line = source.line(of: step.range.lowerBound)
      let text = source.line(line)
      let spaces = text.prefix { $0 == " " }.count
      guard text.dropFirst(spaces).hasPrefix("-"), indent ?? spaces == spaces,
        starts.last.map({ $0 < line }) ?? true
      else { return nil }
      indent = spaces
      starts.append(line)
    }
    guard let indent, let last = steps.last else { return nil }
    self.indent = indent
    // A comment directly over a step speaks of it.
    var previousEnd = source.line(of: pair.keyRange.lowerBound) + 1
    var firsts: [Int] = []
    for start in starts {
      var first = start
      while first - 1 >= previousEnd, Self.isComment(source.line(first - 1)) { first -= 1 }
      firsts.append(first)
      previousEnd = start + 1
    }
    let end = source.line(of: max(last.range.lowerBound, last.range.upperBound - 1)) + 1
    blocks = firsts.indices.map { index in
      firsts[index]..<(index + 1 < firsts.count ? firsts[index + 1] : end)
    }
  }

  private static func isComment(_ line: String) -> Bool {
    line.drop { $0 == " " || $0 == "\t" }.hasPrefix("#")
  }

  /// The lines of a step, without empty ones at its end.
  func text(of index: Int) -> [String] {
    var lines = blocks[index].map { source.line($0) }
    while lines.last?.allSatisfy({ $0 == " " || $0 == "\t" }) == true { lines.removeLast() }
    return lines
  }

  /// The whole text with lines put before a step, or behind the last one.
  func inserting(_ lines: [String], before index: Int) -> String {
    let at = index < blocks.count ? blocks[index].lowerBound : blocks[blocks.count - 1].upperBound
    return joined(before: at, lines, from: at)
  }

  /// The whole text without a step.
  func removing(_ index: Int) -> String {
    joined(before: blocks[index].lowerBound, [], from: blocks[index].upperBound)
  }

  private func joined(before first: Int, _ lines: [String], from rest: Int) -> String {
    let count = source.lineCount
    let head = (1..<max(1, first)).map { source.line($0) }
    let tail = rest <= count ? (rest...count).map { source.line($0) } : []
    return (head + lines + tail).joined(separator: "\n")
  }
}
