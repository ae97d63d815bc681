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

/// A program on a pseudo-terminal of its own, with the picture that a person would see.
///
/// The program leads a session whose terminal it is, as under a terminal emulator: keys make
/// signals, and closing the terminal hangs it up. The test turns the crank: nothing is read from
/// the terminal but by ``read(until:)`` and ``end()``.
final class PseudoTerminal {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  private(set) var screen: TerminalModel
  /// Every byte the program sent so far.
  private(set) var bytes: [UInt8] = []
  let process: pid_t
  private var master: Int32
  private var status: Int32?

  /// Only a test that fails waits so long.
  private static let limitMs: Int32 = 60_000

  /// Starts the program, or a shell's line in which `$tidemark` is the program.
  init(
    _ arguments: [String] = [], shell line: String? = nil, in folder: String,
    columns: Int = 120, rows: Int = 40, environment: [String: String] = [:]
  ) throws {
    screen = TerminalModel(columns: columns, rows: rows)
    var (master, end): (Int32, Int32) = (-1, -1)
    guard openpty(&master, &end, nil, nil, nil) == 0, let name = ttyname(end) else {
      throw Failure(description: "no pseudo-terminal")
    }
    let slave = String(cString: name)
    // Only the program holds its side, so that its end is seen.
    close(end)
    _ = fcntl(master, F_SETFD, FD_CLOEXEC)
    self.master = master
    var variables = ProcessInfo.processInfo.environment
    variables["tidemark"] = Program.path
    variables["TERM"] = "xterm-256color"
    variables["COLORTERM"] = "truecolor"
    variables["LC_ALL"] = "C.UTF-8"
    for name in ["NO_COLOR", "TMUX", "STY"] { variables[name] = nil }
    variables["XDG_STATE_HOME"] = folder + "/state"
    variables["XDG_CONFIG_HOME"] = folder + "/config"
    for (name, value) in environment { variables[name] = value.isEmpty ? nil : value }
    let command = line.map { ["/bin/bash", "--norc", "-c", $0] } ?? ([Program.path] + arguments)
    Self.set(master, columns: columns, rows: rows)
    let inFolder = ["/bin/bash", "--norc", "-c", "cd \"$0\" && exec \"$@\"", folder] + command
    process = try Self.start(inFolder, on: slave, variables)
  }

  private static func set(_ master: Int32, columns: Int, rows: Int) {
    var size = winsize(
      ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
  }

  private static func start(
    _ command: [String], on slave: String, _ variables: [String: String]
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // The first terminal that the leader of a session opens is its own.
    posix_spawn_file_actions_addopen(&actions, 0, slave, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var defaults = sigset_t()
    sigfillset(&defaults)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    // POSIX_SPAWN_SETSID, which Swift does not see.
    let newSession: Int32 = 0x80
    let flags = newSession | Int32(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK)
    posix_spawnattr_setflags(&attributes, Int16(flags))
    var process: pid_t = 0
    let arguments = command.map { strdup($0) } + [nil]
    let environment = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (arguments + environment).forEach { free($0) } }
    let error = posix_spawn(&process, command[0], &actions, &attributes, arguments, environment)
    guard error == 0 else { throw Failure(description: String(cString: strerror(error))) }
    return process
  }

  deinit {
    if master >= 0 { close(master) }
    if status == nil {
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
  }

  // MARK: What a person does

  func type(_ text: String) {
    let keys = Array(text.utf8)
    _ = write(master, keys, keys.count)
  }

  /// Makes the window another size; the kernel tells the program.
  func resize(columns: Int, rows: Int) {
    screen.resize(columns: columns, rows: rows)
    Self.set(master, columns: columns, rows: rows)
  }

  func signal(_ number: Int32) { kill(process, number) }

  /// Closes the window.
  func hangUp() {
    close(master)
    master = -1
  }

  // MARK: What is seen

  /// The terminal's modes as they are now.
  var modes: TerminalModes {
    var modes = termios()
    tcgetattr(master, &modes)
    return TerminalModes(modes)
  }

  /// Whether the program sent these characters, anywhere.
  func sent(_ text: String) -> Bool { bytes.firstRange(of: Array(text.utf8)) != nil }

  func read(until text: String) throws {
    try read(until: "“\(text)” stands on the screen") { $0.text.contains(text) }
  }

  /// Reads until the screen is as it should be.
  ///
  /// - Parameter piece: bytes taken at a time.
  func read(
    until what: String, piece: Int = 4096, _ isSo: (TerminalModel) -> Bool
  ) throws {
    while !isSo(screen) {
      guard try readOnce(piece) else {
        throw Failure(description: "it ended before \(what):\n\(screen.text)")
      }
    }
  }

  /// False when the program's side is closed.
  private func readOnce(_ piece: Int) throws -> Bool {
    var source = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&source, 1, Self.limitMs) > 0 else {
      throw Failure(description: "nothing more came; the screen:\n\(screen.text)")
    }
    var buffer = [UInt8](repeating: 0, count: piece)
    let count = Glibc.read(master, &buffer, piece)
    if count < 0, errno == EINTR { return true }
    guard count > 0 else { return false }
    bytes += buffer[..<count]
    screen.take(buffer[..<count])
    return true
  }

  /// Reads to the program's end.
  ///
  /// - Returns: its exit status, or 128 and the signal's number.
  func end() throws -> Int32 {
    while try readOnce(65_536) {}
    return wait()
  }

  /// Waits for the program's end and reads nothing.
  func wait() -> Int32 {
    if let status { return Self.outcome(status) }
    var code: Int32 = 0
    while waitpid(process, &code, 0) < 0, errno == EINTR {}
    status = code
    return Self.outcome(code)
  }

  private static func outcome(_ code: Int32) -> Int32 {
    code & 0x7F == 0 ? code >> 8 & 0xFF : 128 + (code & 0x7F)
  }
}

/// A terminal's settings, to be compared.
struct TerminalModes: Equatable {
  private var flags: [tcflag_t]
  private var characters: [cc_t]

  init(_ modes: termios) {
    flags = [modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag]
    characters = withUnsafeBytes(of: modes.c_cc) { Array($0) }
  }
}
