internal import Engine

/// Finds where records end in a buffer: the rules of ``Framing``, the same however the bytes came.
///
/// A record ends at its line feed. In quoted lines a field that starts with a quote (at the start
/// of a record, or after the delimiter) may hold line feeds up to its closing quote. A quote
/// that is not closed by the end of the split, or within the limit, is a stray one: the record is
/// its first line, so that one bad byte does not swallow the rest of a log.
struct RecordScanner {
  /// What stands between fields that may be quoted; nil where there are no such.
  let delimiter: UInt8?
  /// The bytes that a record may have, without its line feed.
  let limit: Int

  init(_ framing: Framing, limit: Int) {
    if case .quoted(let delimiter) = framing {
      self.delimiter = delimiter
    } else {
      delimiter = nil
    }
    self.limit = limit
  }

  var isQuoted: Bool { delimiter != nil }

  enum Extent: Equatable {
    /// The record ends before this place; this many line feeds are in it.
    case complete(end: Int, lines: Int64)
    /// As `complete`, but with a quote that is never closed.
    case stray(end: Int)
    /// More bytes are needed to tell.
    case incomplete
    /// The first line alone is over the limit.
    case oversized
  }

  /// The extent of the record that starts at `from`.
  ///
  /// - Parameter isLast: nothing follows what is in the buffer.
  func extent(from: Int, in buffer: ReadBuffer, isLast: Bool) -> Extent {
    let available = buffer.filled - from
    let isOver = available > limit
    let window = isOver ? from + limit + 1 : buffer.filled
    guard let feed = buffer.first(10, in: from..<window) else {
      if isOver { return .oversized }
      return isLast ? .complete(end: buffer.filled, lines: 0) : .incomplete
    }
    if !isQuoted || buffer.first(34, in: from..<feed) == nil {
      return .complete(end: feed + 1, lines: 1)
    }
    switch quotedEnd(from: from, to: window, in: buffer) {
    case .complete(let end, let lines): return .complete(end: end, lines: lines)
    case .stray: return isOver || isLast ? .stray(end: feed + 1) : .incomplete
    case .incomplete where isOver: return .stray(end: feed + 1)
    case .incomplete where isLast:
      return .complete(end: window, lines: buffer.lineCount(from..<window))
    default: return .incomplete
    }
  }

  /// The end of a record with quotes; `stray` where a quote is still open at the end of the window.
  private func quotedEnd(from: Int, to window: Int, in buffer: ReadBuffer) -> Extent {
    var at = from
    var lines: Int64 = 0
    var isFieldStart = true
    while at < window {
      let byte = buffer.start[at]
      at += 1
      if byte == 10 { return .complete(end: at, lines: lines + 1) }
      guard byte == 34 && isFieldStart else {
        isFieldStart = byte == delimiter
        continue
      }
      isFieldStart = false
      let opened = at
      while true {
        guard let quote = buffer.first(34, in: at..<window) else { return .stray(end: window) }
        at = quote + 1
        // Two quotes are one of the text. At the end of the window the second may still come.
        if at < window && buffer.start[at] == 34 {
          at += 1
        } else {
          break
        }
      }
      lines += buffer.lineCount(opened..<at)
    }
    return .incomplete
  }
}
