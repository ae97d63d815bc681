import Foundation

/// Finds theme files by name in folders, then among the built-in ones.
public struct ThemeCatalog: Sendable {
  /// A theme that can be chosen.
  public struct Entry: Hashable, Sendable {
    public let name: String
    public let summary: String
    /// Where it is; nil for a built-in theme.
    public let path: String?
    /// Why it cannot be loaded; empty if it can.
    public let faults: [ThemeFault]
  }

  /// A larger file is refused unread.
  public static let maxBytes = 64 * 1024
  /// Parents a theme may have above it.
  public static let maxDepth = 8

  public let folders: [String]

  /// - Parameter folders: searched in this order.
  public init(folders: [String]) { self.folders = folders }

  /// Every theme of the folders and the built-in ones, by name; of two with one name the first.
  public static func list(searching folders: [String] = []) -> [Entry] {
    ThemeCatalog(folders: folders).list()
  }

  public func list() -> [Entry] {
    var entries: [String: Entry] = [:]
    for folder in folders {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      for file in names.sorted() where file.hasSuffix(".yaml") {
        let name = String(file.dropLast(5))
        guard ThemeCatalog.isName(name), entries[name] == nil else { continue }
        entries[name] = entry(name, path: folder + "/" + file)
      }
    }
    for name in BuiltInThemes.names where entries[name] == nil {
      entries[name] = entry(name, path: nil)
    }
    return entries.values.sorted { $0.name < $1.name }
  }

  /// Every theme that can be used, the built-in ones first, and why the others cannot.
  ///
  /// - Parameter known: themes that stay as they are while their files have faults.
  public func load(keeping known: [Theme] = []) -> ThemeWatcher.Change {
    let builtIn = BuiltInThemes.names
    let names = names()
    var change = ThemeWatcher.Change(themes: [], faults: [])
    for name in builtIn + names.filter({ !builtIn.contains($0) && ThemeCatalog.isName($0) }) {
      do throws(ThemeFaults) {
        change.themes.append(try load(named: name))
      } catch {
        change.faults += error.faults
        if let old = known.first(where: { $0.name == name }) { change.themes.append(old) }
      }
    }
    return change
  }

  private func entry(_ name: String, path: String?) -> Entry {
    do throws(ThemeFaults) {
      let theme = try load(named: name)
      return Entry(name: name, summary: theme.summary, path: path, faults: [])
    } catch {
      return Entry(name: name, summary: "", path: path, faults: error.faults)
    }
  }

  public func load(named name: String) throws(ThemeFaults) -> Theme {
    guard let source = source(named: name) else {
      throw ThemeFaults(faults: [missing(name)])
    }
    return try load(name, source, chain: [name])
  }

  static func validate(_ path: String) -> [ThemeFault] {
    let url = URL(fileURLWithPath: path)
    let name = url.deletingPathExtension().lastPathComponent
    let catalog = ThemeCatalog(folders: [url.deletingLastPathComponent().path])
    do throws(ThemeFaults) {
      _ = try catalog.load(name, .file(path), chain: [name])
      return []
    } catch {
      return error.faults
    }
  }

  // MARK: Sources

  enum Source {
    case file(String)
    case text(String)
  }

  /// Names become file names, so they hold nothing that could lead elsewhere.
  static func isName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 64
      && name.utf8.allSatisfy {
        (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) || (0x30...0x39).contains($0)
          || $0 == 0x2D || $0 == 0x5F
      }
  }

  private func source(named name: String) -> Source? {
    guard ThemeCatalog.isName(name) else { return nil }
    for folder in folders {
      let path = folder + "/" + name + ".yaml"
      if FileManager.default.fileExists(atPath: path) { return .file(path) }
    }
    return BuiltInThemes.text(name).map { .text($0) }
  }

  private func load(_ name: String, _ source: Source, chain: [String]) throws(ThemeFaults)
    -> Theme
  {
    let file: String
    let text: String
    switch source {
    case .text(let builtIn): (file, text) = ("built-in " + name, builtIn)
    case .file(let path):
      file = path
      text = try ThemeCatalog.read(path)
    }
    var document = ThemeReader(file: file)
    document.read(text)
    var parent: Theme?
    if let inherited = document.inherits {
      do throws(ThemeFaults) {
        parent = try self.parent(inherited, of: file, chain: chain)
      } catch {
        document.faults += error.faults
      }
    }
    let theme = document.theme(named: name, over: parent)
    if !document.faults.isEmpty { throw ThemeFaults(faults: document.faults) }
    return theme
  }

  private func parent(_ inherited: ThemeReader.Word, of file: String, chain: [String])
    throws(ThemeFaults) -> Theme
  {
    func fault(_ message: String, _ remedy: String) -> ThemeFaults {
      ThemeFaults(faults: [
        ThemeFault(
          file: file, line: inherited.line, column: inherited.column, message: message,
          remedy: remedy)
      ])
    }
    let name = inherited.text
    if chain.contains(name) {
      // A user's own "dark" may build on the built-in one it hides.
      if name == chain.last, let text = BuiltInThemes.text(name), !file.hasPrefix("built-in") {
        return try load(name, .text(text), chain: chain)
      }
      let circle = (chain + [name]).joined(separator: " → ")
      throw fault("themes inherit in a circle (\(circle))", "take one \"inherits\" out")
    }
    guard chain.count <= ThemeCatalog.maxDepth else {
      throw fault(
        "more than \(ThemeCatalog.maxDepth) themes inherit from each other",
        "inherit from one nearer the root")
    }
    guard let source = source(named: name) else {
      let missing = missing(name)
      throw fault(missing.message, missing.remedy)
    }
    return try load(name, source, chain: chain + [name])
  }

  private func missing(_ name: String) -> ThemeFault {
    let known = names()
    let near = Suggestion.nearest(to: name, among: known).map { "did you mean \"\($0)\"? " } ?? ""
    return ThemeFault(
      file: name, line: 0, column: 0, message: "there is no theme \"\(name)\"",
      remedy: near + "There are: " + known.joined(separator: ", "))
  }

  private func names() -> [String] {
    var names = Set(BuiltInThemes.names)
    for folder in folders {
      for file in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      where file.hasSuffix(".yaml") {
        names.insert(String(file.dropLast(5)))
      }
    }
    return names.sorted()
  }

  private static func read(_ path: String) throws(ThemeFaults) -> String {
    func fault(_ message: String, _ remedy: String) -> ThemeFaults {
      ThemeFaults(faults: [
        ThemeFault(file: path, line: 0, column: 0, message: message, remedy: remedy)
      ])
    }
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw fault("cannot be opened", "check that it exists and that you may read it")
    }
    defer { try? handle.close() }
    let bytes: Data
    do {
      bytes = try handle.read(upToCount: maxBytes + 1) ?? Data()
    } catch {
      throw fault("cannot be read", "check that it is a file and that you may read it")
    }
    guard bytes.count <= maxBytes else {
      throw fault("is larger than 64 KiB", "a theme needs only the roles it changes")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw fault("is not UTF-8", "save it as UTF-8")
    }
    return text
  }
}
