import Glibc

/// Memory that only grows and is freed as a whole: bytes placed in it stay where they are.
///
/// Allocation is a pointer bump. Not thread-safe while it is filled; freely read afterwards.
public final class Arena: @unchecked Sendable {
  // Unchecked: filled by one thread at a time; the driver hands it over between threads.
  private var blocks: [UnsafeMutableRawPointer] = []
  private var next: UnsafeMutableRawPointer
  private var left: Int
  private let blockSize: Int
  /// Bytes taken from the system so far.
  public private(set) var reservedBytes = 0

  /// An arena that takes memory `blockSize` bytes at a time.
  public init(blockSize: Int = 16 * 1024) {
    self.blockSize = blockSize
    next = UnsafeMutableRawPointer(bitPattern: 64).unsafelyUnwrapped
    left = 0
  }

  deinit { for block in blocks { free(block) } }

  /// Room for `count` bytes, aligned to 8.
  public func allocate(_ count: Int) -> UnsafeMutableRawPointer {
    let rounded = (count + 7) & ~7
    if rounded > left {
      let size = max(blockSize, rounded)
      guard let block = malloc(size) else { fatalError("out of memory: \(size) bytes") }
      blocks.append(block)
      reservedBytes += size
      if rounded > blockSize / 4 && left > 0 { return block }  // keep the open block for small ones
      next = block
      left = size
    }
    defer {
      next += rounded
      left -= rounded
    }
    return next
  }

  /// A copy of the bytes that lives as long as the arena.
  public func copy(_ bytes: Bytes) -> Bytes {
    if bytes.count == 0 { return .empty }
    let target = allocate(bytes.count)
    memcpy(target, bytes.start, bytes.count)
    return Bytes(
      start: UnsafePointer(target.assumingMemoryBound(to: UInt8.self)), count: bytes.count)
  }

  public func copy(_ text: some StringProtocol) -> Bytes {
    var text = String(text)
    return text.withUTF8 { buffer in
      guard let start = buffer.baseAddress else { return .empty }
      return copy(Bytes(start: start, count: buffer.count))
    }
  }
}
