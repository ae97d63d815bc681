/// How fast a replay plays: so many seconds of log time a second, or as fast as it can.
public struct Speed: Sendable, Hashable {
  /// Eighths of log seconds a second; nil for no limit.
  public let eighths: Int64?

  /// The steps of `<` and `>`.
  public static let ladder: [Speed] =
    [1, 2, 4, 8, 16, 40, 80, 160, 400, 800, 1600, 4000, 8000].map(Speed.init(eighths:)) + [.max]
  public static let max = Speed(eighths: nil)
  /// Ten seconds of the log a second.
  public static let standard = Speed(eighths: 80)

  private init(eighths: Int64?) { self.eighths = eighths }

  /// The step with this label, such as `×10` or `max`; nil where there is none.
  public init?(label: String) {
    guard let speed = Self.ladder.first(where: { $0.label == label }) else { return nil }
    self = speed
  }

  /// `×1/8`, `×10`, `max`.
  public var label: String {
    switch eighths {
    case nil: "max"
    case let eighths? where eighths < 8: "×1/\(8 / eighths)"
    case let eighths?: "×\(eighths / 8)"
    }
  }

  public var faster: Speed? { neighbour(1) }
  public var slower: Speed? { neighbour(-1) }

  private func neighbour(_ step: Int) -> Speed? {
    guard let index = Self.ladder.firstIndex(of: self) else { return nil }
    return Self.ladder.indices.contains(index + step) ? Self.ladder[index + step] : nil
  }
}
