public import Columns
import Glibc

/// Reads what ``StateWriter`` wrote. Every read is checked against what is left.
public struct StateReader {
  private let bytes: [UInt8]
  private var at = 0

  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  public var isAtEnd: Bool { at == bytes.count }

  @inline(__always)
  public mutating func word() throws -> Int64 {
    guard bytes.count - at >= 8 else { throw StateError.truncated }
    let place = at
    at += 8
    return Int64(
      littleEndian: bytes.withUnsafeBytes {
        $0.loadUnaligned(fromByteOffset: place, as: Int64.self)
      })
  }

  /// Words that lie side by side, into memory that has room for them.
  @inline(__always)
  mutating func words(_ more: Int, into target: UnsafeMutablePointer<Int64>) throws {
    guard bytes.count - at >= more * 8 else { throw StateError.truncated }
    let place = at
    at += more * 8
    bytes.withUnsafeBytes { raw in
      for index in 0..<more {
        target[index] = Int64(
          littleEndian: raw.loadUnaligned(fromByteOffset: place + index * 8, as: Int64.self))
      }
    }
  }

  /// A number of records, bytes or firings: from 0 to so many that no job reaches it, and that no
  /// sum of two overflows.
  @inline(__always)
  public mutating func amount() throws -> Int64 {
    let value = try word()
    guard value >= 0, value <= 1 << 60 else { throw StateError.truncated }
    return value
  }

  /// A count of things that take at least one byte each, so that it cannot exceed what is left.
  public mutating func count() throws -> Int {
    let value = try word()
    guard value >= 0, value <= Int64(bytes.count - at) else { throw StateError.truncated }
    return Int(value)
  }

  /// A run of bytes, copied into the arena.
  public mutating func run(into arena: Arena) throws -> Bytes {
    let run = try skipRun()
    return withBytes(run) { arena.copy($0) }
  }

  /// Passes over a run of bytes.
  ///
  /// - Returns: where it is, for ``withBytes(_:_:)``.
  @inline(__always)
  mutating func skipRun() throws -> Range<Int> {
    let length = try count()
    defer { at += length }
    return at..<(at + length)
  }

  /// The bytes of a run, for as long as the call.
  @inline(__always)
  func withBytes<Result>(_ run: Range<Int>, _ body: (Bytes) throws -> Result) rethrows -> Result {
    try bytes.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress, !run.isEmpty else { return try body(.empty) }
      return try body(Bytes(start: start + run.lowerBound, count: run.count))
    }
  }

  public mutating func text() throws -> String {
    let length = try count()
    defer { at += length }
    return String(decoding: bytes[at..<(at + length)], as: UTF8.self)
  }
}
