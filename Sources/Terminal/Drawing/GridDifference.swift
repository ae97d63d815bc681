/// What changed from one grid to the next.
struct GridDifference {
  /// Neighbouring cells of one row to draw again.
  struct Run: Equatable {
    var row: Int
    var columns: Range<Int>
  }

  private(set) var runs: [Run] = []
  /// Cells in all runs.
  private(set) var count = 0

  /// Every cell of `grid` when there is no previous grid or its size was another.
  init(from previous: CellGrid?, to grid: CellGrid) {
    let previous = previous?.size == grid.size ? previous : nil
    for row in 0..<grid.height {
      let start = row * grid.width
      var column = 0
      while column < grid.width {
        if let previous, previous.cells[start + column] == grid.cells[start + column] {
          column += 1
          continue
        }
        let first = column
        while column < grid.width,
          previous.map({ $0.cells[start + column] != grid.cells[start + column] }) ?? true
        {
          column += 1
        }
        runs.append(Run(row: row, columns: first..<column))
        count += column - first
      }
    }
  }
}
