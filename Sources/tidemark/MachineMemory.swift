import CMachine
import Foundation

/// How much memory this process may have.
enum MachineMemory {
  /// Bytes: the machine's, or the container's where that is less; nil where neither is known.
  static var bytes: Int64? {
    [machine, container].compactMap(\.self).min()
  }

  /// Has freed memory kept for what is needed next, up to 64 MiB: a run fills and frees tables and
  /// batches all the time, and the system would clear each page anew.
  static func keepFreed() { cmachine_keep_freed(64 << 20) }

  private static var machine: Int64? {
    Int64(exactly: ProcessInfo.processInfo.physicalMemory)
  }

  /// The limit of the control group, version 2 or 1.
  private static var container: Int64? {
    ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"].compactMap {
      guard let text = try? String(contentsOfFile: $0, encoding: .utf8) else { return nil }
      // "max" where there is none.
      return Int64(text.trimmingCharacters(in: .whitespacesAndNewlines)).flatMap {
        $0 > 0 ? $0 : nil
      }
    }.min()
  }
}
