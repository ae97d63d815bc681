import Foundation
import Glibc

/// Lets the user's own editor have a text: the only other program that is ever started, by the user's
/// key and with the user's own command.
enum TextEditor {
  /// - Returns: the text as the editor left it.
  static func edit(_ text: String) throws -> String {
    let folder = "\(Folders.state)/editor"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = "\(folder)/pipeline-\(getpid()).yaml"
    try ComposedFiles.save(text, to: path)
    defer { unlink(path) }
    let environment = Folders.environment
    let editor =
      [environment["VISUAL"], environment["EDITOR"]].compactMap { $0 }.first { !$0.isEmpty } ?? "vi"
    let status = try run("\(editor) \"$1\"", path)
    guard status == 0 else {
      throw ComposeFault(
        description: "\(editor) ended with status \(status); nothing was taken from it."
          + " $VISUAL or $EDITOR names another one.")
    }
    guard let edited = ComposedFiles.text(of: path) else {
      throw ComposeFault(description: "what \(editor) left is not UTF-8 text; nothing was taken.")
    }
    return edited
  }

  /// Runs a command of the shell on the terminal and waits for its end.
  private static func run(_ command: String, _ argument: String) throws -> Int32 {
    let words = ["sh", "-c", command, "sh", argument]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    let started = posix_spawn(&process, "/bin/sh", nil, nil, &arguments, environ)
    guard started == 0 else {
      throw ComposeFault(
        description: "cannot start the editor: \(String(cString: strerror(started)))")
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else { return -1 }
    }
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }
}
