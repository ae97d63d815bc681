/// Finds what somebody may have meant.
public enum Suggestion {
  /// The candidate nearest to what was written, where it is near enough to be a slip.
  public static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
    let written = Array(name.lowercased().unicodeScalars.prefix(64))
    var best: (distance: Int, name: String)?
    for candidate in candidates {
      let distance = distance(written, Array(candidate.lowercased().unicodeScalars.prefix(64)))
      if distance < best?.distance ?? .max { best = (distance, candidate) }
    }
    guard let best, best.distance <= max(1, (written.count + 1) / 3) else { return nil }
    return best.name
  }

  /// `did you mean 'country'? columns: ad_id, country`.
  public static func hint(_ name: String, among candidates: [String], called kind: String)
    -> String?
  {
    guard !candidates.isEmpty else { return nil }
    let listed =
      candidates.prefix(16).joined(separator: ", ") + (candidates.count > 16 ? ", …" : "")
    let list = "\(kind): \(listed)"
    return nearest(to: name, among: candidates).map { "did you mean '\($0)'? \(list)" } ?? list
  }

  /// Insertions, deletions, replacements and swaps of neighbours between two words.
  private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        var cost = min(
          last[column + 1] + 1, current[column] + 1,
          last[column] + (left[row] == right[column] ? 0 : 1))
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          cost = min(cost, beforeLast[column - 1] + 1)
        }
        current.append(cost)
      }
      (beforeLast, last) = (last, current)
    }
    return last[right.count]
  }
}
