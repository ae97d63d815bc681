import Engine
import Runtime
import Terminal
import VisibleText

/// Where the boxes of a pipeline stand, and the branches below them.
struct PipelineLayout {
  /// One box of the chain with its columns.
  struct Placed {
    /// The position in `ReplayView.boxes`.
    var index: Int
    var words: BoxWords
    var x: Int
    var width: Int
  }

  /// A branch below the box that it leaves.
  struct Branch {
    var index: Int
    /// Where the box that it leaves stands.
    var anchor: Int
    /// Where its words begin: at the anchor unless another branch is in the way.
    var x: Int
    /// Counted from the first row below the boxes.
    var row: Int
    var pieces: [(String, ThemeRole)]

    var width: Int { Self.width(of: pieces) }

    static func width(of pieces: [(String, ThemeRole)]) -> Int {
      pieces.reduce(0) { $0 + DisplayWidth.columns(of: $1.0) }
    }
  }

  /// Rows of a box: with borders three or four, the third for how busy it is; else two.
  let boxRows: Int
  let placed: [Placed]
  let branches: [Branch]
  /// Branches that found no place.
  let hidden: Int

  var isFramed: Bool { boxRows > 2 }

  init(run: RunState, area: Rect, isCompact: Bool) {
    let boxes = run.view.boxes
    let chain = PipelineChain(boxes)
    let below = min(1, chain.branches.count)
    boxRows = isCompact || area.height < 3 ? 2 : area.height >= 4 + below ? 4 : 3
    let load = run.isPlaying ? run.load : PipelineLoad()
    let words = chain.chain.map { index in
      BoxWords(
        boxes[index], load: load.boxes.element(at: index), isBottleneck: index == load.bottleneck)
    }
    placed = Self.place(chain.chain, words, boxes, area, isFramed: boxRows > 2)
    let rows = max(0, area.height - boxRows)
    let all = Self.place(chain.branches, run, below: placed, area, rows: rows)
    // Where some find no place, their number takes the end of the last row.
    let noted = Rect(area.x, area.y, area.width - Self.hiddenWidth, area.height)
    (branches, hidden) =
      all.hidden == 0
      ? all : Self.place(chain.branches, run, below: placed, noted, rows: rows)
  }

  /// Columns of `+99 branches` and a space before it.
  private static let hiddenWidth = 13

  // MARK: the chain

  /// Widths of boxes and arrows: what they need, then what is left over is shared.
  private static func place(
    _ chain: [Int], _ words: [BoxWords], _ boxes: [BoxView], _ area: Rect, isFramed: Bool
  ) -> [Placed] {
    func columns(_ text: String) -> Int { DisplayWidth.columns(of: text) }
    // Wide enough for a title, and in a frame for how busy it is.
    func needed(_ title: (BoxWords) -> String) -> [Int] {
      words.map { words in
        isFramed ? max(12, columns(title(words)) + 3) : max(3, columns(title(words)))
      }
    }
    let (full, short) = (needed { $0.titles[0] }, needed { $0.titles[1] })
    var widths = words.enumerated().map { index, words -> Int in
      let texts =
        isFramed
        ? [words.counts[0] + "  " + words.rate, words.notes[0], "busy 100 %"]
        : [words.counts[0] + (words.loss.isEmpty ? "" : "  " + words.loss)]
      let inner = texts.map(columns).max() ?? 0
      return max(full[index] + (isFramed ? 3 : 0), inner + (isFramed ? 4 : 0))
    }
    func arrows(_ plain: Int, _ hash: Int) -> [Int] {
      chain.enumerated().map { position, index in
        position == 0 ? 0 : boxes[index].shipping == .hash ? hash : plain
      }
    }
    var gaps = arrows(5, 10)
    func spare() -> Int { area.width - widths.reduce(0, +) - gaps.reduce(0, +) }
    // Too wide: short arrows first, then boxes as wide as their titles, then narrower ones.
    for (plain, hash) in isFramed ? [(4, 8), (2, 6)] : [(3, 7)] where spare() < 0 {
      gaps = arrows(plain, hash)
    }
    func shrink(to least: (Int) -> Int) {
      while spare() < 0 {
        let wide = widths.indices.filter { widths[$0] > least($0) }
        guard let widest = wide.map({ widths[$0] - least($0) }).max() else { return }
        for index in wide where widths[index] - least(index) == widest && spare() < 0 {
          widths[index] -= 1
        }
      }
    }
    shrink { full[$0] }
    shrink { short[$0] }
    while spare() < 0, let widest = widths.max(), widest > 6 {
      for index in widths.indices where widths[index] == widest && spare() < 0 {
        widths[index] -= 1
      }
    }
    if isFramed {
      widths = roomier(widths, words, spare: spare())
    } else if spare() > 0 {
      // Longer arrows leave room for the words of the branches below.
      let more = min(4, spare() / max(1, gaps.count - 1))
      for index in gaps.indices.dropFirst() { gaps[index] += more }
    }
    var x = area.x
    return chain.indices.map { position in
      x += gaps[position]
      defer { x += widths[position] }
      return Placed(
        index: chain[position], words: words[position], x: x, width: widths[position])
    }
  }

