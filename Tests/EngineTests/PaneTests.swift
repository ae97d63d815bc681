import Columns
import TestSupport
import Testing

@testable import Engine

/// A pane's table against a dictionary.
@Suite struct PaneTests {
  @Test(arguments: UInt64(1)...20)
  func manyKeysAtOnceHaveTheEntriesOfADictionary(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let arena = Arena()
    let pane = Pane(start: 0, end: 1, aggregateWords: 2)
    // Texts of all lengths around a word or two, and hashes that often collide.
    let texts = (0..<300).map { number in
      String(repeating: "k", count: Int.random(in: 0..<20, using: &random)) + "\(number)"
    }
    let isColliding = Bool.random(using: &random)
    var known: [String: Entry] = [:]
    var sequence: Int64 = 0
    for _ in 0..<40 {
      let chosen = (0..<Int.random(in: 1..<120, using: &random)).map { _ in
        texts[Int.random(in: 0..<texts.count, using: &random)]
      }
      let keys = chosen.map { arena.copy($0) }
      let hashes = keys.map { isColliding ? $0.hash64 & 0xFFFF_0000_0000_0003 : $0.hash64 }
      let positions = (0..<keys.count).shuffled(using: &random)
      var entries = [Entry](repeating: arena.words, count: keys.count)
      pane.entries(
        keys, hashes, keys.count, position: { positions[$0] }, into: &entries
      ) { sequence + Int64($0) }
      for (index, entry) in entries.enumerated() {
        let text = chosen[positions[index]]
        #expect(entry.key.string == text)
        #expect(known[text, default: entry] == entry, "a key has one entry")
        #expect(pane.find(keys[positions[index]], hashes[positions[index]]) == entry)
        if known[text] == nil {
          #expect(entry[EntryWord.firstSequence] == sequence + Int64(positions[index]))
        }
        known[text] = entry
      }
      sequence += 1000
    }
    #expect(pane.count == known.count && known.count > 200)
  }

  @Test func keysAreTheSameIfAllTheirBytesAre() {
    let arena = Arena()
    for count in 0..<40 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + 1) }
      let key = arena.copy(bytes)
      #expect(key.isSame(arena.copy(bytes)))
      #expect(!key.isSame(arena.copy(bytes + [0])))
      for place in 0..<count {
        var other = bytes
        other[place] ^= 0x80
        #expect(!key.isSame(arena.copy(other)))
      }
    }
  }
}

extension Arena {
  fileprivate func copy(_ bytes: [UInt8]) -> Bytes {
    bytes.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { copy(Bytes(start: $0, count: buffer.count)) } ?? .empty
    }
  }

  fileprivate var words: Entry {
    allocate(8).bindMemory(to: Int64.self, capacity: 1)
  }
}
