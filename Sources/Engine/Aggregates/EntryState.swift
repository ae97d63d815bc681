import Columns

/// What an aggregate remembers of one entry beyond its words.
///
/// The pane holds it; the entry's word is its address, so it follows the entry and nothing else:
/// entries may be left behind, and several of one key may live in a pane.
class EntryState {
  /// The pane that holds it, and in whose arena its strings live.
  unowned(unsafe) let pane: Pane
  fileprivate(set) var place = -1
  /// Memory it holds outside the arena, bytes; told to the pane when it changes.
  final var ownBytes = 0 {
    didSet { pane.stateObjectBytes += ownBytes - oldValue }
  }

  init(pane: Pane) { self.pane = pane }

  /// The state whose address stands in a word; nil where the word is zero.
  @inline(__always)
  static func at(_ words: Entry) -> EntryState? {
    UnsafeRawPointer(bitPattern: Int(words[0])).map {
      Unmanaged<EntryState>.fromOpaque($0).takeUnretainedValue()
    }
  }

  /// The fields of a kind of state, bytes.
  class var fieldBytes: Int { 0 }

  /// What the object itself takes, bytes: two words of every object, three fields of every state,
  /// and its own.
  final fileprivate var objectBytes: Int { heapBytes(16 + 24 + Self.fieldBytes) }

  /// Adds all of another state of the same kind, of this pane or another, and leaves it as it is.
  /// (``DistinctValues`` are merged by their ``Accumulator``, which adds what is new.)
  func merge(_ other: EntryState) { preconditionFailure("a state that does not merge") }

  /// Writes the same bytes for the same rows, whether results were read or not.
  func write(to writer: inout StateWriter) { preconditionFailure("a state that is not written") }

  /// Reads into an empty state.
  ///
  /// - Throws: ``StateError``.
  func read(_ reader: inout StateReader) throws { preconditionFailure("a state that is not read") }

  /// Puts in order what many results in a row would each have to. It counts as a change: see
  /// ``PaneCapture``.
  func settle() {}

  /// Writes the result of a state that is not empty.
  func result(_ accumulator: Accumulator, into column: Column, _ row: Int, texts: Arena) {
    preconditionFailure("a state without a result")
  }
}

/// The states that the entries of a pane point to.
struct EntryStates {
  private var held: [EntryState?] = []
  private var free: [Int] = []
  /// What they hold in all, bytes.
  var bytes = 0

  /// With the lists that they are held by, bytes.
  var reservedBytes: Int {
    bytes + arrayBytes(held)
      + arrayBytes(free)
  }

  /// - Returns: the word by which ``EntryState/at(_:)`` finds it.
  mutating func hold(_ state: EntryState) -> Int64 {
    if let place = free.popLast() {
      state.place = place
      held[place] = state
    } else {
      state.place = held.count
      held.append(state)
    }
    bytes += state.objectBytes
    return Int64(Int(bitPattern: Unmanaged.passUnretained(state).toOpaque()))
  }

  mutating func release(_ state: EntryState) {
    bytes -= state.objectBytes + state.ownBytes
    free.append(state.place)
    held[state.place] = nil
  }
}
