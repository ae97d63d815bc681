internal import Columns
internal import Engine
internal import Glibc

/// Reads a file or a pipe forwards in large pieces, and cuts them into whole records.
///
/// Memory is bounded: a piece of `chunkBytes`, or the longest record met, up to twice the limit of
/// a record; and up to four pieces that consumers gave back, which are filled again. A UTF-8 byte
/// order mark at the start is skipped; blank lines are not records in either framing.
final class FileReader: SplitReader {
  private let name: String
  private let file: Int32
  private let isSeekable: Bool
  private let scanner: RecordScanner
  private let chunkBytes: Int
  private var isClosed = false

  private var buffer: ReadBuffer
  /// Pieces that were handed over, to be filled again when they are free.
  private var spares: [ReadBuffer] = []
  private static let spareLimit = 10
  /// The first byte in the buffer that was not handed out.
  private var at = 0
  /// Where the buffer's first byte stands in the split.
  private var bufferOffset: Int64
  private var line: Int64
  /// Whether everything was read into the buffer.
  private var isLast = false
  /// Whether the split's first bytes are still to be looked at.
  private var mayHaveMark: Bool

  init(
    _ name: String, path: String, at position: SplitPosition, framing: Framing, chunkBytes: Int,
    recordLimit: Int
  ) throws {
    self.name = name
    self.chunkBytes = chunkBytes
    scanner = RecordScanner(framing, limit: recordLimit)
    buffer = ReadBuffer(capacity: chunkBytes)
    bufferOffset = position.offset
    line = position.line
    mayHaveMark = position.offset == 0
    (file, isSeekable) = try Self.open(name, path: path, at: position)
  }

  deinit { close() }

  func close() {
    if isClosed { return }
    isClosed = true
    if file != STDIN_FILENO { _ = Glibc.close(file) }
  }

  // MARK: Records

  func next(maxRecords: Int, maxBytes: Int) throws -> RecordBlock? {
    let (maxRecords, maxBytes) = (max(maxRecords, 1), max(maxBytes, 1))
    if mayHaveMark { try skipByteOrderMark() }
    while true {
      skipBlankLines()
      if at < buffer.filled {
        switch scanner.extent(from: at, in: buffer, isLast: isLast) {
        case .oversized: return try oversizedRecord()
        case .stray(let end): return block(to: end, lines: 1)
        case .complete(let end, let lines):
          return run(
            after: end, lines: lines, maxRecords: maxRecords, maxBytes: maxBytes)
        case .incomplete: break
        }
      }
      if isLast && at == buffer.filled { return nil }
      try fill()
    }
  }

  private var position: SplitPosition {
    SplitPosition(offset: bufferOffset + Int64(at), line: line)
  }

  /// Hands out the bytes up to `end`.
  private func block(to end: Int, lines: Int64) -> RecordBlock {
    let start = position
    let bytes = Bytes(start: buffer.start + at, count: end - at)
    at = end
    line += lines
    return RecordBlock(bytes: bytes, owner: buffer.lease(), start: start, end: position)
  }

  /// Hands out the record that ends at `end`, with as many whole records after it as are allowed
  /// and there.
  private func run(
    after end: Int, lines: Int64, maxRecords: Int, maxBytes: Int
  ) -> RecordBlock {
    let bound = maxBytes < buffer.filled - at ? at + maxBytes : buffer.filled
    if maxRecords == .max && !scanner.isQuoted && buffer.filled - at <= scanner.limit {
      // Any line feed will do: no record here can be over the limit.
      var last = end
      if isLast && bound == buffer.filled {
        last = max(last, bound)
      } else if end < bound, let feed = buffer.last(10, in: end..<bound) {
        last = feed + 1
      }
      return block(to: last, lines: lines + buffer.lineCount(end..<last))
    }
    var (end, lines) = (end, lines)
    var left = maxRecords - 1
    while left > 0 && end < bound {
      guard
        case .complete(let next, let more) = scanner.extent(from: end, in: buffer, isLast: isLast),
        next <= bound
      else { break }
      if !isBlank(end..<next) { left -= 1 }
      end = next
      lines += more
    }
    return block(to: end, lines: lines)
  }

  private func isBlank(_ range: Range<Int>) -> Bool {
    range.count <= 2 && range.allSatisfy { buffer.start[$0] == 10 || buffer.start[$0] == 13 }
  }

  private func skipBlankLines() {
    while at < buffer.filled {
      if buffer.start[at] == 10 {
        at += 1
        line += 1
      } else if buffer.start[at] == 13, at + 1 < buffer.filled, buffer.start[at + 1] == 10 {
        at += 2
        line += 1
      } else if buffer.start[at] == 13, at + 1 == buffer.filled, isLast {
        at += 1
      } else {
        return
      }
    }
  }

