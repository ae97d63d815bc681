import Columns
import Glibc

/// How the key columns of a row become the bytes under which its state is kept, and back.
///
/// One STRING column: its bytes; NULL is the byte 0xFF, which no UTF-8 text is. Anything else: for
/// each column a tag (0 NULL, 1 value) and the value, eight bytes, sixteen or a counted run.
struct KeyEncoding: Sendable {
  let types: [ColumnType]
  /// Positions of the key columns in the input.
  let columns: [Int]
  private let isOneString: Bool

  init(columns: [Int], schema: Schema) {
    self.columns = columns
    types = columns.map { schema.fields[$0].type }
    isOneString = types == [.string]
  }

  private static let nullString: Bytes = {
    let place = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
    place.pointee = 0xFF
    return Bytes(start: UnsafePointer(place), count: 1)
  }()

  /// The keys of the given rows, in their order, with their hashes.
  func encode(
    _ batch: Batch, _ rows: UnsafeBufferPointer<Int32>, keys: UnsafeMutablePointer<Bytes>,
    hashes: UnsafeMutablePointer<UInt64>, arena: Arena
  ) {
    if columns.isEmpty {
      for index in rows.indices {
        keys[index] = .empty
        hashes[index] = 0
      }
      return
    }
    let inputs = columns.compactMap { batch.columns[$0] }
    precondition(inputs.count == columns.count, "a key column was not read")
    if isOneString {
      let values = inputs[0].bytes
      let nulls = inputs[0].hasNulls ? inputs[0].validity : nil
      for (index, row) in rows.enumerated() {
        var key = values[Int(row)]
        if let nulls, nulls[Int(row)] == 0 { key = Self.nullString }
        keys[index] = key
        hashes[index] = key.hash64
      }
      return
    }
    for (index, row) in rows.enumerated() {
      let key = encode(inputs, Int(row), arena)
      keys[index] = key
      hashes[index] = key.hash64
    }
  }

  private func encode(_ inputs: [Column], _ row: Int, _ arena: Arena) -> Bytes {
    var size = 0
    for input in inputs {
      switch input.physical {
      case .integer, .double: size += 9
      case .wide: size += 17
      case .bytes: size += 9 + input.bytes[row].count
      }
    }
    let start = arena.allocate(size)
    var at = 0
    func put(_ word: Int64) {
      start.storeBytes(of: word.littleEndian, toByteOffset: at, as: Int64.self)
      at += 8
    }
    for input in inputs {
      let isNull = input.isNull(row)
      start.storeBytes(of: isNull ? 0 : 1, toByteOffset: at, as: UInt8.self)
      at += 1
      if isNull { continue }
      switch input.physical {
      case .wide:
        put(Int64(truncatingIfNeeded: input.wides[row]))
        put(Int64(truncatingIfNeeded: input.wides[row] >> 64))
      case .integer: put(input.integers[row])
      case .double:
        let value = input.doubles[row]
        // One key for 0 and -0, and one for every NaN.
        put(Int64(bitPattern: (value == 0 ? 0 : value.isNaN ? .nan : value).bitPattern))
      case .bytes:
        let text = input.bytes[row]
        put(Int64(text.count))
        memcpy(start + at, text.start, text.count)
        at += text.count
      }
    }
    return Bytes(start: UnsafePointer(start.assumingMemoryBound(to: UInt8.self)), count: at)
  }

  /// Writes a key's columns into row `row` of the outputs; strings point into the key's own bytes.
  func decode(_ key: Bytes, into outputs: [Column?], _ row: Int) {
    if columns.isEmpty { return }
    if isOneString {
      guard let output = outputs[0] else { return }
      if key.count == 1, key[0] == 0xFF {
        output.setNull(row)
      } else {
        output.bytes[row] = key
      }
      return
    }
    var at = 0
    let raw = UnsafeRawPointer(key.start)
    func word() -> Int64 {
      defer { at += 8 }
      return Int64(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: Int64.self))
    }
    for (type, output) in zip(types, outputs) {
      let isNull = key[at] == 0
      at += 1
      if isNull {
        output?.setNull(row)
        continue
      }
      switch type.physical {
      case .integer:
        let value = word()
        output?.integers[row] = value
      case .wide:
        let low = UInt64(bitPattern: word())
        let value = Int128(word()) << 64 | Int128(low)
        output?.wides[row] = value
      case .double:
        let value = word()
        output?.doubles[row] = Double(bitPattern: UInt64(bitPattern: value))
      case .bytes:
        let count = Int(word())
        output?.bytes[row] = Bytes(start: key.start + at, count: count)
        at += count
      }
    }
  }

  /// The key for people: its values, joined by ` · `; empty for the global key.
  func text(_ key: Bytes) -> String {
    let outputs = types.map { Column($0, capacity: 1) }
    decode(key, into: outputs, 0)
    return outputs.map { Value($0, 0).description }.joined(separator: " · ")
  }
}
