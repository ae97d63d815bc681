import Columns
import Glibc
import Synchronization

/// The state of one key in one pane: a header of words, then the words of the aggregates.
///
/// The address never changes while the pane lives, so it also serves as the entry's identity.
typealias Entry = UnsafeMutablePointer<Int64>

/// The words of an entry's header.
enum EntryWord {
  static let hash = 0
  static let keyStart = 1
  /// The bytes of the key, and in the upper half the entry's number in its pane.
  static let keyCount = 2
  /// The number of the record that made the entry: the order in which results come out.
  static let firstSequence = 3
  static let rows = 4
  /// Beside those that its pane counts for it: see ``Pane/firings(_:)``.
  static let firings = 5
  static let pane = 6
  static let headerCount = 7
}

extension Entry {
  var key: Bytes { keyStart.map { Bytes(start: $0, count: keyCount) } ?? .empty }

  @inline(__always)
  fileprivate var keyStart: UnsafePointer<UInt8>? {
    UnsafePointer(bitPattern: UInt(bitPattern: Int(self[EntryWord.keyStart])))
  }

  @inline(__always)
  fileprivate var keyCount: Int { Int(self[EntryWord.keyCount] & 0xFFFF_FFFF) }

  /// Its place among the entries of its pane.
  @inline(__always)
  var number: Int { Int(self[EntryWord.keyCount] >> 32) }

  var pane: Pane {
    guard let raw = UnsafeRawPointer(bitPattern: Int(self[EntryWord.pane])) else {
      preconditionFailure("an entry without its pane")
    }
    return Unmanaged<Pane>.fromOpaque(raw).takeUnretainedValue()
  }
}

/// A window's keys: the state of every key that has rows in `[start, end)`.
///
/// A flat hash table whose slots hold 16 bits of the hash above the entry's address, over entries in
/// blocks of memory that never move. It is freed as a whole when the window is purged.
final class Pane: @unchecked Sendable {
  // Unchecked: belongs to one subtask; results that point into it hold it.
  let start: Int64
  let end: Int64
  /// Keys and strings of the entries.
  let arena = Arena()
  private(set) var count = 0
  /// Entries before this number have fired once more than their words say: a window that fires as a
  /// whole changes none of them.
  private(set) var firedCount = 0
  /// The snapshot under way that it is part of: see ``willChange(_:)``.
  var capture: PaneCapture?
  /// Whether its bytes may be others than when it was last frozen. Set once for many rows, by those
  /// who add to its entries.
  var isChanged = true
  private var identity: UInt64 = 0
  /// What holds keys of its entries beside its own arena.
  private var lenders: [Arena] = []
  /// What the aggregates remember beyond the words of the entries.
  private var states = EntryStates()
  let stride: Int
  private(set) var blocks: [UnsafeMutablePointer<Int64>] = []
  private var slots: UnsafeMutablePointer<UInt64>
  private var mask: Int
  /// Keeps ``warm(_:_:words:position:)`` from being left out as of no effect.
  private(set) var warmth: Int64 = 0
  static let blockShift = 9

  init(start: Int64, end: Int64, aggregateWords: Int) {
    self.start = start
    self.end = end
    stride = EntryWord.headerCount + aggregateWords
    mask = 63
    slots = .allocate(capacity: 64)
    slots.initialize(repeating: 0, count: 64)
  }

  deinit {
    slots.deallocate()
    for block in blocks { block.deallocate() }
  }

  var maxTimestamp: Int64 { end - 1 }
  var span: TimeSpan { TimeSpan(start: start, end: end) }

  /// The entries in the order they were made.
  @inline(__always)
  func entry(_ number: Int) -> Entry {
    blocks[number >> Self.blockShift] + (number & (1 << Self.blockShift - 1)) * stride
  }

  /// The bits of a slot that are an address; those above are the top of the hash.
  private static let addressMask: UInt64 = 0xFFFF_FFFF_FFFF

  /// The entry that a slot holds, if the top of the hash is its own.
  @inline(__always)
  private static func entry(_ held: UInt64, _ hash: UInt64) -> Entry? {
    // The tag of an empty slot may be right: its address is none.
    (held ^ hash) & ~addressMask == 0
      ? Entry(bitPattern: UInt(truncatingIfNeeded: held & addressMask)) : nil
  }

  /// Stands for none among entries.
  nonisolated(unsafe) private static let noEntry = Entry.allocate(capacity: 1)

