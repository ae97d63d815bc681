/// Readings of hosts every two seconds, a file a rack. At two fifths of the log one host loses the
/// network for two minutes, works itself to the limit, and sends what it kept when it is back.
struct HostMetrics {
  private static let everyMs: Int64 = 2000
  private static let outageMs: Int64 = 120_000
  /// A reading has its host's place in the round, so that hosts do not speak all at once.
  private struct Reading {
    var timeMs: Int64
    var cpuTenths: Int
    var memTenths: Int
    var requests: Int
  }

  private let options: GenerateOptions
  private let hosts: Int
  private let disorderMs: Int64
  private let outage: Range<Int>
  private var random: SampleRandom
  private var cpuTenths: [Int]
  private var memTenths: [Int]
  private var written = 0

  init(_ options: GenerateOptions) {
    self.options = options
    hosts = options.keys ?? SampleLog.hostMetrics.defaultKeys
    let jitterMs = min(options.disorderMs ?? 900, Self.everyMs)
    disorderMs = jitterMs
    let rounds = options.events / hosts
    // The first reading that is kept may be disordered by itself: both fit into a given bound.
    let cutOffMs = min(Self.outageMs, options.disorderMs.map { $0 - jitterMs } ?? Self.outageMs)
    let start = rounds * 2 / 5
    // A log of a few minutes has no room for it, and a bound on disorder may leave nothing of it.
    let length = rounds >= 150 ? Int(cutOffMs / Self.everyMs) : 0
    outage = start..<start + length
    var random = SampleRandom(seed: options.seed)
    cpuTenths = (0..<hosts).map { _ in 250 + random.below(250) }
    memTenths = (0..<hosts).map { _ in 350 + random.below(300) }
    self.random = random
  }

  mutating func write(to output: LineOutput) throws {
    // The second host of the first rack, so that the rack's other hosts move its watermark on.
    let unlucky = min(1, hosts - 1)
    var kept: [Reading] = []
    kept.reserveCapacity(outage.count)
    var round = 0
    while written < options.events {
      let roundMs = SampleLog.firstArrivalMs + Int64(round) * Self.everyMs
      for host in 0..<hosts where written < options.events {
        let arrivalMs = roundMs + Int64(host) * Self.everyMs / Int64(hosts)
        let isCutOff = host == unlucky && outage.contains(round)
        let reading = read(host, arrivalMs - random.delay(below: disorderMs), isBusy: isCutOff)
        if isCutOff {
          kept.append(reading)
          continue
        }
        if host == unlucky, !kept.isEmpty {
          for old in kept where written < options.events { try write(old, host, to: output) }
          kept.removeAll()
          guard written < options.events else { return }
        }
        try write(reading, host, to: output)
      }
      round += 1
    }
  }

  private mutating func read(_ host: Int, _ timeMs: Int64, isBusy: Bool) -> Reading {
    let target = isBusy ? 960 : 300 + host % 5 * 70
    let cpu = cpuTenths[host] + (target - cpuTenths[host]) / 8 + random.below(61) - 30
    cpuTenths[host] = min(1000, max(5, cpu))
    let mem = memTenths[host] + (isBusy ? 4 : (500 - memTenths[host]) / 32) + random.below(9) - 4
    memTenths[host] = min(990, max(100, mem))
    let requests = cpuTenths[host] / 2 + random.below(40)
    return Reading(
      timeMs: timeMs, cpuTenths: cpuTenths[host], memTenths: memTenths[host], requests: requests)
  }

  private mutating func write(_ reading: Reading, _ host: Int, to output: LineOutput) throws {
    output.text("{\"time\":")
    output.number(Int(reading.timeMs))
    output.text(",\"host\":\"node-")
    output.number(host + 1, digits: 2)
    output.text("\",\"cpu\":")
    output.tenths(reading.cpuTenths)
    output.text(",\"mem\":")
    output.tenths(reading.memTenths)
    output.text(",\"requests\":")
    output.number(reading.requests)
    output.byte(125)
    try output.endLine(split: host * options.splits / hosts)
    written += 1
  }
}
