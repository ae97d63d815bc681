/// Lengths of time as they are written in pipelines, for arguments of commands.
public enum LengthOfTime {
  /// The milliseconds of `30 s`, `5m` or `500 ms`; nil for a text that is no length of time, and for
  /// one below 0 or over 36500 days.
  public static func milliseconds(_ text: String) -> Int64? {
    guard case .success(let ms) = DurationText.parse(text), (0...3_153_600_000_000).contains(ms)
    else { return nil }
    return ms
  }
}
