/// A made-up log with a story in it: the samples, at any size.
///
/// The same options give the same bytes on every run.
///
/// ```swift
/// let options = GenerateOptions(for: .adClicks, events: 10_000, seed: 7)
/// try SampleLog.adClicks.generate(options) { split, bytes in try files[split].write(bytes) }
/// ```
public enum SampleLog: String, CaseIterable, Sendable {
  /// Clicks on advertisements; phones in a tunnel send theirs 5 to 50 s late.
  case adClicks = "ad-clicks"
  /// Readings of hosts in racks; one host is cut off for two minutes.
  case hostMetrics = "host-metrics"
  /// A web server's combined log; for one minute the shop fails.
  case webAccess = "web-access"
  /// The log that speed is measured with: 124 bytes an event, 1,000 events a second.
  case bench

  /// One line about the log, for lists of samples.
  public var summary: String {
    switch self {
    case .adClicks: "Clicks on ads; phones leave a tunnel and send theirs up to 50 s late (JSONL)"
    case .hostMetrics: "Readings of hosts in racks; one host is cut off for two minutes (JSONL)"
    case .webAccess: "A web server's access log with a minute of 5xx errors (combined format)"
    case .bench: "The log of the speed tests: 1,000 events a second, up to 2 s disorder (JSONL)"
    }
  }

  /// The extension of the log's files, without the dot.
  public var fileExtension: String {
    switch self {
    case .adClicks, .hostMetrics, .bench: "jsonl"
    case .webAccess: "log"
    }
  }

  /// How many lines are written where nobody says.
  public var defaultEvents: Int {
    switch self {
    case .adClicks, .hostMetrics, .webAccess: 3000
    case .bench: 2_000_000
    }
  }

  /// How many files are written where nobody says.
  public var defaultSplits: Int { self == .hostMetrics ? 2 : 1 }

  /// How many ads, hosts or visitors there are where nobody says.
  public var defaultKeys: Int {
    switch self {
    case .adClicks: 6
    case .hostMetrics: 8
    case .webAccess: 80
    case .bench: 10_000
    }
  }

  /// What ``GenerateOptions/keys`` counts, for messages and help.
  public var keyNoun: String {
    switch self {
    case .adClicks, .bench: "ads"
    case .hostMetrics: "hosts"
    case .webAccess: "visitors"
    }
  }

  /// The name of a split's file: `ad-clicks.jsonl`, or `ad-clicks-03.jsonl` of twelve. The racks of
  /// host-metrics are `rack-1.jsonl` and so on.
  ///
  /// Numbers are padded so that the order of names is the order of splits.
  ///
  /// - Parameters:
  ///   - split: from 0.
  ///   - splits: how many there are.
  public func fileName(split: Int, of splits: Int) -> String {
    if splits <= 1, self != .hostMetrics { return "\(rawValue).\(fileExtension)" }
    let number = String(split + 1)
    let zeros = String(repeating: "0", count: max(0, String(splits).count - number.count))
    return "\(self == .hostMetrics ? "rack" : rawValue)-\(zeros)\(number).\(fileExtension)"
  }
}
