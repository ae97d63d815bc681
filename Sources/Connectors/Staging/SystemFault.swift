package import Engine
internal import Glibc

/// Turns an errno into a fault that names the place and a remedy.
package enum SystemFault {
  /// The fault of a call that failed with `code`.
  ///
  /// - Parameter action: what was tried and where, such as `read logs/a.jsonl`.
  package static func error(_ action: String, code: Int32) -> ConnectError {
    ConnectError(
      "cannot \(action): \(text(of: code))", remedy: remedy(for: code),
      isTransient: transient.contains(code))
  }

  private static let transient: Set<Int32> = [
    EAGAIN, EBUSY, EDQUOT, EINTR, EIO, EMFILE, ENFILE, ENOBUFS, ENOLCK, ENOMEM, ENOSPC, ESTALE,
    ETIMEDOUT,
  ]

  /// The system's words for an errno, such as `no space left on device`.
  package static func text(of code: Int32) -> String {
    guard let raw = strerror(code) else { return "error \(code)" }
    let text = String(cString: raw)
    return text.prefix(1).lowercased() + text.dropFirst()
  }

  private static func remedy(for code: Int32) -> String? {
    switch code {
    case ENOENT: "check the path: it is relative to the pipeline file"
    case EACCES, EPERM: "check the owner and the mode of the file and of its folders"
    case ENOSPC, EDQUOT: "free some space, then run again: nothing committed is lost"
    case EROFS: "choose a path on a file system that can be written"
    case EISDIR: "give the path of a file, or a pattern such as logs/*.jsonl"
    case ENOTDIR: "a part of the path is a file, not a folder"
    case EMFILE, ENFILE: "too many files are open: raise the limit with ulimit -n"
    case ENAMETOOLONG: "choose a shorter name"
    case EIO: "the device failed: check it, then run again from the last checkpoint"
    case EPIPE: "keep the reader of the pipe open until the job is done"
    case EFBIG: "raise the limit on file sizes, or write several parts"
    case EXDEV: "keep the target's folder on one file system"
    default: nil
    }
  }
}
