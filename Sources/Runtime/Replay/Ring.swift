/// The newest elements of a sequence, at most so many.
struct Ring<Element> {
  private var storage: [Element] = []
  private let limit: Int

  init(_ limit: Int) { self.limit = limit }

  var isFull: Bool { storage.count >= limit }
  var count: Int { min(storage.count, limit) }
  var elements: [Element] { storage.count > limit ? Array(storage.suffix(limit)) : storage }

  mutating func append(_ element: Element) {
    storage.append(element)
    if storage.count >= limit * 2 { storage.removeFirst(storage.count - limit) }
  }

  var last: Element? { storage.last }

  mutating func replaceLast(_ element: Element) {
    if !storage.isEmpty { storage[storage.count - 1] = element }
  }

  mutating func keepEverySecond() {
    storage = storage.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
  }
}

extension Ring: Sendable where Element: Sendable {}
