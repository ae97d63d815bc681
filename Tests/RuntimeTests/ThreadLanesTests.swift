import Engine
import Runtime
import Testing

/// Work ahead of the one who takes it: the same results, in the same order.
@Suite struct ThreadLanesTests {
  private struct Fault: Error, Equatable { var place: Int }

  /// Numbers from 0: ends after `count`, or throws at `fault`.
  private final class Numbers: Sendable {
    private let made = Guarded(0)
    private let count: Int
    private let fault: Int?

    init(_ count: Int, fault: Int? = nil) {
      self.count = count
      self.fault = fault
    }

    func next() throws -> Int? {
      let number = made.withLock { made in
        defer { made += 1 }
        return made
      }
      if number == fault { throw Fault(place: number) }
      return number < count ? number : nil
    }

    var asked: Int { made.withLock { $0 } }
  }

  @Test("What is made ahead comes in order, and ends once")
  func order() throws {
    let numbers = Numbers(1000)
    let ahead = try #require(ThreadLanes(width: 1, processors: 2).ahead { _ in try numbers.next() })
    var taken: [Int] = []
    while let number = try ahead.next() { taken.append(number) }
    #expect(taken == Array(0..<1000))
    #expect(try ahead.next() == nil)
    ahead.stop()
    #expect(numbers.asked == 1001)
  }

  @Test("A fault is thrown in its place, after what was made before it")
  func faults() throws {
    let numbers = Numbers(1000, fault: 3)
    let ahead = try #require(ThreadLanes(width: 1, processors: 2).ahead { _ in try numbers.next() })
    #expect(try [ahead.next(), ahead.next(), ahead.next()] == [0, 1, 2])
    #expect(throws: Fault(place: 3)) { try ahead.next() }
    #expect(try ahead.next() == nil)
  }

  @Test("Stopped, it makes no more: not many were made that nobody took")
  func stop() throws {
    let numbers = Numbers(.max)
    let ahead = try #require(ThreadLanes(width: 1, processors: 2).ahead { _ in try numbers.next() })
    #expect(try ahead.next() == 0)
    ahead.stop()
    let asked = numbers.asked
    #expect(asked <= 16)
    #expect(try ahead.next() == nil)
    #expect(numbers.asked == asked)
  }

  @Test("One processor has nothing ahead; else half of the threads read, one at least")
  func shares() throws {
    #expect(ThreadLanes(width: 4, processors: 1).ahead { _ in 1 } == nil)
    #expect(ThreadLanes(width: 4, processors: 1).besideAhead.width == 4)
    for (width, ahead, beside) in [(1, 1, 1), (2, 1, 1), (3, 1, 2), (4, 2, 2), (8, 4, 4)] {
      let lanes = ThreadLanes(width: width, processors: 2)
      let seen = lanes.ahead { $0.width }
      #expect(try seen?.next() == ahead, "of \(width)")
      #expect(lanes.besideAhead.width == beside, "of \(width)")
    }
  }

  @Test("Each piece of work is done once, whatever the width", arguments: [1, 2, 3, 8])
  func run(width: Int) {
    let done = Guarded([Int](repeating: 0, count: 20))
    ThreadLanes(width: width).run(20) { index in done.withLock { $0[index] += 1 } }
    #expect(done.withLock { $0 } == [Int](repeating: 1, count: 20))
  }
}
