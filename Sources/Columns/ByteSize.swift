/// A number of bytes as people read it: `980 B`, `1.5 GB`, `512 MB`; by thousands, not 1024.
public func formatBytes(_ bytes: Int64) -> String {
  for (unit, factor) in [
    ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000),
  ]
    as [(String, Int64)] where bytes >= factor
  {
    let tenths = bytes / (factor / 10)
    return tenths >= 1000 ? "\(tenths / 10) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
  }
  return "\(bytes) B"
}
