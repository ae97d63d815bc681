import Testing

@testable import Terminal

@Suite struct LayoutTests {
  /// Rectangles as letters.
  private func drawing(_ size: Size, _ parts: [Rect]) -> String {
    var grid = CellGrid(size)
    for (index, part) in parts.enumerated() {
      let letter = String(Character(Unicode.Scalar(UInt8(97 + index))))
      for row in part.rows {
        grid.put(String(repeating: letter, count: part.width), part.x, row, .plain)
      }
    }
    return grid.text
  }

  @Test func `fixed parts stand and shares divide the rest`() {
    let area = Rect(0, 0, 12, 2)
    let parts = Layout.columns(area, [.fixed(3), .share(2), .share(1)])
    #expect(drawing(Size(12, 2), parts) == "aaabbbbbbccc\naaabbbbbbccc")
  }

  @Test func `rows stack with gaps`() {
    let parts = Layout.rows(Rect(0, 0, 3, 5), gap: 1, [.fixed(1), .share(), .fixed(1)])
    #expect(drawing(Size(3, 5), parts) == "aaa\n\nbbb\n\nccc")
  }

  @Test func `the least important part goes first when there is no room`() {
    let items: [Layout.Item] = [
      .fixed(4, priority: 2), .share(1, min: 5), .fixed(3, priority: 1),
    ]
    let widths = { (width: Int) in Layout.columns(Rect(0, 0, width, 1), items).map(\.width) }
    #expect(widths(14) == [4, 7, 3])
    #expect(widths(12) == [4, 5, 3])
    #expect(widths(11) == [0, 8, 3])
    #expect(widths(7) == [0, 7, 0])
    #expect(widths(2) == [0, 2, 0])
    #expect(widths(0) == [0, 0, 0])
  }

  @Test func `a share stops at its limit and others take the rest`() {
    let parts = Layout.columns(Rect(0, 0, 10, 1), [.share(1, max: 2), .share(1), .share(1)])
    #expect(drawing(Size(10, 1), parts) == "aabbbbcccc")
  }

  @Test func `parts never overlap or leave the area`() {
    for width in 0..<40 {
      let area = Rect(3, 2, width, 4)
      let items: [Layout.Item] = [
        .fixed(5), .share(3, min: 4, priority: 1), .min(7, priority: 2), .share(1, max: 9),
      ]
      var position = area.x
      for part in Layout.columns(area, gap: 1, items) where !part.isEmpty {
        #expect(part.x >= position && part.right <= area.right)
        position = part.right
      }
    }
  }
}
