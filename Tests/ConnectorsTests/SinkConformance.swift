import Columns
import Engine
import Testing

@testable import Connectors

/// Stops a run at the n-th operation that changes something on disk, and fails all after it.
final class CrashPoint: @unchecked Sendable {
  // Unchecked: tests use it from one thread.
  struct Crash: Error {}
  private var left: Int
  private(set) var operations = 0

  init(after count: Int = .max) { left = count }

  /// Small writes, so that a crash can come in the middle of an append.
  var files: FileSystem {
    FileSystem(maxWriteBytes: 16) { [self] _ in
      operations += 1
      if left == 0 { throw Crash() }
      left -= 1
    }
  }
}

/// The target of a sink, made anew for each run.
protocol SinkTarget: AnyObject {
  func makeSink(_ files: FileSystem) -> any Sink
  /// What a reader of the target sees.
  func contents() throws -> String
}

/// Checks that a sink is exactly-once: runs are stopped between any two calls, and at every
/// operation on disk; then restored from the last complete checkpoint, with every commit repeated.
/// The target must be that of the uninterrupted run each time.
///
/// - Parameters:
///   - transactions: the batches of each transaction; an empty list is one without rows.
///   - failing: numbers of checkpoints, from 1, that are never complete: what was prepared for them
///     is committed with the next.
func checkSinkConformance(
  _ transactions: [[Batch]], failing: Set<Int> = [], make: () throws -> any SinkTarget
) throws {
  let reference = try make()
  let counter = CrashPoint()
  var complete: [SinkHandle] = []
  try run(transactions, failing, on: reference, counter.files, complete: &complete)
  let expected = try reference.contents()

  // Calls: open, then write, prepare, commit for each transaction.
  for step in 0..<(1 + transactions.count * 3) {
    let target = try make()
    try runWithCrash(transactions, failing, on: target, CrashPoint(), atStep: step)
    #expect(try target.contents() == expected, "stopped before call \(step)")
  }
  // Operations on disk, with a second crash while recovering.
  for operation in 0..<counter.operations {
    for second in [Int.max, 0, 1, 3, 6] {
      let target = try make()
      try runWithCrash(
        transactions, failing, on: target, CrashPoint(after: operation), thenCrashAfter: second)
      #expect(try target.contents() == expected, "stopped at operation \(operation), \(second)")
    }
  }
}

private func runWithCrash(
  _ transactions: [[Batch]], _ failing: Set<Int>, on target: any SinkTarget, _ crash: CrashPoint,
  atStep step: Int = .max,
  thenCrashAfter second: Int = .max
) throws {
  var complete: [SinkHandle] = []
  do {
    try run(transactions, failing, on: target, crash.files, stopBefore: step, complete: &complete)
    if step == .max { return }
  } catch is CrashPoint.Crash {}
  do {
    try run(
      transactions, failing, on: target, CrashPoint(after: second).files, repeated: true,
      complete: &complete)
    return
  } catch is CrashPoint.Crash {}
  try run(transactions, failing, on: target, FileSystem(), repeated: true, complete: &complete)
}

/// Runs what the last complete checkpoint does not cover.
private func run(
  _ transactions: [[Batch]], _ failing: Set<Int>, on target: any SinkTarget, _ files: FileSystem,
  stopBefore stop: Int = .max, repeated: Bool = false, complete: inout [SinkHandle]
) throws {
  var step = 0
  func isStopped() -> Bool {
    step += 1
    return step > stop
  }
  let sink = target.makeSink(files)
  if isStopped() { return }
  try sink.open(restoring: complete.isEmpty ? nil : complete)
  if repeated { for handle in complete { try sink.commit(handle) } }
  if repeated {
    // What is aborted after a restore leaves no trace either.
    for batch in transactions.joined() { try sink.write(batch) }
    _ = try sink.prepare(checkpoint: (complete.last?.checkpoint ?? 0) + 1)
    for batch in transactions.joined() { try sink.write(batch) }
    try sink.abort()
  }
  var waiting: [SinkHandle] = []
  for number in Int(complete.last?.checkpoint ?? 0)..<transactions.count {
    if isStopped() { return }
    for batch in transactions[number] { try sink.write(batch) }
    if isStopped() { return }
    waiting.append(try sink.prepare(checkpoint: Int64(number + 1)))
    if failing.contains(number + 1) { continue }
    complete = waiting
    if isStopped() { return }
    for handle in waiting { try sink.commit(handle) }
    if repeated { for handle in waiting { try sink.commit(handle) } }
    waiting = []
  }
  sink.close()
}
