import Foundation
import Glibc

/// Lets the user's own editor have a text: started by the user's key, with the user's own command.
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
    let ended = try ChildProcess.run(["sh", "-c", "\(editor) \"$1\"", "sh", path])
    guard ended.status == 0 else {
      throw ComposeFault(
        description: "\(editor) ended with status \(ended.status); nothing was taken from it."
          + " $VISUAL or $EDITOR names another one.")
    }
    guard let edited = ComposedFiles.text(of: path) else {
      throw ComposeFault(description: "what \(editor) left is not UTF-8 text; nothing was taken.")
    }
    return edited
  }
}
