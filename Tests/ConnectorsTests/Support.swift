import Columns
import Engine
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Connectors

extension TemporaryFolder {
  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    try FileSystem().writeNew(bytes, to: path(name))
    return path(name)
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    try write(name, Array(text.utf8))
  }

  func text(_ name: String) throws -> String {
    String(decoding: try FileSystem().contents(of: path(name)), as: UTF8.self)
  }

  func names() throws -> [String] { try FileSystem().listing(of: path) ?? [] }
}

/// A batch with these rows; texts are copied into it.
func batch(_ schema: Schema, _ rows: [[Value]]) -> Batch {
  let arena = Arena()
  let columns = schema.fields.enumerated().map { index, field in
    let column = Column(field.type, capacity: rows.count)
    column.owners = [arena]
    for (row, values) in rows.enumerated() {
      column.set(values[index], at: row, in: arena)
    }
    return column
  }
  return Batch(schema: schema, columns: columns, count: rows.count)
}

extension Bytes {
  /// Bytes that live as long as the arena.
  static func of(_ bytes: [UInt8], in arena: Arena) -> Bytes {
    bytes.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { arena.copy(Bytes(start: $0, count: buffer.count)) } ?? .empty
    }
  }
}

/// Random numbers that are the same on every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
