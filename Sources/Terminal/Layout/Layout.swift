/// Splits a rectangle into columns or rows: a pure function of sizes.
///
/// ```swift
/// let parts = Layout.rows(area, [.fixed(1), .share(2, min: 5), .share(1, min: 3, priority: 1)])
/// ```
/// Every item gets its least size first, by priority when there is not room for all (0 is kept
/// longest; items of one priority are dropped from the last); what remains goes to the shares in
/// proportion. A dropped item is an empty rectangle, so results always match items by position.
public enum Layout {
  /// What one item asks for.
  public struct Item: Hashable, Sendable {
    let least: Int
    let share: Int
    let most: Int
    let priority: Int

    /// Exactly `size` cells.
    public static func fixed(_ size: Int, priority: Int = 0) -> Item {
      Item(least: max(0, size), share: 0, most: max(0, size), priority: priority)
    }

    /// At least `size` cells, and a single share of what remains.
    public static func min(_ size: Int, priority: Int = 0) -> Item {
      .share(1, min: size, priority: priority)
    }

    /// `weight` parts of what remains, between `min` and `max` cells.
    public static func share(
      _ weight: Int = 1, min: Int = 0, max: Int = .max, priority: Int = 0
    ) -> Item {
      let least = Swift.max(0, min)
      return Item(
        least: least, share: Swift.max(0, weight), most: Swift.max(least, max), priority: priority)
    }
  }

  /// Splits from left to right, with `gap` empty columns between items that are there.
  public static func columns(_ area: Rect, gap: Int = 0, _ items: [Item]) -> [Rect] {
    spans(length: area.width, gap: gap, items).map { span in
      Rect(area.x + span.start, area.y, span.length, span.kept ? area.height : 0)
    }
  }

  /// Splits from top to bottom, with `gap` empty rows between items that are there.
  public static func rows(_ area: Rect, gap: Int = 0, _ items: [Item]) -> [Rect] {
    spans(length: area.height, gap: gap, items).map { span in
      Rect(area.x, area.y + span.start, span.kept ? area.width : 0, span.length)
    }
  }

  private struct Span {
    var start = 0
    var length = 0
    var kept = false
  }

  private static func spans(length: Int, gap: Int, _ items: [Item]) -> [Span] {
    let kept = keep(length: length, gap: gap, items)
    var sizes = items.indices.map { kept[$0] ? items[$0].least : 0 }
    let gaps = max(0, kept.filter { $0 }.count - 1) * gap
    grow(&sizes, by: max(0, length - gaps - sizes.reduce(0, +)), items, kept)
    var result: [Span] = []
    var position = 0
    for index in items.indices {
      guard kept[index] else {
        result.append(Span(start: min(position, length)))
        continue
      }
      let size = min(sizes[index], max(0, length - position))
      result.append(Span(start: position, length: size, kept: true))
      position += size + gap
    }
    return result
  }

  /// Which items fit, the most important first.
  private static func keep(length: Int, gap: Int, _ items: [Item]) -> [Bool] {
    let order = items.indices.sorted { a, b in
      (items[a].priority, a) < (items[b].priority, b)
    }
    var kept = items.map { _ in false }
    var used = 0
    for index in order {
      let needed = items[index].least + (used == 0 && !kept.contains(true) ? 0 : gap)
      if used + needed <= length {
        kept[index] = true
        used += needed
      } else if !kept.contains(true), length > 0 {
        // The most important item takes what there is, however little.
        kept[index] = true
        used = length
      }
    }
    return kept
  }

  private static func grow(_ sizes: inout [Int], by spare: Int, _ items: [Item], _ kept: [Bool]) {
    var spare = spare
    var open = items.indices.filter { kept[$0] && items[$0].share > 0 }
    while spare > 0, !open.isEmpty {
      let wanted = portions(of: spare, open.map { items[$0].share })
      let full = zip(open, wanted).filter { sizes[$0] + $1 > items[$0].most }.map(\.0)
      guard !full.isEmpty else {
        for (index, portion) in zip(open, wanted) { sizes[index] += portion }
        return
      }
      // Whoever reaches its limit leaves, and the others share what it could not take.
      for index in full {
        spare -= items[index].most - sizes[index]
        sizes[index] = items[index].most
      }
      open.removeAll { full.contains($0) }
    }
  }

  /// Cut at cumulative positions, so that rounding never loses a cell.
  private static func portions(of length: Int, _ weights: [Int]) -> [Int] {
    let total = weights.reduce(0, +)
    var before = 0
    return weights.map { weight in
      let start = length * before / total
      before += weight
      return length * before / total - start
    }
  }
}
