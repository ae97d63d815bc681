import TestSupport
import Testing

@testable import Engine

/// Timers against a list that is searched from end to end.
@Suite struct TimerQueueTests {
  private static func key(_ timer: TimerHeap.Timer) -> [Int64] {
    [timer.due, timer.windowEnd, timer.first]
  }

  @Test(arguments: UInt64(1)...20)
  func timersComeInTheOrderOfAList(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let entry = Entry.allocate(capacity: 1)
    defer { entry.deallocate() }
    let span = [1, 31, 64, 30_000, 86_400_000][Int.random(in: 0..<5, using: &random)]
    let queue = TimerQueue(span: Int64(span))
    var list: [TimerHeap.Timer] = []
    // A timer that is to come later than it was set for, by its ticket.
    var moved: [Int64: Int64] = [:]
    var (now, ticket) = (Int64(-1000), Int64(0))
    for _ in 0..<400 {
      for _ in 0..<Int.random(in: 0..<8, using: &random) {
        ticket += 1
        let timer = TimerHeap.Timer(
          due: now + Int64.random(in: 0..<Int64(span * 3 + 2), using: &random),
          windowEnd: Int64.random(in: 0..<3, using: &random), first: ticket, ticket: ticket,
          entry: entry)
        queue.push(timer)
        list.append(timer)
      }
      if let known = list.randomElement(using: &random) {
        moved[known.ticket] = known.due + Int64.random(in: 0..<Int64(span * 2 + 1), using: &random)
      }
      now += Int64.random(in: 0..<Int64(span / 8 + 2), using: &random)
      #expect(list.allSatisfy { $0.due >= queue.nextDue })
      func isStill(_ timer: TimerHeap.Timer) -> Bool {
        guard let due = moved[timer.ticket], due > timer.due else { return true }
        // What its owner does: the same timer, set for the later moment.
        moved[timer.ticket] = nil
        var later = timer
        later.due = due
        list.removeAll { $0.ticket == timer.ticket }
        list.append(later)
        queue.push(later)
        return false
      }
      while true {
        queue.bringNear(upTo: now, isStill: isStill)
        guard let timer = queue.pop(upTo: now) else { break }
        let first = list.min { Self.key($0).lexicographicallyPrecedes(Self.key($1)) }
        #expect(timer.ticket == first?.ticket && timer.due <= now)
        list.removeAll { $0.ticket == timer.ticket }
        moved[timer.ticket] = nil
      }
      #expect(list.allSatisfy { $0.due > now })
    }
    #expect(ticket > 500)
  }
}
