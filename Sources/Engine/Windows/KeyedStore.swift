import Columns

/// Words of an entry with bounds of its own, after those of every entry.
enum KeyedWord {
  static let start = EntryWord.headerCount
  static let end = start + 1
  /// The entry of the same key that was newest before this one; 0 for none.
  static let next = start + 2
  /// Rows since a count made it fire.
  static let sinceFiring = start + 3
  /// The early firing that was set last; `noTime` for none.
  static let early = start + 4
  /// 1 once the end of its window has come.
  static let ended = start + 5
  /// Rows it had when it last fired.
  static let firedRows = start + 6
  /// A copy of the entry as its result last came out; 0 for none.
  static let shadow = start + 7
  /// The ticket of its timer; 0 for none.
  static let ticket = start + 8
  /// When that timer is due; once it is not in use any more, the batch it ended with.
  static let timer = start + 9
  /// 1 while it is in use.
  static let isLive = start + 10
  /// 1 while the early firing is still to come.
  static let isArmed = start + 11
  /// The entry of the same key whose ``next`` this is; 0 for the newest.
  static let newer = start + 12
  static let count = 13

  /// Words that a checkpoint keeps.
  static let saved = [start, end, sinceFiring, early, isArmed, ended, firedRows]
  static let noTime = Int64.max
}

extension Entry {
  @inline(__always)
  var span: TimeSpan { TimeSpan(start: self[KeyedWord.start], end: self[KeyedWord.end]) }

  @inline(__always)
  var next: Entry? { Entry(bitPattern: Int(self[KeyedWord.next])) }

  /// Puts an entry behind this one in the chain of their key.
  @inline(__always)
  fileprivate func link(_ next: Entry?) {
    self[KeyedWord.next] = Int64(Int(bitPattern: next))
    if let next { next[KeyedWord.newer] = Int64(Int(bitPattern: self)) }
  }

  var shadow: Entry? { Entry(bitPattern: Int(self[KeyedWord.shadow])) }

  /// Opens the window of an entry whose words are zero.
  @inline(__always)
  fileprivate func begin(_ span: TimeSpan) {
    self[KeyedWord.start] = span.start
    self[KeyedWord.end] = span.end
    self[KeyedWord.early] = KeyedWord.noTime
    self[KeyedWord.isLive] = 1
  }
}

/// Windows of keys that each have bounds of their own: a key's windows are a chain, newest first.
///
/// An entry that is done with stays in memory: as the newest of its key it is used again for the
/// key's next window, where its aggregates are words alone. Others wait until as many are dead as
/// live; then the live ones move to a new pane.
///
/// A class, so that a row that asks it for a key copies nothing and is not checked for exclusive
/// access.
final class KeyedStore {
  private let plan: WindowPlan
  private(set) var pane: Pane
  private(set) var liveCount = 0
  private var deadCount = 0
  /// Whether nothing but an entry's words holds what its rows came to.
  private let isReusing: Bool
  /// How many batches have been taken: results of one may wait for its end in their entries.
  private var batches: Int64 = 0

  init(plan: WindowPlan) {
    self.plan = plan
    isReusing = plan.accumulators.allSatisfy { $0.slots.allSatisfy { $0 == .word } }
    pane = plan.pane(TimeSpan(start: .min, end: .max))
  }

  /// The newest entry of a key, live or the last one that was.
  @inline(__always)
  func newest(_ key: Bytes, _ hash: UInt64) -> Entry? { pane.find(key, hash) }

  /// A new entry at the head of its key's chain.
  func insert(
    _ key: Bytes, _ hash: UInt64, _ span: TimeSpan, sequence: Int64, after newest: Entry?
  ) -> Entry {
    liveCount += 1
    if isReusing, let newest, newest[KeyedWord.isLive] == 0, newest[KeyedWord.timer] < batches,
      newest.shadow == nil
    {
      deadCount -= 1
      pane.reset(newest, span, sequence: sequence)
      return newest
    }
    return pane.insertNewest(newest?.key, key, hash, span, sequence: sequence)
  }

  /// Says that nobody looks at an entry any more that was removed.
  func endBatch() { batches += 1 }

  /// Makes room for so many more entries.
  func reserve(_ more: Int) { pane.reserve(more) }

