internal import Columns
internal import Foundation

/// Time zones by name, from the system's database.
enum TimeZones {
  /// Changes of clocks are looked up from 1900 to 2100; outside, the nearest offset holds.
  private static let first = Date(timeIntervalSince1970: -2_208_988_800)
  private static let last = Date(timeIntervalSince1970: 4_102_444_800)

  static var names: [String] { TimeZone.knownTimeZoneIdentifiers }

  /// Nil where there is no zone of this name.
  static func table(_ name: String) -> ZoneTable? {
    let isKnown = name == "UTC" || names.contains(name)
    guard isKnown, let zone = TimeZone(identifier: name) else { return nil }
    var changes: [(at: Int64, offsetMs: Int64)] = []
    var at = first
    while let next = zone.nextDaylightSavingTimeTransition(after: at), next > at, next < last {
      let offset = Int64(zone.secondsFromGMT(for: next)) * 1000
      changes.append((Int64((next.timeIntervalSince1970 * 1000).rounded()), offset))
      at = next
    }
    return ZoneTable(
      name: name, initialOffsetMs: Int64(zone.secondsFromGMT(for: first)) * 1000, changes: changes)
  }
}
