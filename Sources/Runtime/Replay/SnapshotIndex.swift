/// Memories of a replay by tick: sparse over all that was read, thinned out as they become many or
/// large, and a few dense ones where steps are being taken.
struct SnapshotIndex: Sendable {
  /// By tick; the first is the start and stays.
  private(set) var sparse: [ReplayMemory]
  /// The latest used, newest last.
  private var dense: [ReplayMemory] = []
  /// Ticks between two sparse ones.
  private(set) var interval: Int64
  private var bytes = 0

  private static let sparseLimit = 256
  private static let denseLimit = 12
  /// What the sparse ones may take, about.
  private static let byteLimit = 192 << 20

  init(start: ReplayMemory, interval: Int64 = 512) {
    sparse = [start]
    bytes = start.byteCount
    self.interval = interval
  }

  /// Whether a memory at this tick would be kept among the sparse ones.
  func wants(_ tick: Int64) -> Bool { tick - (sparse.last?.tick ?? 0) >= interval }

  /// How far to read before the next sparse one is due.
  func distance(from tick: Int64) -> Int64 {
    max(1, (sparse.last?.tick ?? 0) + interval - tick)
  }

  mutating func add(_ memory: ReplayMemory) {
    guard wants(memory.tick) else { return }
    sparse.append(memory)
    bytes += memory.byteCount
    while sparse.count > Self.sparseLimit || bytes > Self.byteLimit && sparse.count > 2 {
      interval *= 2
      sparse = sparse.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
      bytes = sparse.reduce(0) { $0 + $1.byteCount }
    }
  }

  /// Keeps one for steps around it.
  mutating func addDense(_ memory: ReplayMemory) {
    dense.removeAll { $0.tick == memory.tick }
    dense.append(memory)
    if dense.count > Self.denseLimit { dense.removeFirst() }
  }

  /// The nearest at or before a tick.
  func nearest(to tick: Int64) -> ReplayMemory {
    let close = dense.filter { $0.tick <= tick }.max { $0.tick < $1.tick }
    let far = last { $0.tick <= tick }
    guard let close, close.tick > far.tick else { return far }
    return close
  }

  /// The last sparse one for which something that turns from true to false once is true; the start
  /// where it is true of none.
  func last(where isBefore: (ReplayMemory) -> Bool) -> ReplayMemory {
    var (low, high) = (1, sparse.count)
    while low < high {
      let middle = (low + high) / 2
      if isBefore(sparse[middle]) { low = middle + 1 } else { high = middle }
    }
    return sparse[low - 1]
  }
}
