import Columns

/// Event time against arrival, and how far out of order events came: thinned out as the log grows,
/// so that it is the same however the log was read. Bounded.
struct TimeTrace: Sendable, Equatable {
  private static let pointLimit = 4096
  private static let lateLimit = 1024

  private(set) var points: [TimePicture.Point] = []
  private(set) var watermark: [TimePicture.Step] = []
  private(set) var late: [TimePicture.Point] = []
  /// Every so many-th record is a point.
  private var stride: Int64 = 1
  /// Every so many-th late event is kept.
  private var lateStride: Int64 = 1
  private var lateCount: Int64 = 0
  /// Events that came behind the newest before them, by the power of two of the milliseconds; those
  /// in order first.
  private var disorder = [Int64](repeating: 0, count: 42)

  var byteCount: Int { (points.count + late.count) * 24 + watermark.count * 16 }

  mutating func add(position: Int64, eventTime: Int64, newestBefore: Int64?) {
    let behind = newestBefore.map { $0 - eventTime } ?? 0
    disorder[behind <= 0 ? 0 : min(41, 64 - behind.leadingZeroBitCount)] += 1
    guard position % stride == 0 else { return }
    points.append(.init(position: position, eventTime: eventTime, kind: .onTime))
    guard points.count >= Self.pointLimit else { return }
    stride *= 2
    points.removeAll { $0.position % stride != 0 }
    watermark.removeAll { $0.position % stride != 0 }
  }

  mutating func add(watermark value: Int64, after position: Int64) {
    guard position % stride == 0, watermark.last?.watermark != value else { return }
    watermark.append(.init(position: position, watermark: value))
  }

  mutating func add(late position: Int64, eventTime: Int64, kind: EventMark.Kind) {
    guard late.last?.position != position else { return }
    defer { lateCount += 1 }
    guard lateCount % lateStride == 0 else { return }
    late.append(.init(position: position, eventTime: eventTime, kind: kind))
    guard late.count >= Self.lateLimit else { return }
    lateStride *= 2
    late = late.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
  }

  /// What is known of a range of records, with about so many points.
  func picture(_ positions: Range<Int64>, points limit: Int) -> TimePicture {
    var picture = TimePicture()
    picture.positions = positions
    let known = points.filter { positions.contains($0.position) }
    let step = max(1, known.count / max(1, limit))
    let lateOnes = late.filter { positions.contains($0.position) }
    let lateAt = Set(lateOnes.map(\.position))
    let chosen = known.enumerated().filter { $0.offset % step == 0 }.map(\.element)
    picture.points =
      (chosen.filter { !lateAt.contains($0.position) } + lateOnes)
      .sorted { $0.position < $1.position }
    // What holds at the beginning of the range was reached before it.
    let before = watermark.last { $0.position < positions.lowerBound }
    picture.watermark =
      (before.map { [.init(position: positions.lowerBound, watermark: $0.watermark)] } ?? [])
      + watermark.filter { positions.contains($0.position) }
    picture.disorder = disorder.enumerated().compactMap { power, events in
      events == 0
        ? nil : .init(toMs: power == 0 ? 0 : (Int64(1) << Int64(power)) - 1, events: events)
    }
    return picture
  }
}
