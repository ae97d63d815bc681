import Foundation
import Glibc

/// The program with standard output and standard error on a terminal that a test reads.
extension Program {
  struct TerminalError: Error {}

  /// Runs a shell's line, in which `$tidemark` is the program, and gives what the terminal got.
  static func onTerminal(
    _ line: String, in folder: String, environment: [String: String] = [:]
  ) throws -> [UInt8] {
    var (master, slave): (Int32, Int32) = (-1, -1)
    var size = winsize(ws_row: 40, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0)
    guard openpty(&master, &slave, nil, nil, &size) == 0 else { throw TerminalError() }
    defer { close(master) }
    // Otherwise the program has it too, and its end is never seen.
    _ = fcntl(master, F_SETFD, FD_CLOEXEC)
    // As it was written: no line feed becomes two characters.
    var settings = termios()
    tcgetattr(slave, &settings)
    cfmakeraw(&settings)
    tcsetattr(slave, TCSANOW, &settings)

    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    var variables = ProcessInfo.processInfo.environment
    variables["tidemark"] = path
    variables["TERM"] = "xterm-256color"
    variables["LC_ALL"] = "C.UTF-8"
    variables["NO_COLOR"] = nil
    variables["XDG_STATE_HOME"] = folder + "/state"
    variables["XDG_CONFIG_HOME"] = folder + "/config"
    for (name, value) in environment { variables[name] = value }
    process.environment = variables
    let end = FileHandle(fileDescriptor: slave, closeOnDealloc: false)
    process.standardOutput = end
    process.standardError = end
    process.standardInput = FileHandle.nullDevice
    try process.run()
    close(slave)
    // Read until nobody holds the other end: a terminal's buffer is small.
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(master, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { break }
      bytes += buffer[..<count]
    }
    process.waitUntilExit()
    return bytes
  }
}
