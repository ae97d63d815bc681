/// A rectangle of cells. `x` grows to the right and `y` downwards; both start at 0.
public struct Rect: Hashable, Sendable {
  public var x: Int
  public var y: Int
  public var width: Int
  public var height: Int

  /// Negative sizes become 0.
  public init(_ x: Int, _ y: Int, _ width: Int, _ height: Int) {
    self.x = x
    self.y = y
    self.width = max(0, width)
    self.height = max(0, height)
  }

  public init(_ size: Size) { self.init(0, 0, size.width, size.height) }

  public var isEmpty: Bool { width == 0 || height == 0 }
  /// The first column right of it.
  public var right: Int { x + width }
  /// The first row below it.
  public var bottom: Int { y + height }
  public var columns: Range<Int> { x..<right }
  public var rows: Range<Int> { y..<bottom }

  public func contains(_ column: Int, _ row: Int) -> Bool {
    columns.contains(column) && rows.contains(row)
  }

  /// What both cover; empty when they do not meet.
  public func intersection(_ other: Rect) -> Rect {
    let left = max(x, other.x)
    let top = max(y, other.y)
    return Rect(left, top, min(right, other.right) - left, min(bottom, other.bottom) - top)
  }

  /// The rectangle without a margin on all sides.
  public func inset(by margin: Int = 1) -> Rect { inset(horizontally: margin, vertically: margin) }

  public func inset(horizontally columns: Int, vertically rows: Int) -> Rect {
    Rect(x + columns, y + rows, width - 2 * columns, height - 2 * rows)
  }

  /// One row of it, counted from its top; empty when there is no such row.
  public func row(_ index: Int) -> Rect {
    Rect(x, y + index, width, 0 <= index && index < height ? 1 : 0)
  }

  /// A rectangle of a size in the middle of this one, never larger than it.
  public func centered(_ size: Size) -> Rect {
    let width = min(size.width, self.width)
    let height = min(size.height, self.height)
    return Rect(x + (self.width - width) / 2, y + (self.height - height) / 2, width, height)
  }
}
