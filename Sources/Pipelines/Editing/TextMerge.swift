/// Puts together what two people changed in the same text.
public enum TextMerge {
  /// The text with both changes, line by line.
  ///
  /// - Returns: nil where both changed the same lines in different ways.
  public static func merge(base: String, mine: String, theirs: String) -> String? {
    if mine == base || mine == theirs { return theirs }
    if theirs == base { return mine }
    let (old, a, b) = (lines(base), lines(mine), lines(theirs))
    let (inA, inB) = (places(of: old, in: a), places(of: old, in: b))
    var merged: [Substring] = []
    var (atOld, atA, atB) = (0, 0, 0)
    while true {
      // As far as the next line that neither has changed.
      let stable = (atOld..<old.count).first { inA[$0] != nil && inB[$0] != nil }
      let endOld = stable ?? old.count
      let endA = stable.flatMap { inA[$0] } ?? a.count
      let endB = stable.flatMap { inB[$0] } ?? b.count
      let (was, isA, isB) = (old[atOld..<endOld], a[atA..<endA], b[atB..<endB])
      if isA.elementsEqual(was) {
        merged += isB
      } else if isB.elementsEqual(was) || isA.elementsEqual(isB) {
        merged += isA
      } else {
        return nil
      }
      guard let stable else { break }
      merged.append(old[stable])
      (atOld, atA, atB) = (stable + 1, endA + 1, endB + 1)
    }
    return merged.joined(separator: "\n")
  }

  private static func lines(_ text: String) -> [Substring] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// Where each old line is found in a new text; nil for one that is gone.
  private static func places(of old: [Substring], in new: [Substring]) -> [Int?] {
    let difference = new.difference(from: old)
    var isRemoved = [Bool](repeating: false, count: old.count)
    var isInserted = [Bool](repeating: false, count: new.count)
    for change in difference {
      switch change {
      case .remove(let offset, _, _): isRemoved[offset] = true
      case .insert(let offset, _, _): isInserted[offset] = true
      }
    }
    var kept = new.indices.filter { !isInserted[$0] }.makeIterator()
    return old.indices.map { isRemoved[$0] ? nil : kept.next() }
  }
}
