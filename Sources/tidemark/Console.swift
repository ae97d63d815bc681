import Glibc
import Terminal

/// Standard output and standard error. Results go to the first, everything else to the second.
enum Console {
  /// Writes all of a text to standard output; a full device or a closed pipe ends the program with
  /// status 1, silently for a pipe (nobody reads any more).
  static func out(_ text: String) {
    if !write(text, to: STDOUT_FILENO) {
      let reason = errno
      if reason != EPIPE {
        _ = write("tidemark: error: cannot write: \(String(cString: strerror(reason)))\n", to: 2)
      }
      exit(ExitStatus.failed)
    }
  }

  static func err(_ text: String) { _ = write(text, to: STDERR_FILENO) }

  static var isErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 }
  static var isOutputTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Columns of the terminal on standard error; nil elsewhere.
  static var errorWidth: Int? {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  private static func write(_ text: String, to descriptor: Int32) -> Bool {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0 {
        if errno == EINTR { continue }
        return false
      }
      bytes = bytes.dropFirst(written)
    }
    return true
  }
}

/// Numbers as people read them.
enum Figures {
  /// `1,234,567`.
  static func grouped(_ number: Int64) -> String {
    var digits = String(number.magnitude)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return (number < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
  }

  /// Two decimals at most: `1.25 M`, `980 k`, `12`.
  static func rate(_ perSecond: Double) -> String {
    switch perSecond {
    case 1e9...: "\(rounded(perSecond / 1e9)) G"
    case 1e6...: "\(rounded(perSecond / 1e6)) M"
    case 1e3...: "\(rounded(perSecond / 1e3)) k"
    default: rounded(perSecond)
    }
  }

  static func rounded(_ value: Double, digits: Int = 2) -> String {
    guard value.isFinite else { return "—" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int64((value.magnitude * scale).rounded())
    let whole = scaled / Int64(scale)
    var fraction = String(scaled % Int64(scale))
    while fraction.count < digits { fraction = "0" + fraction }
    return "\(value < 0 ? "-" : "")\(whole)" + (digits == 0 ? "" : ".\(fraction)")
  }

  static func milliseconds(_ ns: UInt64) -> String {
    ns < 1_000_000_000
      ? "\(rounded(Double(ns) / 1e6, digits: ns < 10_000_000 ? 1 : 0)) ms" : seconds(ns)
  }

  static func seconds(_ ns: UInt64) -> String { "\(rounded(Double(ns) / 1e9)) s" }

  /// Pads to a width, on the left for numbers.
  static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  static func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