  /// Takes an entry out of its chain. Its words stay as they are until the pane goes.
  func remove(_ entry: Entry) {
    entry[KeyedWord.isLive] = 0
    entry[KeyedWord.ticket] = 0
    entry[KeyedWord.timer] = batches
    liveCount -= 1
    deadCount += entry.shadow == nil ? 1 : 2
    // A dead head is passed over, and replaced by the key's next entry.
    Entry(bitPattern: Int(entry[KeyedWord.newer]))?.link(entry.next)
  }

  /// An empty entry in the place of one, with its bounds, triggers and number of firings.
  func renew(_ entry: Entry) -> Entry {
    let fresh = insert(
      entry.key, UInt64(bitPattern: entry[EntryWord.hash]), entry.span,
      sequence: entry[EntryWord.firstSequence], after: entry)
    fresh[EntryWord.firings] = entry[EntryWord.firings]
    for word in KeyedWord.saved where word != KeyedWord.firedRows { fresh[word] = entry[word] }
    remove(entry)
    return fresh
  }

  /// Remembers an entry's result as `source` holds it.
  func shadow(_ entry: Entry, as source: Entry) {
    if entry.shadow != nil { deadCount += 1 }
    let copy = emptyShadow(of: entry)
    copy[EntryWord.rows] = source[EntryWord.rows]
    copy[EntryWord.firings] = source[EntryWord.firings]
    plan.layout.copy(source, to: copy)
  }

  /// A shadow whose result is still to be filled in.
  func emptyShadow(of entry: Entry) -> Entry {
    let copy = pane.make(
      entry.key, UInt64(bitPattern: entry[EntryWord.hash]),
      sequence: entry[EntryWord.firstSequence])
    copy[KeyedWord.start] = entry[KeyedWord.start]
    copy[KeyedWord.end] = entry[KeyedWord.end]
    entry[KeyedWord.shadow] = Int64(Int(bitPattern: copy))
    return copy
  }

  /// The live entries, in the order they were made.
  var live: [Entry] {
    (0..<pane.count).lazy.map(pane.entry).filter { $0[KeyedWord.isLive] != 0 }
  }

  /// Whether so many entries are dead that it pays to move the live ones.
  var isWasteful: Bool { deadCount > (isReusing ? 16_384 : 1024) && deadCount > liveCount }

  /// Moves the live entries to a new pane: no pointer to an entry holds after this.
  func compact() {
    let old = pane
    let entries = live
    pane = plan.pane(TimeSpan(start: .min, end: .max))
    // As many as there were will be there again.
    pane.reserve(old.count)
    (liveCount, deadCount) = (0, 0)
    for entry in entries {
      let key = pane.arena.copy(entry.key)
      let hash = UInt64(bitPattern: entry[EntryWord.hash])
      let moved = insert(
        key, hash, entry.span, sequence: entry[EntryWord.firstSequence], after: nil)
      moved[EntryWord.rows] = entry[EntryWord.rows]
      moved[EntryWord.firings] = entry[EntryWord.firings]
      for word in KeyedWord.saved { moved[word] = entry[word] }
      plan.layout.copy(entry, to: moved)
      if let known = entry.shadow { shadow(moved, as: known) }
    }
    withExtendedLifetime(old) {}
  }
}

extension Pane {
  /// A new entry at the head of its key's chain.
  ///
  /// - Parameter known: the key as an entry of it has it.
  fileprivate func insertNewest(
    _ known: Bytes?, _ key: Bytes, _ hash: UInt64, _ span: TimeSpan, sequence: Int64
  ) -> Entry {
    let entry = make(known ?? arena.copy(key), hash, sequence: sequence)
    entry.begin(span)
    if let before = promoteNewest() {
      // A dead head would only lengthen the chain.
      entry.link(before[KeyedWord.isLive] != 0 ? before : before.next)
    }
    return entry
  }

  /// Makes an entry that is done with a new one, in the same place of its key's chain.
  fileprivate func reset(_ entry: Entry, _ span: TimeSpan, sequence: Int64) {
    willChange(entry)
    let (next, newer) = (entry[KeyedWord.next], entry[KeyedWord.newer])
    (entry + KeyedWord.start).update(repeating: 0, count: stride - KeyedWord.start)
    entry[EntryWord.firstSequence] = sequence
    entry[EntryWord.rows] = 0
    entry[EntryWord.firings] = 0
    (entry[KeyedWord.next], entry[KeyedWord.newer]) = (next, newer)
    entry.begin(span)
  }
}