  /// The beginning of a record over the limit; the rest is read and dropped.
  private func oversizedRecord() throws -> RecordBlock {
    let start = position
    let count = min(64 * 1024, scanner.limit)
    let beginning = ReadBuffer(capacity: count)
    memcpy(beginning.start, buffer.start + at, count)
    beginning.filled = count
    while true {
      if let feed = buffer.first(10, in: at..<buffer.filled) {
        at = feed + 1
        line += 1
        break
      }
      at = buffer.filled
      if isLast { break }
      try fill()
    }
    return RecordBlock(
      bytes: Bytes(start: beginning.start, count: count), owner: beginning, start: start,
      end: position, isOversized: true)
  }
}

// MARK: - Reading

extension FileReader {
  /// Opens the split and checks that it can be read from the position.
  private static func open(
    _ name: String, path: String, at position: SplitPosition
  ) throws -> (file: Int32, isSeekable: Bool) {
    let file = name == "-" ? STDIN_FILENO : try openFile(path, name)
    do {
      var status = stat()
      guard fstat(file, &status) == 0 else { throw SystemFault.error("read \(name)", code: errno) }
      let kind = FileSystem.kind(of: status)
      if kind == .folder { throw SystemFault.error("read \(name)", code: EISDIR) }
      let isSeekable = kind == .file && name != "-"
      if position.offset > 0 {
        guard isSeekable else {
          throw ConnectError(
            "cannot resume \(name) at byte \(position.offset): a pipe can be read only once",
            remedy: "start afresh, or record the stream into a file and read that")
        }
        try checkResumable(file, name, at: position, size: Int64(status.st_size))
      }
      if isSeekable { _ = posix_fadvise(file, 0, 0, POSIX_FADV_SEQUENTIAL) }
      return (file, isSeekable)
    } catch {
      if file != STDIN_FILENO { _ = Glibc.close(file) }
      throw error
    }
  }

  private static func openFile(_ path: String, _ name: String) throws -> Int32 {
    let file = FileSystem.retrying { Int(Glibc.open(path, O_RDONLY | O_CLOEXEC)) }
    if file < 0 { throw SystemFault.error("read \(name)", code: errno) }
    return Int32(file)
  }

  private static func checkResumable(
    _ file: Int32, _ name: String, at position: SplitPosition, size: Int64
  ) throws {
    let remedy = "start afresh, or put back the log that the checkpoint was made from"
    if size < position.offset {
      throw ConnectError(
        "cannot resume \(name) at byte \(position.offset): the log was truncated or replaced: "
          + "it has \(size) bytes now", remedy: remedy)
    }
    // Every position is the end of a line, or of the log as it was, or the byte order mark's end.
    if size == position.offset || position.offset == 3 && position.line == 1 { return }
    var byte: UInt8 = 0
    let count = FileSystem.retrying { pread(file, &byte, 1, Int(position.offset - 1)) }
    if count < 0 { throw SystemFault.error("read \(name)", code: errno) }
    if byte != 10 {
      throw ConnectError(
        "cannot resume \(name) at byte \(position.offset): the log was replaced or its last line "
          + "has grown: line \(position.line) does not start there", remedy: remedy)
    }
  }

  private func skipByteOrderMark() throws {
    defer { mayHaveMark = false }
    // A pipe may give a byte at a time.
    while buffer.filled < 3 && !isLast {
      try fill()
      let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
      for index in 0..<min(buffer.filled, 3) where buffer.start[index] != mark[index] { return }
    }
    if buffer.filled >= 3 { at = 3 }
  }

  /// Reads once more into the buffer, or into another one where this one is full.
  private func fill() throws {
    var room = buffer.capacity - buffer.filled
    let isDone = at == buffer.filled
    if room == 0 || isDone && (room < chunkBytes / 4 || buffer.isFree) {
      makeRoom()
      room = buffer.capacity - buffer.filled
    }
    let target = buffer.start + buffer.filled
    let offset = Int(bufferOffset) + buffer.filled
    let count = FileSystem.retrying {
      isSeekable ? pread(file, target, room, offset) : read(file, target, room)
    }
    if count < 0 { throw SystemFault.error("read \(name)", code: errno) }
    if count == 0 { isLast = true }
    buffer.filled += count
  }

  /// Moves what was not handed out to the start of a buffer that nobody else holds.
  private func makeRoom() {
    let tail = buffer.filled - at
    let capacity =
      max(chunkBytes, min(tail * 2, scanner.limit + chunkBytes + 2))
    bufferOffset += Int64(at)
    if buffer.isFree && buffer.capacity == capacity {
      memmove(buffer.start, buffer.start + at, tail)
    } else {
      let next = spare(capacity) ?? ReadBuffer(capacity: capacity)
      memcpy(next.start, buffer.start + at, tail)
      if buffer.capacity == chunkBytes && spares.count < Self.spareLimit { spares.append(buffer) }
      buffer = next
    }
    buffer.filled = tail
    at = 0
  }

  private func spare(_ capacity: Int) -> ReadBuffer? {
    guard capacity == chunkBytes else { return nil }
    for index in spares.indices where spares[index].isFree {
      return spares.remove(at: index)
    }
    return nil
  }
}
