import Columns
import Glibc

/// About how many different values an entry has: what `APPROX_COUNT_DISTINCT` remembers.
///
/// Up to ``exactLimit`` different hashes it keeps them and counts them; beyond that it is a
/// HyperLogLog of 4,096 registers (4 kB), whose standard error is 1.04 / √4096 = 1.6 %. The same
/// values give the same sketch in any order and in any grouping into merges.
final class DistinctSketch: EntryState {
  static let exactLimit = 256
  private static let bits = 12
  private static let registerCount = 1 << bits
  /// The greatest value of a register: the bits of a hash beyond the register's number, and one.
  private static let top = 64 - bits + 1

  private var hashes = CellTable(.integer)
  private var registers: UnsafeMutablePointer<UInt8>?

  override class var fieldBytes: Int { MemoryLayout<CellTable>.stride + 8 }

  deinit {
    hashes.deallocate()
    registers?.deallocate()
  }

  /// Adds a value by its hash.
  @inline(__always)
  func add(_ hash: UInt64) { addMixed(Self.mix(hash)) }

  /// Spreads a hash over all 64 bits (the finaliser of MurmurHash3).
  private static func mix(_ hash: UInt64) -> UInt64 {
    var mixed = hash
    mixed = (mixed ^ mixed >> 33) &* 0xFF51_AFD7_ED55_8CCD
    mixed = (mixed ^ mixed >> 33) &* 0xC4CE_B9FE_1A85_EC53
    return mixed ^ mixed >> 33
  }

  private func addMixed(_ hash: UInt64) {
    if let registers { return Self.record(hash, registers) }
    let cell = Cell(low: hash, high: 0)
    let place = cell.hash(.integer)
    if hashes.find(cell, place) != nil { return }
    hashes.append(cell, place)
    if hashes.count > Self.exactLimit { _ = makeRegisters() }
    account()
  }

  private static func record(_ hash: UInt64, _ registers: UnsafeMutablePointer<UInt8>) {
    let number = Int(truncatingIfNeeded: hash >> UInt64(64 - bits))
    let zeros = min((hash << UInt64(bits)).leadingZeroBitCount, top - 1)
    registers[number] = max(registers[number], UInt8(zeros + 1))
  }

  private func account() {
    let bytes = hashes.reservedBytes + (registers == nil ? 0 : heapBytes(Self.registerCount))
    if bytes != ownBytes { ownBytes = bytes }
  }

  private func makeRegisters() -> UnsafeMutablePointer<UInt8> {
    if let registers { return registers }
    let new = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.registerCount)
    new.initialize(repeating: 0, count: Self.registerCount)
    for index in 0..<hashes.count { Self.record(hashes.cells[index].low, new) }
    hashes.deallocate()
    hashes = CellTable(.integer)
    registers = new
    return new
  }

  override func merge(_ other: EntryState) {
    let other = unsafeDowncast(other, to: DistinctSketch.self)
    if let theirs = other.registers {
      let own = makeRegisters()
      for index in 0..<Self.registerCount { own[index] = max(own[index], theirs[index]) }
      account()
    } else {
      for index in 0..<other.hashes.count { addMixed(other.hashes.cells[index].low) }
    }
  }

  override func write(to writer: inout StateWriter) {
    writer.write(Int64(registers == nil ? 0 : 1))
    if let registers {
      writer.write(Bytes(start: UnsafePointer(registers), count: Self.registerCount))
    } else {
      writer.write(Int64(hashes.count))
      for index in 0..<hashes.count { writer.write(hashes.cells[index].low) }
    }
  }

  override func read(_ reader: inout StateReader) throws {
    if try reader.word() != 0 {
      let run = try reader.run(into: Arena(blockSize: Self.registerCount))
      guard run.count == Self.registerCount, run.buffer.allSatisfy({ $0 <= Self.top }) else {
        throw StateError.truncated
      }
      makeRegisters().update(from: run.start, count: run.count)
    } else {
      for _ in 0..<(try reader.count()) { addMixed(UInt64(bitPattern: try reader.word())) }
    }
    account()
  }

  override func result(_ accumulator: Accumulator, into column: Column, _ row: Int, texts: Arena) {
    column.integers[row] = estimate
  }

  /// Exact for few values; else the improved raw estimator of Ertl, "New cardinality estimation
  /// algorithms for HyperLogLog sketches" (2017), which needs no table of biases and is right over
  /// the whole range.
  var estimate: Int64 {
    guard let registers else { return Int64(hashes.count) }
    var histogram = [Int](repeating: 0, count: Self.top + 1)
    for index in 0..<Self.registerCount { histogram[Int(registers[index])] += 1 }
    let count = Double(Self.registerCount)
    var sum = count * Self.tau(1 - Double(histogram[Self.top]) / count)
    for value in (1..<Self.top).reversed() { sum = 0.5 * (sum + Double(histogram[value])) }
    sum += count * Self.sigma(Double(histogram[0]) / count)
    return Int64((count * count / (2 * log(2)) / sum).rounded())
  }

  private static func sigma(_ start: Double) -> Double {
    if start == 1 { return .infinity }
    var (power, weight, sum) = (start, 1.0, start)
    while true {
      power *= power
      let before = sum
      sum += power * weight
      weight += weight
      if sum == before { return sum }
    }
  }

  private static func tau(_ start: Double) -> Double {
    if start == 0 || start == 1 { return 0 }
    var (power, weight, sum) = (start, 1.0, 1 - start)
    while true {
      power = power.squareRoot()
      let before = sum
      weight *= 0.5
      sum -= (1 - power) * (1 - power) * weight
      if sum == before { return sum / 3 }
    }
  }
}
