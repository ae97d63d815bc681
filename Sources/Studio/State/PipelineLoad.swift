import Runtime

/// How much the operators worked of the last second of our time: no part of the picture, for it is
/// no function of the position.
public struct PipelineLoad: Sendable, Equatable {
  public struct Box: Sendable, Equatable {
    /// Rows that passed it in a second.
    public var rate: Double
    /// The share of the time in which it worked, 0 to 1; nil where its work is done in another box,
    /// or nobody measures.
    public var busy: Double?
    /// The share in which its rows waited because operators after it worked.
    public var backPressured: Double?

    public init(rate: Double, busy: Double? = nil, backPressured: Double? = nil) {
      self.rate = rate
      self.busy = busy
      self.backPressured = backPressured
    }
  }

  /// Flink's words for a share: OK up to 10 %, LOW up to 50 %, HIGH above.
  public enum Level: String, Sendable {
    case ok = "OK"
    case low = "LOW"
    case high = "HIGH"

    init(_ share: Double) { self = share > 0.5 ? .high : share > 0.1 ? .low : .ok }
  }

  /// In the order of ``ReplayView/boxes``; empty where nothing was measured.
  public var boxes: [Box] = []
  /// The share in which no operator worked and none could: the studio took its notes for going back
  /// and made the picture.
  public var watched: Double = 0

  public init(boxes: [Box] = [], watched: Double = 0) {
    self.boxes = boxes
    self.watched = watched
  }

  /// What is left of the time: an operator neither worked nor waited.
  func idle(_ index: Int) -> Double? {
    guard let box = boxes.element(at: index), let busy = box.busy,
      let backPressured = box.backPressured
    else { return nil }
    return max(0, 1 - busy - backPressured - watched)
  }

  /// The operator that holds the others up: the busiest, where the source is more back-pressured
  /// than idle.
  var bottleneck: Int? {
    guard let pressure = boxes.first?.backPressured, let idle = idle(0), pressure > idle else {
      return nil
    }
    return boxes.indices.max { (boxes[$0].busy ?? 0) < (boxes[$1].busy ?? 0) }
  }

  /// Whether the source waits for the playhead, which goes as fast as the log's own time.
  var isWaiting: Bool { idle(0).map { $0 > 0.5 } ?? false }
}
