/// The candidate nearest to what was written, when it is near enough to be a slip.
func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
  let written = Array(name.lowercased().utf8.prefix(64))
  var best: (distance: Int, name: String)?
  for candidate in candidates {
    let distance = editDistance(written, Array(candidate.lowercased().utf8.prefix(64)))
    if distance < best?.distance ?? .max { best = (distance, candidate) }
  }
  guard let best, best.distance <= max(1, (name.utf8.count + 1) / 3) else { return nil }
  return best.name
}

/// Insertions, deletions, replacements and swaps of neighbours between two words.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for row in 0..<left.count {
    var current = [row + 1]
    for column in 0..<right.count {
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

/// `did you mean 'country'? columns: ad, country`: the hint for a name that is not known.
func didYouMean(_ name: String, among candidates: [String], called kind: String) -> String? {
  if candidates.isEmpty { return nil }
  let listed = candidates.prefix(12).joined(separator: ", ") + (candidates.count > 12 ? ", …" : "")
  let list = "\(kind): \(listed)"
  return nearest(to: name, among: candidates).map { "did you mean '\($0)'? \(list)" } ?? list
}
