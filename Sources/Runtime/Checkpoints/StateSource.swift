import Connectors
import Engine

/// One operator's state on its way to disk, in parts that are encoded as they are written.
struct StateSource {
  struct Part {
    /// See `FrozenState.Part`: a part with one stands in a file that later checkpoints can share.
    var identity: UInt64?
    /// Gives the bytes piece by piece.
    var encode: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
    /// Called instead where the bytes stand on disk already.
    var skip: () -> Void = {}
  }

  /// The operator's id.
  var id: String
  /// In their order; at least one.
  var parts: [Part]

  init(id: String, parts: [Part]) {
    self.id = id
    self.parts = parts
  }

  /// State that is one part.
  init(_ state: OperatorState) {
    id = state.id
    parts = [Part { write in try state.bytes.withUnsafeBytes(write) }]
  }

  /// - Parameter minBytes: see `FrozenState.parts(minBytes:)`.
  init(_ frozen: FrozenState, minBytes: Int) {
    id = frozen.id
    parts = frozen.parts(minBytes: minBytes).map { part in
      Part(
        identity: part.identity, encode: { try frozen.encode(part, $0) },
        skip: { frozen.skip(part) })
    }
  }
}

/// Which files of the last complete checkpoint hold which parts of the state, so that the next one
/// can link what has not changed instead of writing it again.
///
/// Known to this process alone: the first checkpoint of a run is always written in full. A damaged
/// file damages every checkpoint that shares it, so a file is shared by one checkpoint less than are
/// kept, and then written anew: the oldest that is kept never depends on a file of the newest. With
/// two or fewer kept nothing is shared.
final class SharedParts: Sendable {
  struct File: Sendable {
    var path: String
    var part: CheckpointManifest.PartFile
    /// The checkpoints that hold it.
    var uses = 1
  }

  private let files = Guarded<[UInt64: File]>([:])
  private let maxUses: Int
  /// About how large a part is at least that is shared.
  let minBytes: Int

  /// - Parameter keep: how many checkpoints are kept.
  init(keep: Int, minBytes: Int) {
    maxUses = keep - 1
    self.minBytes = maxUses > 1 ? minBytes : .max
  }

  /// The file that holds a part, where one more checkpoint may share it.
  func file(of identity: UInt64) -> File? {
    files.withLock { $0[identity] }.flatMap { $0.uses < maxUses ? $0 : nil }
  }

  /// A checkpoint is complete: from now on its files are those to share.
  func replace(with files: [UInt64: File]) { self.files.withLock { $0 = files } }
}