  /// What is left over says more of each operator, shortest words first, then makes the boxes
  /// roomier, as long as they look like boxes.
  private static func roomier(_ widths: [Int], _ words: [BoxWords], spare: Int) -> [Int] {
    guard spare > 0, !widths.isEmpty else { return widths }
    var (widths, spare) = (widths, spare)
    let wanted = words.indices.filter { !words[$0].extra.isEmpty }.map { index in
      (index, DisplayWidth.columns(of: words[index].titles[0] + words[index].extra) + 7)
    }
    for (index, width) in wanted.sorted(by: { $0.1 < $1.1 })
    where width - widths[index] <= spare && width > widths[index] {
      spare -= width - widths[index]
      widths[index] = width
    }
    let more = min(5, spare / widths.count)
    return widths.map { $0 + more }
  }

  // MARK: branches

  /// Each below the box that it leaves, on a row of its own where there are rows enough; the words
  /// are shortened, never moved under another box.
  private static func place(
    _ branches: [Int], _ run: RunState, below placed: [Placed], _ area: Rect, rows: Int
  ) -> (shown: [Branch], hidden: Int) {
    let boxes = run.view.boxes
    func anchor(_ index: Int) -> Int {
      var input = boxes[index].input
      // A branch of a branch hangs where that one leaves the chain.
      while let box = input, !placed.contains(where: { $0.index == box }) {
        input = boxes.element(at: box)?.input
      }
      return (placed.first { $0.index == input }?.x ?? area.x) + 2
    }
    // The one that leaves last is on top, so that no line is crossed.
    let sorted = branches.map { (index: $0, anchor: anchor($0)) }
      .enumerated().sorted { ($1.element.anchor, $0.offset) < ($0.element.anchor, $1.offset) }
      .map(\.element)
    var shown: [Branch] = []
    for row in 0..<rows {
      let here = sorted.enumerated().filter { $0.offset % rows == row }.map(\.element).reversed()
      var cursor = area.x
      for (place, branch) in here.enumerated() {
        let x = max(branch.anchor, cursor)
        let next = here.dropFirst(place + 1).first { $0.anchor > x }?.anchor
        let variants = words(branch.index, boxes, isSelected: branch.index == run.selectedBox)
        let fitting =
          variants.first { x + Branch.width(of: $0) + 1 <= next ?? area.right + 1 }
          ?? variants.last { x + Branch.width(of: $0) <= area.right }
        guard let pieces = fitting else { continue }
        shown.append(
          Branch(index: branch.index, anchor: branch.anchor, x: x, row: row, pieces: pieces))
        cursor = x + Branch.width(of: pieces) + 2
      }
    }
    return (shown, branches.count - shown.count)
  }

  /// `╰─ late ──▸ sink file late.jsonl  12  exactly-once`, and shorter.
  private static func words(
    _ index: Int, _ boxes: [BoxView], isSelected: Bool
  ) -> [[(String, ThemeRole)]] {
    let box = boxes[index]
    let words = BoxWords(box)
    let port = box.inputPort == .main ? "" : " \(box.inputPort.rawValue) "
    let role: ThemeRole = box.inputPort == .dead ? .bad : .late
    let title: (String, ThemeRole) = (words.titles[0], isSelected ? .selection : .title)
    let start: [(String, ThemeRole)] = [("╰─", .border), (port, role), ("──▸ ", .border), title]
    let count: (String, ThemeRole) = ("  \(words.counts[0])", .text)
    let promise: (String, ThemeRole) = (box.guarantee.map { "  \($0.rawValue)" } ?? "", .good)
    let detail: (String, ThemeRole) = (" \(box.detail)", .muted)
    let file: (String, ThemeRole) = (
      " " + (box.detail.split(separator: "/").last.map(String.init) ?? ""), .muted
    )
    return [
      start + [detail, count, promise], start + [detail, count], start + [file, count],
      [("╰", .border), (port, role), ("▸ ", .border), title, count],
      [("╰", .border), (port.trimmingSpaces(), role), (" \(words.counts[1])", .text)],
    ]
  }
}
