extension ByteBuilder {
  /// Adds a finite number in the shortest decimal text that reads back as the same number: the
  /// text of Swift's `description`, such as `0.1`, `12.0`, `1e+20`.
  ///
  /// Most numbers in logs have few decimals, and get that text without the general algorithm: if
  /// `n / 10^k` (k is 2, or 6 for smaller numbers) gives back the very number for a whole n below
  /// 10^15, then `n · 10^-k` reads back as it, since a division of exact numbers is rounded as a
  /// decimal text is. A double tells decimals of up to 15 digits apart, so no other text that
  /// short reads back as it: n without its final zeros is the shortest text.
  @inline(__always)
  package func put(double value: Double) {
    reserve(32)
    let magnitude = value.magnitude
    if magnitude >= 1e-4 && magnitude < 1e13 {
      if put(value, scaledBy: 100, decimals: 2) { return }
      if magnitude < 1e9, put(value, scaledBy: 1_000_000, decimals: 6) { return }
    }
    putGeneral(value)
  }

  @inline(never)
  private func putGeneral(_ value: Double) {
    var text = value.description
    text.withUTF8 { utf8 in
      reserve(utf8.count)
      if let source = utf8.baseAddress { put(source, utf8.count) }
    }
  }

  @inline(__always)
  private func put(_ value: Double, scaledBy scale: Double, decimals: Int) -> Bool {
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 1e15, scaled / scale == value.magnitude else { return false }
    let whole = Int64(scaled)
    let divisor = Int64(scale)
    if value < 0 { put(45) }
    put(decimal: whole / divisor)
    put(46)
    var fraction = whole % divisor
    var digits = decimals
    while digits > 1 && fraction % 10 == 0 {
      fraction /= 10
      digits -= 1
    }
    var at = count + digits
    count = at
    for _ in 0..<digits {
      at -= 1
      start[at] = UInt8(truncatingIfNeeded: 48 + fraction % 10)
      fraction /= 10
    }
    return true
  }
}
