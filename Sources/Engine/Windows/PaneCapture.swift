import Columns
import Glibc

/// A pane as it stood when its operator was frozen, written out entry by entry while the operator
/// goes on.
///
/// Whoever is about to change an entry that has not been written yet calls ``preserve(_:)``: the
/// entry's bytes are then kept as they are at that moment and written in its place. An entry that
/// was kept or written is the operator's own again; the writer never looks at it any more. So both
/// sides meet only for the few entries that a lock is held for, and memory grows only with the
/// entries that change while the snapshot is written.
///
/// Blocks of entries do not move, the bytes of keys neither, and entries made later have higher
/// numbers: nothing else needs care.
final class PaneCapture: @unchecked Sendable {
  // Unchecked: the operator's thread preserves, one other writes; what both see is under the lock,
  // but `places`, which only the operator's thread changes, under the lock, and may read without.
  let role: PaneRole
  let span: TimeSpan
  /// How many entries are written.
  let savedCount: Int
  /// The same for the same bytes; nil for a pane that counts as changed every time.
  let identity: UInt64?
  /// About how many bytes it comes to, without keys and texts.
  let leastBytes: Int
  /// Entries there were, those that are not written among them.
  private let count: Int
  private let firedCount: Int
  private let blocks: [UnsafeMutablePointer<Int64>]
  private let stride: Int
  private let layout: AggregateLayout
  private let lock = CaptureLock()
  /// Keeps the memory of the entries.
  private var pane: Pane?
  /// Entries before this number were written.
  private var next = 0
  /// For each entry the number of its kept bytes, or 0; made when the first entry changes.
  private var places: UnsafeMutablePointer<UInt32>?
  private var kept = StateWriter(capacity: 16)
  /// Where the bytes of each kept entry end.
  private var ends: [Int] = []

  /// - Parameter savedCount: how many entries of the pane are in use.
  init(_ pane: Pane, role: PaneRole, savedCount: Int, layout: AggregateLayout) {
    self.role = role
    self.savedCount = savedCount
    self.layout = layout
    self.pane = pane
    span = pane.span
    identity = role == .keyed ? nil : pane.takeIdentity()
    leastBytes = savedCount * (pane.stride + 1) * 8 + pane.stateObjectBytes
    count = pane.count
    firedCount = pane.firedCount
    blocks = pane.blocks
    stride = pane.stride
  }

  deinit { free(places) }

  // MARK: the operator's thread

  /// Keeps an entry as it is now, unless it was kept or written before.
  func preserve(_ entry: Entry) {
    let number = entry.number
    guard number < count, places.map({ $0[number] == 0 }) ?? true else { return }
    lock.withLock { keep(entry, number) }
  }

  /// The same for many entries, of this pane.
  func preserve(_ entries: UnsafePointer<Entry>, count many: Int) {
    lock.withLock {
      for index in 0..<many {
        let number = entries[index].number
        if number >= next, number < count { keep(entries[index], number) }
      }
    }
  }

  /// Keeps all that was not written, so that another snapshot can take its place.
  func preserveAll() {
    lock.withLock {
      for number in next..<max(next, count) { keep(entry(number), number) }
    }
  }

  private func keep(_ entry: Entry, _ number: Int) {
    guard number >= next else { return }
    let places = self.places ?? makePlaces()
    guard places[number] == 0 else { return }
    write(entry, number, to: &kept)
    ends.append(kept.count)
    places[number] = UInt32(ends.count)
  }

  private func makePlaces() -> UnsafeMutablePointer<UInt32> {
    // Zeros that the system hands out when they are first touched.
    guard let zeros = calloc(count, 4) else { fatalError("out of memory: \(count * 4) bytes") }
    let made = zeros.bindMemory(to: UInt32.self, capacity: count)
    places = made
    return made
  }

  /// Whether everything was written, or nobody will.
  var isDone: Bool { lock.withLock { pane == nil } }

  /// Memory that it holds beside the pane, bytes.
  var reservedBytes: Int {
    lock.withLock {
      kept.reservedBytes + ends.capacity * 8 + (places == nil ? 0 : count * 4)
    }
  }

  /// The pane, until it was written.
  var heldPane: Pane? { lock.withLock { pane } }

  // MARK: the writing thread

  /// Writes some more entries.
  ///
  /// - Parameter limit: the most for which the operator's thread may have to wait.
  /// - Returns: whether there is more to write.
  func write(upTo limit: Int, to writer: inout StateWriter) -> Bool {
    var done: Pane?
    lock.withLock {
      let end = min(next + limit, count)
      for number in next..<max(next, end) {
        if let places, places[number] != 0 {
          let kept = Int(places[number]) - 1
          writer.write(
            raw: UnsafeRawBufferPointer(
              rebasing: self.kept.buffer[(kept == 0 ? 0 : ends[kept - 1])..<ends[kept]]))
        } else {
          write(entry(number), number, to: &writer)
        }
      }
      next = max(next, end)
      if next >= count { done = finish() }
    }
    // Freed without the lock: it may be large.
    return done == nil
  }

  /// Nobody will write the rest.
  func abandon() {
    var done: Pane?
    lock.withLock {
      next = count
      done = finish()
    }
    withExtendedLifetime(done) {}
  }

  private func finish() -> Pane? {
    defer { pane = nil }
    kept.reset()
    ends = []
    return pane
  }

  private func entry(_ number: Int) -> Entry {
    blocks[number >> Pane.blockShift] + (number & (1 << Pane.blockShift - 1)) * stride
  }

  // MARK: bytes

  private func write(_ entry: Entry, _ number: Int, to writer: inout StateWriter) {
    if role == .keyed, entry[KeyedWord.isLive] == 0 { return }
    writer.write(entry.key)
    writer.write(entry[EntryWord.hash])
    writer.write(entry + EntryWord.firstSequence, count: 2)
    writer.write(entry[EntryWord.firings] &+ (number < firedCount ? 1 : 0))
    layout.write(entry, to: &writer)
    guard role == .keyed else { return }
    for word in KeyedWord.saved { writer.write(entry[word]) }
    guard let shadow = entry.shadow else { return writer.write(Int64(0)) }
    writer.write(Int64(1))
    writer.write(shadow[EntryWord.rows])
    writer.write(shadow[EntryWord.firings])
    layout.write(shadow, to: &writer)
  }
}
