import Foundation
import Glibc

extension Program {
  /// The program that the campaign disturbs: the one beside the test bundle, or the one that
  /// `TIDEMARK_PROGRAM` names.
  static let disturbed: String =
    ProcessInfo.processInfo.environment["TIDEMARK_PROGRAM"] ?? path

  /// Runs ``disturbed`` and waits; some thousands of times, so without `Process`, whose waiting
  /// costs more than such a run.
  ///
  /// - Parameters:
  ///   - files: the folder for what it says, which is not the one it is started in.
  ///   - killAfterMs: kills it after so long if it still runs then.
  static func launch(
    _ arguments: [String], in folder: String, files: String, environment: [String: String],
    killAfterMs: Double? = nil
  ) throws -> Outcome {
    let (out, err) = ("\(files)/output", "\(files)/errors")
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    try changeFolder(&actions, folder)
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for (descriptor, file) in [(Int32(1), out), (2, err)] {
      posix_spawn_file_actions_addopen(
        &actions, descriptor, file, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0o666)
    }
    var variables = ProcessInfo.processInfo.environment
    variables["XDG_STATE_HOME"] = files + "/state"
    variables["XDG_CONFIG_HOME"] = files + "/config"
    variables.merge(environment) { $1 }
    var process: pid_t = 0
    let code = withPointers([disturbed] + arguments) { arguments in
      withPointers(variables.map { "\($0.key)=\($0.value)" }) { variables in
        posix_spawn(&process, disturbed, &actions, nil, arguments, variables)
      }
    }
    guard code == 0 else {
      throw FaultShim.Failure(description: "cannot start \(disturbed): error \(code)")
    }
    if let killAfterMs {
      usleep(UInt32(killAfterMs * 1000))
      kill(process, SIGKILL)
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    let signal = status & 0x7F
    return Outcome(
      status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, output: text(of: out),
      errors: text(of: err))
  }

  /// The C library has the call; its header shows it to nobody who has not asked for extensions.
  private static func changeFolder(
    _ actions: inout posix_spawn_file_actions_t, _ folder: String
  ) throws {
    typealias Call =
      @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, UnsafePointer<CChar>)
      -> Int32
    guard let symbol = dlsym(nil, "posix_spawn_file_actions_addchdir_np") else {
      throw FaultShim.Failure(description: "the C library cannot start a program in a folder")
    }
    _ = unsafeBitCast(symbol, to: Call.self)(&actions, folder)
  }

  private static func withPointers<Result>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = texts.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }
}
