/// "Did you mean": the nearest known word to a mistyped one.
enum Suggestion {
  /// Nil when nothing is near: more than a third of the letters wrong.
  static func nearest(to word: String, among known: [String]) -> String? {
    guard word.unicodeScalars.count <= 64 else { return nil }
    let ranked = known.map { (name: $0, distance: distance(word.lowercased(), $0.lowercased())) }
    guard let best = ranked.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }),
      best.distance <= max(1, word.count / 3 + 1)
    else { return nil }
    return best.name
  }

  /// Letters to insert, delete or replace (Levenshtein).
  static func distance(_ a: String, _ b: String) -> Int {
    let right = Array(b.unicodeScalars)
    var row = Array(0...right.count)
    for (i, letter) in a.unicodeScalars.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for j in right.indices {
        let replaced = diagonal + (letter == right[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[right.count]
  }
}
