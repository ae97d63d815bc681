import Engine
public import Runtime

/// The panels of the time screen, in the order Tab visits them.
public enum TimePanel: String, CaseIterable, Sendable {
  case diagonal, splits, disorder, tuner

  var title: String {
    switch self {
    case .diagonal: "event time against arrival"
    case .splits: "splits"
    case .disorder: "how late events come"
    case .tuner: "tuner: out-of-orderness"
    }
  }
}

/// The time screen: how event time runs against arrival, and what another bound would do.
public struct TimeState: Sendable, Equatable {
  public var focus: TimePanel = .diagonal
  public var isZoomed = false
  /// Halvings of the records that the diagonal shows.
  public var zoom = 0
  /// The middle of what it shows, by record; nil follows the newest.
  public var middle: Int64?
  /// The selected event: its record.
  public var selected: Int64?
  /// What was answered last, and where the replay stood.
  public var picture: TimePicture?
  public var picturedAt: Int64?
  /// What the bounds would do to the whole log; nil before it was measured.
  public var tuning: TuningReport?
  /// The bound that is weighed, ms; nil for the pipeline's own.
  public var candidate: Int64?

  public init() {}

  /// The records that the diagonal shows.
  func positions(read: Int64) -> Range<Int64> {
    let all = max(1, read)
    let width = max(20, all >> Int64(zoom))
    guard width < all else { return 0..<all }
    let first = min(max(0, (middle ?? all) - width / 2), all - width)
    return first..<(first + width)
  }

  /// The picture of this position; then, once, what the bounds would do.
  func question(_ view: ReplayView) -> ReplayQuery {
    let positions = positions(read: view.position)
    if tuning == nil, picturedAt == view.position, picture?.positions == positions {
      return .tuning
    }
    return .time(TimeQuery(positions: positions))
  }

  mutating func take(_ picture: TimePicture, at position: Int64) {
    self.picture = picture
    picturedAt = position
  }

  /// The bound that is weighed: among those of the report.
  var weighed: TuningReport.Bound? {
    guard let tuning else { return nil }
    let ms = candidate ?? tuning.configured.outOfOrdernessMs
    return tuning.bounds.last { $0.ms <= ms } ?? tuning.bounds.first
  }

  /// The pipeline's own bound, as the report weighs it.
  var configured: TuningReport.Bound? {
    guard let tuning else { return nil }
    return tuning.bounds.last { $0.ms <= tuning.configured.outOfOrdernessMs }
      ?? tuning.bounds.first
  }

  /// The event under the cursor.
  var point: TimePicture.Point? {
    guard let selected else { return nil }
    return picture?.points.first { $0.position == selected }
  }

  var whySubject: WhySubject {
    if focus == .diagonal, let selected { return .event(selected) }
    return .watermark
  }

  var selectedLine: String? {
    if focus == .tuner, let weighed {
      return "watermark: { out_of_orderness: \(weighed.ms) ms }"
    }
    return point.map { "\($0.position)\t\(formatMoment($0.eventTime))\t\($0.kind.rawValue)" }
  }
}
