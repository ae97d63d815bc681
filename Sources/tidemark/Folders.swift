import Foundation
import Glibc

/// Where samples, themes, settings and state are looked for.
enum Folders {
  static var environment: [String: String] { ProcessInfo.processInfo.environment }

  private static var home: String { environment["HOME"] ?? "." }

  static var config: String {
    "\(environment["XDG_CONFIG_HOME"] ?? "\(home)/.config")/tidemark"
  }

  static var state: String {
    "\(environment["XDG_STATE_HOME"] ?? "\(home)/.local/state")/tidemark"
  }

  /// Folders with theme files, the user's own first.
  static var themes: [String] { ["\(config)/themes"] + beside("Themes") }

  /// The folder of the samples; nil where none is found.
  static var samples: String? {
    if let named = environment["TIDEMARK_SAMPLES"] { return named }
    return beside("Samples").first
  }

  /// Folders of this name in the working folder or above the program: a checkout, or an
  /// installation with its data beside `bin`.
  private static func beside(_ name: String) -> [String] {
    var candidates = [FileManager.default.currentDirectoryPath]
    let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    var folder = (program as NSString).deletingLastPathComponent
    for _ in 0..<4 where folder.count > 1 {
      candidates.append(folder)
      candidates.append("\(folder)/share/tidemark")
      folder = (folder as NSString).deletingLastPathComponent
    }
    var seen: Set<String> = []
    return candidates.map { "\($0)/\(name)" }.filter { path in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        && isFolder.boolValue && seen.insert(path).inserted
    }
  }
}