  @inline(__always)
  private static func isOf(_ entry: Entry, _ key: Bytes, _ hash: UInt64) -> Bool {
    entry[EntryWord.hash] == Int64(bitPattern: hash) && entry.keyCount == key.count
      && (key.count == 0 || entry.keyStart.unsafelyUnwrapped.isSame(key.start, key.count))
  }

  /// The entry of a key, if it has one.
  @inline(__always)
  func find(_ key: Bytes, _ hash: UInt64) -> Entry? {
    slot(of: key, hash).flatMap { Self.entry(slots[$0], hash) }
  }

  /// The slot of a key that has an entry.
  @inline(__always)
  private func slot(of key: Bytes, _ hash: UInt64) -> Int? {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      if let entry = Self.entry(slots[slot], hash), Self.isOf(entry, key, hash) { return slot }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// The entries of many keys, in their order, made where there are none.
  ///
  /// Where each begins is looked up for all of them before the first key is compared, so that the
  /// processor waits for many pieces of memory at once.
  ///
  /// - Parameters:
  ///   - positions: which of `keys` and `hashes` are meant.
  ///   - entries: where the found ones go.
  ///   - sequence: the number of the record at a position.
  @inline(__always)
  func entries(
    _ keys: UnsafePointer<Bytes>, _ hashes: UnsafePointer<UInt64>, _ count: Int,
    position: (Int) -> Int, into entries: UnsafeMutablePointer<Entry>,
    sequence: (Int) -> Int64
  ) {
    // An address that no entry has, in place of none.
    let none = Self.noEntry
    for index in 0..<count {
      let hash = hashes[position(index)]
      entries[index] = Self.entry(slots[Int(truncatingIfNeeded: hash) & mask], hash) ?? none
    }
    for index in 0..<count {
      let position = position(index)
      let candidate = entries[index]
      if candidate != none, Self.isOf(candidate, keys[position], hashes[position]) { continue }
      entries[index] = entry(
        keys[position], hashes[position], sequence: sequence(position))
    }
  }

  /// The same lookup, for its effect on the processor's caches alone.
  ///
  /// - Parameter words: how much of each entry will be read.
  @inline(__always)
  func warm(
    _ hashes: UnsafePointer<UInt64>, _ count: Int, words: Int, position: (Int) -> Int
  ) {
    var sum: Int64 = 0
    for index in 0..<count {
      let hash = hashes[position(index)]
      guard let entry = Self.entry(slots[Int(truncatingIfNeeded: hash) & mask], hash) else {
        continue
      }
      // A cache line is eight words.
      for word in Swift.stride(from: 0, to: words, by: 8) { sum &+= entry[word] }
    }
    warmth = sum
  }

  /// The entry of a key, made now if it has none: its aggregates are zero words.
  ///
  /// - Parameter isBorrowing: whether the key's bytes live as long as the pane already.
  @inline(__always)
  func entry(
    _ key: Bytes, _ hash: UInt64, sequence: Int64, isBorrowing: Bool = false
  ) -> Entry {
    find(key, hash) ?? insert(isBorrowing ? key : arena.copy(key), hash, sequence: sequence)
  }

  /// Lets another pane's keys live as long as this one.
  func borrow(_ arena: Arena) { lenders.append(arena) }

  /// A new entry; the key's bytes must live in the arena.
  func insert(_ key: Bytes, _ hash: UInt64, sequence: Int64) -> Entry {
    if (count + 1) * 2 > mask + 1 { grow() }
    let new = make(key, hash, sequence: sequence)
    place(new)
    return new
  }

  /// A new entry that the table does not know: its aggregates are zero words.
  func make(_ key: Bytes, _ hash: UInt64, sequence: Int64) -> Entry {
    if count >> Self.blockShift == blocks.count {
      let words = stride << Self.blockShift
      let block = UnsafeMutablePointer<Int64>.allocate(capacity: words)
      block.initialize(repeating: 0, count: words)
      blocks.append(block)
    }
    let new = entry(count)
    count += 1
    new[EntryWord.hash] = Int64(bitPattern: hash)
    new[EntryWord.keyStart] = Int64(Int(bitPattern: key.start))
    new[EntryWord.keyCount] = Int64(count - 1) << 32 | Int64(key.count)
    new[EntryWord.firstSequence] = sequence
    new[EntryWord.pane] = Int64(Int(bitPattern: Unmanaged.passUnretained(self).toOpaque()))
    return new
  }

  /// Makes the newest entry the one that its key is found by.
  ///
  /// - Returns: the entry that was found by it before; nil for a new key.
  func promoteNewest() -> Entry? {
    let newest = entry(count - 1)
    let hash = UInt64(bitPattern: newest[EntryWord.hash])
    if let slot = slot(of: newest.key, hash) {
      defer { slots[slot] = Self.held(newest, hash) }
      return Self.entry(slots[slot], hash)
    }
    if (count + 1) * 2 > mask + 1 { grow() }
    place(newest)
    return nil
  }

  /// What a slot holds for an entry.
  @inline(__always)
  private static func held(_ entry: Entry, _ hash: UInt64) -> UInt64 {
    let address = UInt64(UInt(bitPattern: entry))
    precondition(address & ~addressMask == 0, "an address of more than 48 bits")
    return hash & ~addressMask | address
  }

  private func place(_ entry: Entry) {
    let hash = UInt64(bitPattern: entry[EntryWord.hash])
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = Self.held(entry, hash)
  }

  private func grow() {
    // A large table is mostly memory that is far away: it has no more of it than it needs.
    grow(to: (mask + 1) * (mask < 4096 ? 4 : 2))
  }

  private func grow(to capacity: Int) {
    let old = UnsafeBufferPointer(start: slots, count: mask + 1)
    slots = .allocate(capacity: capacity)
    slots.initialize(repeating: 0, count: capacity)
    mask = capacity - 1
    for held in old {
      if let entry = Entry(bitPattern: UInt(truncatingIfNeeded: held & Self.addressMask)) {
        place(entry)
      }
    }
    old.deallocate()
  }

  // MARK: firings

  /// How often an entry has fired.
  @inline(__always)
  func firings(_ entry: Entry) -> Int64 {
    entry[EntryWord.firings] &+ (entry.number < firedCount ? 1 : 0)
  }

  /// From now on all entries with rows have fired once, and the others not at all.
  func setFired() {
    isChanged = true
    for number in 0..<count {
      let entry = entry(number)
      let firings: Int64 = entry[EntryWord.rows] > 0 ? 0 : -1
      if entry[EntryWord.firings] == firings { continue }
      willChange(entry)
      entry[EntryWord.firings] = firings
    }
    firedCount = count
  }

  // MARK: snapshots

  /// Must be called before an entry changes: a snapshot that is still being written keeps it as it
  /// is now.
  @inline(__always)
  func willChange(_ entry: Entry) { capture?.preserve(entry) }

  /// A number for what it holds now: another one after each change, and never that of another pane
  /// of this process.
  func takeIdentity() -> UInt64 {
    if isChanged {
      identity = Self.identities.wrappingAdd(1, ordering: .relaxed).newValue
      isChanged = false
    }
    return identity
  }

  private static let identities = Atomic<UInt64>(0)

  /// Makes room for so many more keys.
  func reserve(_ more: Int) {
    let needed = (count + more) * 2
    guard needed > mask + 1 else { return }
    grow(to: 1 << (Int.bitWidth - (needed - 1).leadingZeroBitCount))
  }

  // MARK: states

  /// Keeps a state of one of its entries.
  ///
  /// - Returns: the word by which the entry finds it.
  func hold(_ state: EntryState) -> Int64 { states.hold(state) }

  func release(_ state: EntryState) { states.release(state) }

  /// What the states hold, bytes.
  var stateObjectBytes: Int {
    get { states.bytes }
    set { states.bytes = newValue }
  }

  /// Memory it holds, bytes.
  var stateBytes: Int {
    blocks.count * heapBytes((stride << Self.blockShift) * 8) + arrayBytes(blocks)
      + heapBytes((mask + 1) * 8) + arena.reservedBytes + states.reservedBytes
  }
}

/// What the system takes for a piece of memory of some size, bytes: its own words beside it, and all
/// of it in steps of 16.
@inline(__always)
func heapBytes(_ size: Int) -> Int { max(32, (size + 8 + 15) & ~15) }

/// The same for an array's storage.
@inline(__always)
func arrayBytes<Element>(_ array: [Element]) -> Int {
  array.capacity == 0 ? 0 : heapBytes(32 + array.capacity * MemoryLayout<Element>.stride)
}
