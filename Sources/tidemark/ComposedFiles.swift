import Connectors
import Foundation
import Glibc
import Pipelines
import Studio
import VisibleText

/// Finds and keeps the pipelines that are written in the studio.
enum ComposedFiles {
  static let files = ComposeFiles(
    open: { try open($0) }, new: { blank() }, keep: { try Drafts.keep($0, base: $1, path: $2) },
    save: { try save($0, to: $1) }, read: { text(of: $0) })

  /// What a session that is shown again sees: nobody's drafts, and nothing is kept.
  static let sessionFiles = ComposeFiles(
    open: { try open($0, keepsDrafts: false) }, new: { blank() }, keep: { _, _, _ in },
    save: { _, _ in throw NoFiles() }, read: { _ in nil })

  // MARK: opening

  /// - Parameter keepsDrafts: whether edits that were not saved come back.
  static func open(_ path: String, keepsDrafts: Bool = true) throws -> ComposedFile {
    if let folder = Gallery.templates, path.hasPrefix("\(folder)/") { return try template(path) }
    if OpenedJob.isPipeline(path) {
      return try pipeline(path, keepsDrafts ? Drafts.find(path) : nil)
    }
    try mustBeFile(path)
    let proposal = try LogProposal.orPlain(path: path)
    let text = TunedProposal.kept(TunedProposal.tuned(proposal, log: path))
    if path.hasPrefix("\(InputSpool.folder)/") {
      return atHome(
        named("input", text, log: path), from: proposal.path, name: "input.yaml", origin: path,
        notice: "what came through the pipe is kept in \(path)")
    }
    let place = freeName(proposal.path)
    // What was begun here before goes on.
    let draft = keepsDrafts ? Drafts.find(place) : nil
    return ComposedFile(
      path: place, origin: path, text: text, draft: draft?.text,
      files: logs(beside: place),
      notice: draft == nil ? "proposed from the first records: every choice can be changed" : nil)
  }

  /// The text with another name of the pipeline and of what it writes: those of a copy of the log
  /// say nothing to anybody.
  private static func named(_ name: String, _ text: String, log: String) -> String {
    var document = PipelineDocument.parse(text: text, path: "")
    if let field = document.form(at: nil).first(where: { $0.name == "pipeline" }) {
      document = document.setting(field, at: nil, to: name)
    }
    let stem = ((log as NSString).lastPathComponent as NSString).deletingPathExtension
    for place in 0..<document.stepCount where document.step(at: place)?.kind == "sink" {
      guard let field = document.form(at: place).first(where: { $0.name == "path" }),
        let path = field.text
      else { continue }
      document = document.setting(field, at: place, to: path.replacing(stem, with: name))
    }
    return document.text
  }

  private static func pipeline(_ path: String, _ draft: Drafts.Draft?) throws -> ComposedFile {
    guard let text = text(of: path) else {
      if let draft {
        return ComposedFile(
          path: path, text: draft.text, files: logs(beside: path),
          notice: "there is no file yet; the edits that were kept are here again")
      }
      // Says why it cannot be read.
      _ = try OpenedJob.pipeline(path)
      throw ComposeFault(description: "\(path) is not UTF-8 text")
    }
    return ComposedFile(
      path: path, text: text, onDisk: text,
      draft: draft.flatMap { $0.text == text ? nil : $0.text },
      draftBase: draft?.base, files: logs(beside: path))
  }

  /// A copy of a template in the working folder, which reads the same log.
  private static func template(_ path: String) throws -> ComposedFile {
    guard let text = text(of: path) else {
      throw ComposeFault(description: "\(path) cannot be read")
    }
    return atHome(
      text, from: path, name: (path as NSString).lastPathComponent, origin: path,
      notice: "a template: change what it reads and how, then save it")
  }

  /// A pipeline of another folder as a new one in the working folder, which reads the same log.
  private static func atHome(
    _ text: String, from path: String, name: String, origin: String, notice: String
  ) -> ComposedFile {
    var document = PipelineDocument.parse(text: text, path: path)
    for place in 0..<document.stepCount where document.step(at: place)?.kind == "source" {
      guard let field = document.form(at: place).first(where: { $0.name == "path" }),
        let log = field.text
      else { continue }
      let whole = URL(fileURLWithPath: "\(document.folder)/\(log)").standardizedFileURL.path
      let here = FileManager.default.currentDirectoryPath + "/"
      let shown = whole.hasPrefix(here) ? String(whole.dropFirst(here.count)) : whole
      document = document.setting(field, at: place, to: shown)
    }
    let place = freeName("\(FileManager.default.currentDirectoryPath)/\(name)", isNew: true)
    return ComposedFile(
      path: place, origin: origin, text: document.text, files: logs(beside: place), notice: notice)
  }

