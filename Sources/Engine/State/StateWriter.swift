public import Columns
import Glibc

/// Writes an operator's state as bytes: little-endian words and counted runs of bytes.
///
/// It owns raw memory that grows by doubling, so a word costs a compare and a store.
public struct StateWriter: ~Copyable {
  private var start: UnsafeMutableRawPointer
  private var capacity: Int
  /// How many bytes were written.
  public private(set) var count = 0

  /// - Parameter capacity: bytes to have room for from the beginning.
  public init(capacity: Int = 256) {
    self.capacity = max(capacity, 16)
    start = Self.memory(nil, self.capacity)
  }

  deinit { free(start) }

  private static func memory(_ old: UnsafeMutableRawPointer?, _ size: Int)
    -> UnsafeMutableRawPointer
  {
    guard let new = realloc(old, size) else { fatalError("out of memory: \(size) bytes") }
    return new
  }

  /// A copy of what was written.
  public var bytes: [UInt8] { Array(buffer) }

  /// What was written, until the next call.
  var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

  /// Memory it holds, bytes.
  var reservedBytes: Int { capacity }

  @inline(__always)
  private mutating func room(_ more: Int) -> UnsafeMutableRawPointer {
    if count + more > capacity { grow(more) }
    defer { count += more }
    return start + count
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    capacity = max(capacity * 2, count + more)
    start = Self.memory(start, capacity)
  }

  @inline(__always)
  public mutating func write(_ value: Int64) {
    room(8).storeBytes(of: value.littleEndian, as: Int64.self)
  }

  @inline(__always)
  public mutating func write(_ value: UInt64) { write(Int64(bitPattern: value)) }

  @inline(__always)
  public mutating func write(_ run: Bytes) {
    let place = room(8 + run.count)
    place.storeBytes(of: Int64(run.count).littleEndian, as: Int64.self)
    memcpy(place + 8, run.start, run.count)
  }

  public mutating func write(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      write(Int64(utf8.count))
      write(raw: UnsafeRawBufferPointer(utf8))
    }
  }

  /// Words that lie side by side.
  @inline(__always)
  mutating func write(_ words: UnsafePointer<Int64>, count more: Int) {
    let place = room(more * 8)
    for index in 0..<more {
      place.storeBytes(of: words[index].littleEndian, toByteOffset: index * 8, as: Int64.self)
    }
  }

  /// Bytes as they are, without their count.
  mutating func write(raw bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress else { return }
    memcpy(room(bytes.count), source, bytes.count)
  }

  /// Forgets what was written and keeps the memory.
  mutating func removeAll() { count = 0 }

  /// Forgets what was written and gives the memory back.
  mutating func reset() {
    (count, capacity) = (0, 16)
    start = Self.memory(start, capacity)
  }
}
