/// Finds where in a YAML text each byte of a scalar's value comes from.
///
/// Follows the source and the value side by side, and gives up (nil) where they disagree, so that
/// a position that is given is right.
struct ScalarOffsets {
  private let source: [UInt8]
  private let value: [UInt8]
  private var at: Int
  private var done = 0
  private var offsets: [Int] = []

  /// - Parameter start: where the scalar starts in the source, at its quote or `|`.
  /// - Returns: the offset of each byte of the value and of its end, and the end of the scalar
  ///   with its closing quote.
  static func find(
    _ value: String, style: YamlScalar.Style, in source: [UInt8], from start: Int
  ) -> (offsets: [Int], end: Int)? {
    var finder = ScalarOffsets(source: source, value: Array(value.utf8), at: start)
    let isFound =
      switch style {
      case .plain: finder.plain()
      case .singleQuoted: finder.singleQuoted()
      case .doubleQuoted: finder.doubleQuoted()
      case .literal, .folded: finder.block(isFolded: style == .folded)
      }
    guard isFound, finder.done == finder.value.count else { return nil }
    return (finder.offsets + [finder.contentEnd ?? finder.at], finder.at)
  }

  private var contentEnd: Int?

  private init(source: [UInt8], value: [UInt8], at: Int) {
    self.source = source
    self.value = value
    self.at = at
    offsets.reserveCapacity(value.count + 1)
  }

  private var next: UInt8? { at < source.count ? source[at] : nil }
  private var wanted: UInt8? { done < value.count ? value[done] : nil }
  private var breakLength: Int { at < source.count ? SourceText.lineEnd(in: source, at: at) : 0 }

  private mutating func emit(count: Int = 1) {
    for _ in 0..<count { offsets.append(at) }
    done += count
  }

  private mutating func skipBlanks() {
    while let byte = next, byte == 32 || byte == 9 { at += 1 }
  }

  /// At white space that holds a line end: one end is a space of the value, more are one less.
  private mutating func fold() -> Bool {
    var look = at
    while look < source.count, source[look] == 32 || source[look] == 9 { look += 1 }
    guard look < source.count, SourceText.lineEnd(in: source, at: look) > 0 else { return false }
    let start = at
    at = look
    var breaks = 0
    while breakLength > 0 {
      at += breakLength
      breaks += 1
      skipBlanks()
    }
    let filler: UInt8 = breaks == 1 ? 32 : 10
    for _ in 0..<max(1, breaks - 1) {
      guard wanted == filler else { return false }
      offsets.append(start)
      done += 1
    }
    return true
  }

  private mutating func plain() -> Bool {
    while let byte = wanted {
      if byte == next {
        emit()
        at += 1
      } else if !fold() {
        return false
      }
    }
    return true
  }

  private mutating func singleQuoted() -> Bool {
    guard next == 39 else { return false }
    at += 1
    while let byte = next {
      if byte == 39 {
        if at + 1 < source.count, source[at + 1] == 39 {
          guard wanted == 39 else { return false }
          emit()
          at += 2
          continue
        }
        contentEnd = at
        at += 1
        return true
      }
      if fold() { continue }
      guard byte == wanted else { return false }
      emit()
      at += 1
    }
    return false
  }

  private mutating func doubleQuoted() -> Bool {
    guard next == 34 else { return false }
    at += 1
    while let byte = next {
      if byte == 34 {
        contentEnd = at
        at += 1
        return true
      }
      if byte == 92 {
        guard escape() else { return false }
      } else if !fold() {
        guard byte == wanted else { return false }
        emit()
        at += 1
      }
    }
    return false
  }

  private mutating func escape() -> Bool {
    guard at + 1 < source.count else { return false }
    let lineEnd = SourceText.lineEnd(in: source, at: at + 1)
    if lineEnd > 0 {
      at += 1 + lineEnd
      skipBlanks()
      return true
    }
    let digits: Int =
      switch source[at + 1] {
      case UInt8(ascii: "x"): 2
      case UInt8(ascii: "u"): 4
      case UInt8(ascii: "U"): 8
      default: 0
      }
    guard let lead = wanted, at + 2 + digits <= source.count else { return false }
    let length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    guard done + length <= value.count else { return false }
    emit(count: length)
    at += 2 + digits
    return true
  }

  /// `|` and `>`: a header, then lines with a common indentation.
  private mutating func block(isFolded: Bool) -> Bool {
    var explicit: Int?
    while at < source.count, breakLength == 0 {
      if source[at] == 35 { break }
      if source[at] >= 49, source[at] <= 57 { explicit = Int(source[at] - 48) }
      at += 1
    }
    while at < source.count, breakLength == 0 { at += 1 }
    // With an indicator the indentation counts from the parent's, which is not known here.
    guard explicit == nil, at < source.count else { return value.isEmpty }
    at += breakLength
    guard let indent = firstIndent() else { return value.isEmpty }
    while done < value.count {
      for _ in 0..<indent where next == 32 { at += 1 }
      while at < source.count, breakLength == 0, let byte = wanted, byte == source[at] {
        emit()
        at += 1
      }
      contentEnd = at
      let atEnd = breakLength == 0
      if !atEnd, done == value.count { return true }
      guard atEnd ? at == source.count : true else { return false }
      if atEnd { return closeBlock() }
      if isFolded {
        guard foldBlock(indent: indent) else { return false }
      } else {
        guard wanted == 10 else { return false }
        emit()
        at += breakLength
      }
    }
    return true
  }

  /// The source ended; what is left of the value can only be the last line end.
  private mutating func closeBlock() -> Bool {
    while wanted == 10 { emit() }
    return done == value.count
  }

  private func firstIndent() -> Int? {
    var look = at
    var spaces = 0
    while look < source.count {
      let length = SourceText.lineEnd(in: source, at: look)
      if length > 0 {
        spaces = 0
        look += length
      } else if source[look] == 32 {
        spaces += 1
        look += 1
      } else {
        return spaces
      }
    }
    return nil
  }

  private mutating func foldBlock(indent: Int) -> Bool {
    let start = at
    var breaks = 0
    while breakLength > 0 {
      at += breakLength
      breaks += 1
      // A blank line has no more than the indentation.
      var look = at
      while look < source.count, source[look] == 32 { look += 1 }
      if look < source.count, SourceText.lineEnd(in: source, at: look) > 0 { at = look }
    }
    if wanted == 32, breaks == 1 {
      offsets.append(start)
      done += 1
      return true
    }
    var taken = 0
    while wanted == 10, taken < breaks {
      offsets.append(start)
      done += 1
      taken += 1
    }
    return taken > 0 || done == value.count
  }
}
