import Dispatch
import Foundation
import Glibc
import Synchronization

/// Another program, started by the user's own wish: the editor, or what a benchmark measures.
///
/// The one place from which programs are started.
enum ChildProcess {
  /// What a program took, from its start to its end.
  struct Ended {
    /// As a shell has it: 128 and more for a signal.
    var status: Int32
    /// Wall time.
    var seconds: Double
    /// Time of all processors, in the program and in the system for it.
    var cpuSeconds: Double
    /// The most memory that it was seen to have, every 10 ms. What the system counts for a program
    /// that has ended is of no use: it begins with what this one had when it started the other.
    var memoryBytes: Int64
  }

  struct Fault: Error, CustomStringConvertible {
    var description: String
  }

  /// Runs a program, found in `PATH`, and waits for its end.
  ///
  /// - Parameters:
  ///   - words: the program and its arguments.
  ///   - errors: a file for what it says; all it prints is dropped. Nil leaves it the terminal.
  /// - Throws: ``Fault`` where it cannot be started.
  static func run(_ words: [String], errors: String? = nil) throws -> Ended {
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let errors {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
      posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
      posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    var process = pid_t()
    let started = ContinuousClock.now
    let code = posix_spawnp(&process, words[0], &actions, nil, &arguments, environ)
    guard code == 0 else {
      throw Fault(description: "cannot start \(words[0]): \(String(cString: strerror(code)))")
    }
    let memory = PeakMemory(of: process)
    defer { memory.stop() }
    var (status, usage): (Int32, rusage) = (0, rusage())
    while wait4(process, &status, 0, &usage) < 0 {
      guard errno == EINTR else {
        throw Fault(description: "cannot wait for \(words[0]): \(String(cString: strerror(errno)))")
      }
    }
    let elapsed = ContinuousClock.now - started
    return Ended(
      status: status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F),
      seconds: elapsed / .seconds(1), cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
      memoryBytes: memory.bytes)
  }

  private static func seconds(_ time: timeval) -> Double {
    Double(time.tv_sec) + Double(time.tv_usec) / 1e6
  }
}

/// Looks now and then at the most memory that a process has had.
private final class PeakMemory: @unchecked Sendable {
  // Unchecked: the timer is set up before anybody else has it, and then only cancelled.
  private let peak = Atomic<Int64>(0)
  private let timer: any DispatchSourceTimer

  init(of process: pid_t) {
    timer = DispatchSource.makeTimerSource()
    timer.schedule(deadline: .now(), repeating: .milliseconds(10))
    timer.setEventHandler { [weak self] in
      guard let self, let bytes = Self.highWater(of: process) else { return }
      peak.max(bytes, ordering: .relaxed)
    }
    timer.activate()
  }

  var bytes: Int64 { peak.load(ordering: .relaxed) }

  func stop() { timer.cancel() }

  private static func highWater(of process: pid_t) -> Int64? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
    else { return nil }
    return line.split(separator: " ").compactMap { Int64($0) }.first.map { $0 * 1024 }
  }
}
