import Columns

/// What a checkpoint keeps of an entry's aggregates: runs over its words, so that an entry whose
/// aggregates hold numbers only is copied in one piece.
struct AggregateLayout: Sendable {
  private enum Part: Sendable {
    case words(start: Int, count: Int)
    case text(Int)
    /// With the aggregate that makes it.
    case state(Int, accumulator: Int)
  }

  private let parts: [Part]
  private let accumulators: [Accumulator]
  /// Those whose value is a collection, which is read where it stands.
  private let collections: [Accumulator]

  init(_ accumulators: [Accumulator]) {
    var parts: [Part] = []
    for (index, accumulator) in accumulators.enumerated() {
      var word = accumulator.offset
      for slot in accumulator.slots {
        switch slot {
        case .word:
          if case .words(let start, let count) = parts.last, start + count == word {
            parts[parts.count - 1] = .words(start: start, count: count + 1)
          } else {
            parts.append(.words(start: word, count: 1))
          }
        case .text: parts.append(.text(word))
        case .state: parts.append(.state(word, accumulator: index))
        }
        word += slot.wordCount
      }
    }
    self.parts = parts
    self.accumulators = accumulators
    collections = accumulators.filter(\.argumentType.isCollection)
  }

  /// Writes what an entry holds: the same bytes for the same rows, merged in the same order. It
  /// only reads the entry.
  @inline(__always)
  func write(_ entry: Entry, to writer: inout StateWriter) {
    for part in parts {
      switch part {
      case .words(let start, let count): writer.write(entry + start, count: count)
      case .text(let word): writer.write((entry + word).text(0))
      case .state(let word, _):
        let state = EntryState.at(entry + word)
        writer.write(Int64(state == nil ? 0 : 1))
        state?.write(to: &writer)
      }
    }
  }

  /// Reads into an entry whose words are zero.
  ///
  /// - Throws: ``StateError``.
  @inline(__always)
  func read(_ reader: inout StateReader, into entry: Entry) throws {
    for part in parts {
      switch part {
      case .words(let start, let count): try reader.words(count, into: entry + start)
      case .text(let word):
        let run = try reader.skipRun()
        reader.withBytes(run) { (entry + word).setText(0, $0, entry.pane.arena) }
      case .state(let word, let index):
        if try reader.word() != 0 { try accumulators[index].makeState(entry + word).read(&reader) }
      }
    }
    for accumulator in collections { try accumulator.check(entry) }
  }

  /// Gives an empty entry the aggregates of another, bit by bit.
  func copy(_ source: Entry, to target: Entry) {
    if parts.count == 1, case .words(let start, let count) = parts[0] {
      (target + start).update(from: source + start, count: count)
      return
    }
    var writer = StateWriter()
    write(source, to: &writer)
    var reader = StateReader(writer.bytes)
    do {
      try read(&reader, into: target)
    } catch {
      preconditionFailure("an aggregate does not read what it wrote: \(error)")
    }
  }
}
