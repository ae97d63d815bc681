extension CellGrid {
  /// The text, then one line for every run of cells that share a style other than the plain one:
  /// `row:first-last style`. Made for golden files: stable, and readable in a diff.
  public var styledText: String {
    var lines = [text, "---"]
    for row in 0..<height {
      var column = 0
      while column < width {
        let style = self[column, row].style
        let first = column
        while column < width, self[column, row].style == style { column += 1 }
        if style != .plain { lines.append("\(row):\(first)-\(column - 1) \(style)") }
      }
    }
    return lines.joined(separator: "\n")
  }
}

extension Color: CustomStringConvertible {
  /// As themes write it: `default`, `ansi 4`, `#89b4fa`.
  public var description: String {
    switch self {
    case .terminal: return "default"
    case .ansi(let index): return "ansi \(index)"
    case .rgb(let red, let green, let blue):
      let digits = String(Int(red) << 16 | Int(green) << 8 | Int(blue), radix: 16)
      return "#" + String(repeating: "0", count: 6 - digits.count) + digits
    }
  }
}

extension Style: CustomStringConvertible {
  public var description: String {
    let names = Attributes.named.filter { attributes.contains($0.attribute) }.map(\.name)
    return ([foreground.description, "on", background.description] + names).joined(separator: " ")
  }
}
