/// The state of one operator as it stood when it was frozen.
public final class FrozenState: @unchecked Sendable {
  // Unchecked: written out once, by one thread.
  /// The operator's id: that of its node.
  public let id: String
  /// About how many bytes it will be, for those who make room.
  public let estimatedBytes: Int
  private let windows: FrozenWindows

  init(id: String, windows: FrozenWindows, estimatedBytes: Int) {
    self.id = id
    self.windows = windows
    self.estimatedBytes = estimatedBytes
  }

  /// Entries for which an operator may have to wait at a time.
  private static let entriesAtOnce = 256

  /// Encodes the state piece by piece, so that it never lies in memory as a whole. Once.
  ///
  /// - Parameters:
  ///   - pieceBytes: about the length of a piece.
  ///   - body: takes the pieces in order; they are gone after the call.
  public func encode(
    pieceBytes: Int = 1 << 20, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) rethrows {
    try encode(upTo: nil, pieceBytes, body)
  }

  private func encode(
    upTo end: Int?, _ pieceBytes: Int, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) rethrows {
    var writer = StateWriter(capacity: min(estimatedBytes, pieceBytes) + 1 << 16)
    while windows.write(entries: Self.entriesAtOnce, upTo: end, to: &writer) {
      guard writer.count >= pieceBytes else { continue }
      try body(writer.buffer)
      writer.removeAll()
    }
    if writer.count > 0 { try body(writer.buffer) }
  }

  /// A piece of the state that can stand in a file of its own.
  public struct Part: Sendable {
    /// The same for the same bytes, in this process and only here; nil for a part that is another one
    /// each time.
    public let identity: UInt64?
    /// The pane that it ends before.
    var endPane: Int
  }

  /// What the state consists of, in order: put together it is exactly what ``encode()`` gives.
  ///
  /// - Parameter minBytes: about how large a pane is at least that is a part with an identity.
  public func parts(minBytes: Int) -> [Part] { windows.parts(minBytes: minBytes) }

  /// Encodes one part piece by piece: each once, in their order, unless it is skipped.
  public func encode(
    _ part: Part, pieceBytes: Int = 1 << 20, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) rethrows {
    try encode(upTo: part.endPane, pieceBytes, body)
  }

  /// Leaves out a part whose bytes are known: what was preserved for it is given back.
  public func skip(_ part: Part) { windows.skip(upTo: part.endPane) }

  /// All of it as bytes. Once.
  public func encode() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(estimatedBytes)
    encode { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// Writes a few entries: what a test interleaves with rounds.
  ///
  /// - Returns: whether there is more.
  func step(entries: Int, to writer: inout StateWriter) -> Bool {
    windows.write(entries: entries, to: &writer)
  }
}
