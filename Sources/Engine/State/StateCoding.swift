public import Columns
import Glibc

/// Writes an operator's state as bytes: little-endian words and counted runs of bytes.
public struct StateWriter {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public mutating func write(_ value: Int64) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  public mutating func write(_ value: UInt64) { write(Int64(bitPattern: value)) }

  public mutating func write(_ run: Bytes) {
    write(Int64(run.count))
    bytes.append(contentsOf: run.buffer)
  }

  public mutating func write(_ text: String) {
    let run = Array(text.utf8)
    write(Int64(run.count))
    bytes.append(contentsOf: run)
  }
}

/// Reads what ``StateWriter`` wrote. Every read is checked against what is left.
public struct StateReader {
  private let bytes: [UInt8]
  private var at = 0

  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  public var isAtEnd: Bool { at == bytes.count }

  public mutating func word() throws -> Int64 {
    guard at + 8 <= bytes.count else { throw StateError.truncated }
    var value: Int64 = 0
    for index in (0..<8).reversed() { value = value << 8 | Int64(bytes[at + index]) }
    at += 8
    return value
  }

  /// A number of records, bytes or firings: from 0 to so many that no job reaches it, and that no
  /// sum of two overflows.
  public mutating func amount() throws -> Int64 {
    let value = try word()
    guard (0...1 << 60).contains(value) else { throw StateError.truncated }
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
    let length = try count()
    defer { at += length }
    return bytes.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress, length > 0 else { return .empty }
      return arena.copy(Bytes(start: start + at, count: length))
    }
  }

  public mutating func text() throws -> String {
    let length = try count()
    defer { at += length }
    return String(decoding: bytes[at..<(at + length)], as: UTF8.self)
  }
}

/// State that cannot be read back.
public enum StateError: Error, Sendable, Equatable, CustomStringConvertible {
  case truncated
  case version(Int64)
  case different(operator: String, what: String)

  public var description: String {
    switch self {
    case .truncated: "the state is cut short"
    case .version(let version):
      "the state has format \(version), which this program does not read; start over with --fresh"
    case .different(let name, let what):
      "the state of '\(name)' does not fit the pipeline: \(what); start over with --fresh or put"
        + " the pipeline back as it was"
    }
  }
}