  private static func blank() -> ComposedFile {
    let place = freeName("\(FileManager.default.currentDirectoryPath)/pipeline.yaml", isNew: true)
    let name = ((place as NSString).lastPathComponent as NSString).deletingPathExtension
    return ComposedFile(
      path: place, text: "pipeline: \(name)\n\nsteps: []\n", files: logs(beside: place),
      notice: "nothing is there yet: a adds the first step")
  }

  private static func mustBeFile(_ path: String) throws {
    do {
      try OpenedJob.mustBeFile(path)
    } catch let failure as CommandFailure {
      throw ComposeFault(description: failure.message.rendered(commands: false))
    }
  }

  /// A name that no file has, with a number where it must.
  ///
  /// - Parameter isNew: whether it is to be the name of no draft either.
  private static func freeName(_ path: String, isNew: Bool = false) -> String {
    let stem = (path as NSString).deletingPathExtension
    var candidate = path
    var number = 2
    while FileManager.default.fileExists(atPath: candidate)
      || isNew && Drafts.find(candidate) != nil
    {
      candidate = "\(stem)-\(number).yaml"
      number += 1
    }
    return candidate
  }

  /// Names of files beside a pipeline that look like logs.
  private static func logs(beside path: String) -> [String] {
    let folder = (path as NSString).deletingLastPathComponent
    let kinds = ["jsonl", "json", "ndjson", "csv", "tsv", "log", "txt"]
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return Array(
      names.filter { kinds.contains(($0 as NSString).pathExtension.lowercased()) }.sorted()
        .prefix(200))
  }

  static func text(of path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path), data.count <= 4 << 20 else {
      return nil
    }
    return String(validating: data, as: UTF8.self)
  }

  // MARK: keeping

  /// Writes a file whole or not at all: another one is written and takes its place.
  static func save(_ text: String, to path: String) throws {
    // A link stays one: what it points to is written.
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let folder = (target as NSString).deletingLastPathComponent
    let system = FileSystem()
    try system.makeFolders(folder)
    var info = stat()
    let mode = stat(target, &info) == 0 ? info.st_mode & 0o7777 : nil
    let staging = "\(folder)/.\((target as NSString).lastPathComponent).\(getpid()).tidemark"
    let file = try system.open(staging, O_WRONLY | O_CREAT | O_TRUNC)
    do {
      try Array(text.utf8).withUnsafeBytes { try system.write($0, to: file, path: staging) }
      if let mode { _ = fchmod(file, mode) }
      try system.sync(file, path: staging)
      try system.close(file, path: staging)
      try system.rename(staging, to: target)
      try system.syncFolder(folder)
    } catch {
      unlink(staging)
      throw error
    }
  }
}

struct ComposeFault: Error, CustomStringConvertible {
  var description: String
}

/// Edits that are in no file yet, in `$XDG_STATE_HOME/tidemark/drafts`.
enum Drafts {
  struct Draft: Codable {
    var path: String
    /// The file's text when it was last read; nil where there was none.
    var base: String?
    var text: String
  }

  private static func place(_ path: String) -> String {
    // Named by the path: FNV-1a, and the name for people.
    let hash = path.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    let name = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    return "\(Folders.state)/drafts/\(name.prefix(60))-\(String(hash, radix: 16)).json"
  }

  static func find(_ path: String) -> Draft? {
    guard let data = FileManager.default.contents(atPath: place(path)),
      let draft = try? JSONDecoder().decode(Draft.self, from: data), draft.path == path
    else { return nil }
    return draft
  }

  /// Keeps a text; nil forgets it.
  static func keep(_ text: String?, base: String?, path: String) throws {
    let file = place(path)
    guard let text else {
      unlink(file)
      return
    }
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    let data = try JSONEncoder().encode(Draft(path: path, base: base, text: text))
    try data.write(to: URL(fileURLWithPath: file), options: .atomic)
  }
}
