extension WindowAssigner {
  /// The length of a window, ms.
  public var sizeMs: Int64 {
    switch self {
    case .tumbling(let size, _): size
    }
  }

  /// The start of the window that a time falls into: Flink's
  /// `TimeWindow.getWindowStartWithOffset`, right for negative times too.
  @inline(__always)
  static func start(_ time: Int64, size: Int64, offset: Int64) -> Int64 {
    let rest = (time - offset) % size
    return rest < 0 ? time - (rest + size) : time - rest
  }
}
