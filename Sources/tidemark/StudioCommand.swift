import ArgumentParser
import Columns
import Connectors
import Engine
import Expressions
import Foundation
import Glibc
import Pipelines
import Runtime
import Studio
import Terminal
import VisibleText

struct StudioCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "studio",
    abstract: "Open the studio: on the gallery of samples, or on a pipeline or a log.")

  @Argument(
    help: "A pipeline (.yaml), a log for which a pipeline is proposed, or - for a log in a pipe.")
  var files: [String] = []

  @Option(help: "The theme; 'tidemark themes' lists them.")
  var theme: String?

  @Option(help: "How graphs are drawn: braille, block or ascii.")
  var symbols: String?

  @Flag(help: "Plain lines in place of a screen, for a screen reader or a log; commands are lines.")
  var linear = false

  @Option(help: "Write what you do to this file, to be shown again.")
  var record: String?

  @Option(
    help: "Show a recorded session again: on a terminal as it was, else its last picture as text.")
  var replay: String?

  func validate() throws {
    if linear, record != nil || replay != nil {
      throw ValidationError("--record and --replay are of the studio with a screen, not --linear")
    }
    if files.count > 1 {
      let commands = Tidemark.configuration.subcommands.map { $0._commandName }
      let hint =
        Suggestion.nearest(to: files[0], among: commands)
        .map { "did you mean '\($0)'?" } ?? "commands: \(commands.joined(separator: ", "))"
      throw ValidationError("'\(files[0])' is no command; \(hint) The studio opens one file.")
    }
    if let symbols, SymbolSet(rawValue: symbols) == nil {
      throw ValidationError("--symbols is braille, block or ascii, not '\(symbols)'")
    }
  }

  func run() throws {
    let isPiped = files.first == "-" || files.isEmpty && InputSpool.isWaiting && !linear
    let file =
      isPiped && InputSpool.isWaiting
      ? try InputSpool.save() : try files.first.map { try InputSpool.save(pipe: $0) ?? $0 }
    // What is wrong with the file is said before the screen is taken; faults in a pipeline are
    // mended on it.
    if let file, !(canCompose && Self.isReadable(file)) { _ = try OpenedJob.any(file) }
    let themes = try loadThemes()
    var settings = SavedSettings.load()
    if let theme { settings.theme = theme }
    let keys = try loadKeys()
    // Whole, for it is remembered and may be opened from another folder.
    let path = file.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
    if linear {
      let studio = LinearStudio(
        entries: Gallery.entries(), settings: settings, keys: keys, path: path,
        open: { try Opener.open($0, isIndexed: false) }, openRun: { try RunOpening.open($0) },
        files: ComposedFiles.files,
        write: { Console.out(ConsoleText(lines: $0 + "\n")) })
      while !studio.hasEnded, let line = readLine() { studio.take(line) }
      return
    }
    var configuration = StudioApp.Configuration(
      entries: Gallery.entries(), themes: themes,
      themeFiles: ThemeCatalog(folders: Folders.themes), settings: settings, keys: keys,
      symbols: symbols.flatMap(SymbolSet.init(rawValue:)), path: path,
      open: { try Opener.open($0) }, openRun: { try RunOpening.open($0) },
      files: ComposedFiles.files, edit: { try TextEditor.edit($0) },
      saveSettings: { SavedSettings.save($0) })
    // Whoever comes for the first time is shown around.
    configuration.startsTour =
      settings.hasToured != true && path == nil && replay == nil && record == nil
    configuration.session = try replay.map(Sessions.read)
    if let session = configuration.session, !Console.isOutputTerminal {
      return showAtOnce(session, configuration)
    }
    try show(configuration)
  }

  /// Whether there is somebody to mend what is wrong.
  private var canCompose: Bool { Console.isOutputTerminal && !linear && replay == nil }

  private static func isReadable(_ file: String) -> Bool {
    OpenedJob.isPipeline(file)
      ? ComposedFiles.text(of: file) != nil : LogProposal.isText(file)
  }

  /// The last picture of a session, as text.
  private func showAtOnce(_ session: SessionLog, _ given: StudioApp.Configuration) {
    var configuration = given
    // What this person chose before is not part of the session.
    configuration.settings = StudioSettings()
    configuration.settings.theme = theme
    configuration.saveSettings = { _ in }
    configuration.files = ComposedFiles.sessionFiles
    configuration.themeFiles = nil
    configuration.isSessionTimed = false
    configuration.openRun = { _ in throw NoRun() }
    configuration.open = { try Opener.open($0, isIndexed: false) }
    let screen = HeadlessScreen(session.size)
    _ = StudioApp(headless: screen, configuration: configuration).run()
    Console.out(ConsoleText(lines: screen.text + "\n"))
  }

  private func show(_ given: StudioApp.Configuration) throws {
    var configuration = given
    let screen: NcursesScreen
    do {
      screen = try NcursesScreen()
    } catch {
      throw CommandFailure(
        status: ExitStatus.usage,
        message: "tidemark: error: the studio needs a terminal: \(error)\n"
          + "without one, use: tidemark run FILE, tidemark check FILE, tidemark --help")
    }
    do {
      try record(to: &configuration, size: screen.size)
    } catch {
      screen.close()
      throw error
    }
    let app = StudioApp(screen: screen, configuration: configuration)
    let ending = app.run()
    screen.close()
    if let compose = app.state.compose, !compose.isSaved, compose.history.versions.count > 1 {
      Console.err(
        "tidemark: the edits of \(compose.path) are not in the file; they are kept, and come back"
          + " when it is opened\n")
    }
    if let run = app.lastRun { Console.err("\(lines: Self.words(of: run))\n") }
    let written = app.lastRun == nil ? "; nothing was written" : ""
    switch ending {
    case .quit: return
    case .terminated(.interrupt):
      throw CommandFailure(
        status: ExitStatus.interrupted, message: "tidemark: interrupted\(written)")
    case .terminated:
      throw CommandFailure(status: 143, message: "tidemark: ended by a signal\(written)")
    case .hangup: throw CommandFailure(status: ExitStatus.failed, message: "")
    }
  }

  /// Begins the file of a session, where one is recorded.
  private func record(to configuration: inout StudioApp.Configuration, size: Size) throws {
    guard let log = try record.map(Sessions.create) else { return }
    let write = { (line: String) in try log.write(contentsOf: Data((line + "\n").utf8)) }
    try? write(SessionLog.heading(size))
    configuration.record = write
  }

  /// What became of the real run that nobody has looked at since.
  private static func words(of run: JobState) -> String {
    if let summary = run.summary {
      return run.phase == .failed ? "tidemark: error: \(summary)" : summary.trimmedEnd
    }
    return
      "tidemark: the run of \(run.name) was cut off; the next one goes on from its last checkpoint"
  }

  /// The keys with the changes of the user's own file; one that is wrong is an error, for keys that
  /// do something else than is thought are worse than none.
  private func loadKeys() throws -> KeyMap {
    let path = "\(Folders.config)/keys.yaml"
    guard let data = FileManager.default.contents(atPath: path) else { return StudioKeys.standard }
    guard data.count <= 64 * 1024, let text = String(validating: data, as: UTF8.self) else {
      throw CommandFailure(
        status: ExitStatus.usage,
        message: "\(path):1:1: error: a key map is UTF-8 text of at most 64 KiB")
    }
    let (keys, faults) = KeyMapFile.read(text, file: path, over: StudioKeys.standard)
    guard faults.isEmpty else {
      let lines = faults.map(\.description).joined(separator: "\n")
      throw CommandFailure(
        status: ExitStatus.usage,
        message:
          "\(lines: lines)\ntidemark: the keys are in \(path); `?` in the studio lists actions")
    }
    return keys
  }

  /// Every theme that can be used; one that is asked for and cannot be is an error.
  private func loadThemes() throws -> [Theme] {
    let folders = Folders.themes
    if let theme {
      do {
        _ = try Theme.load(named: theme, searching: folders)
      } catch {
        throw CommandFailure(
          status: ExitStatus.usage, message: "tidemark: error: \(lines: "\(error)")")
      }
    }
    return ThemeCatalog(folders: folders).load().themes
  }
}

/// Files of recorded sessions.
enum Sessions {
  private static let maxBytes = 64 << 20

  static func read(_ path: String) throws -> SessionLog {
    guard let data = FileManager.default.contents(atPath: path), data.count <= maxBytes,
      let text = String(validating: data, as: UTF8.self)
    else {
      throw CommandFailure(
        status: ExitStatus.usage,
        message: "tidemark: error: \(path) cannot be read as a session: a text file of at most"
          + " \(formatBytes(Int64(maxBytes))), as --record writes it")
    }
    do {
      return try SessionLog(reading: text)
    } catch {
      throw CommandFailure(status: ExitStatus.usage, message: "tidemark: error: \(path): \(error)")
    }
  }

  static func create(_ path: String) throws -> FileHandle {
    if let old = FileManager.default.contents(atPath: path), !old.isEmpty,
      !old.starts(with: Data("tidemark-session".utf8))
    {
      throw CommandFailure(
        status: ExitStatus.usage,
        message:
          "tidemark: error: \(path) is there and is no session: name another file to record to")
    }
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let handle = FileHandle(forWritingAtPath: path)
    else {
      throw CommandFailure(
        status: ExitStatus.usage,
        message: "tidemark: error: cannot write the session to \(path): check the folder and its"
          + " permissions")
    }
    return handle
  }
}

/// Opens what the studio is pointed at, for replay.
enum Opener {
  /// A log up to this size is counted when it is opened, so that the scrubber knows its end.
  private static let countedBytes: Int64 = 256 * 1024 * 1024

  /// - Parameter isIndexed: whether the log is read ahead in the background.
  static func open(_ file: PipelineFile, isIndexed: Bool = true) throws -> OpenedPipeline {
    do {
      let path = file.path
      let job = try OpenedJob.any(path, text: file.text)
      if try readsKeyboard(job.graph) {
        throw OpeningFault(
          description:
            "the pipeline reads standard input, which is the keyboard of the studio; save"
            + " the log to a file")
      }
      let log = job.graph.nodes.first?.steps.first?.detail ?? path
      let total = try count(job.graph)
      let clock = MonotonicClock()
      let startMs = SystemClock().wallMs
      func replay(_ graph: JobGraph) throws -> Replay {
        try Replay(
          graph: graph, total: total, startMs: startMs, isIndexed: isIndexed,
          workClock: { clock.nowNs })
      }
      let first = try replay(job.graph)
      return OpenedPipeline(
        name: job.graph.name, logName: log, replay: first,
        sizeHint: try total ?? estimate(job.graph),
        options: job.document.editableOptions,
        variant: { edits in
          guard first.canReadAgain else { throw Replay.readOnce }
          return PairReplay(a: first, b: try replay(try variant(of: job.document, edits)))
        },
        lookOnDisk: { lookOnDisk(job) })
    } catch let failure as CommandFailure {
      throw OpeningFault(description: failure.message.rendered(commands: false))
    }
  }

  private static func readsKeyboard(_ graph: JobGraph) throws -> Bool {
    try graph.nodes.contains { node in
      guard case .ingest(let source, _) = node.logic else { return false }
      return try source.splits().contains { $0.name == "-" }
    }
  }

  private static func lookOnDisk(_ job: OpenedJob) -> DiskCheckpoints {
    let folder = job.checkpointDirectory
    do {
      return DiskCheckpoints(
        try CheckpointPlaces.find(job: job.graph.name, in: folder), folder: folder)
    } catch {
      return DiskCheckpoints(folder: folder, fault: "\(error)")
    }
  }

  /// The job with options set. Throws the first fault of a value.
  private static func variant(
    of document: PipelineDocument, _ edits: [OptionEdit]
  ) throws -> JobGraph {
    let edited = edits.reduce(document) { $0.setting($1.option, to: $1.value) }
    switch Planner.plan(edited) {
    case .success(let graph): return graph
    case .failure(let failure):
      let fault = failure.diagnostics.first { $0.severity == .error }
      let words = [fault?.message, fault?.hint].compactMap { $0 }.joined(separator: "; ")
      throw OpeningFault(description: words.isEmpty ? "the value does not fit" : words)
    }
  }

  /// Records in a large log, judged by its beginning; nil where a split has no size.
  private static func estimate(_ graph: JobGraph) throws -> Int64? {
    guard let node = graph.nodes.first, case .ingest(let source, let spec) = node.logic else {
      return nil
    }
    var records = 0.0
    for split in try source.splits() {
      guard let size = split.size else { return nil }
      let reader = try source.open(split, at: .start, framing: spec.framing)
      defer { reader.close() }
      guard let block = try reader.next(maxRecords: .max, maxBytes: 1 << 20) else { continue }
      let lines = block.end.line - block.start.line
      let bytes = block.end.offset - block.start.offset
      if bytes > 0 { records += Double(size) * Double(lines) / Double(bytes) }
    }
    // An estimate is not more exact than it looks.
    let unit = pow(10, max(0, floor(log10(max(records, 1))) - 1))
    return Int64((records / unit).rounded() * unit)
  }

  /// Records in a log that is small enough to be counted: its lines.
  private static func count(_ graph: JobGraph) throws -> Int64? {
    guard let node = graph.nodes.first, case .ingest(let source, let spec) = node.logic else {
      return nil
    }
    let splits = try source.splits()
    var size: Int64 = 0
    for split in splits {
      guard let bytes = split.size else { return nil }
      size += bytes
    }
    guard size <= countedBytes else { return nil }
    var lines: Int64 = 0
    for split in splits {
      let reader = try source.open(split, at: .start, framing: spec.framing)
      defer { reader.close() }
      while let block = try reader.next(maxRecords: .max, maxBytes: 1 << 20) {
        lines += block.end.line - block.start.line
      }
      if case .csv(let options) = spec.format, options.hasHeader { lines -= 1 }
    }
    return max(lines, 0)
  }
}

/// Makes a pipeline ready for a run into its real sinks, as `tidemark run` would with no options.
enum RunOpening {
  static func open(_ path: String) throws -> RealRun {
    do {
      guard OpenedJob.isPipeline(path) else {
        throw OpeningFault(
          description: "\(path) is a log: the pipeline that was proposed for it has no sink of its"
            + " own; write one to a file first")
      }
      var job = try OpenedJob.pipeline(path, options: PlanOptions(bounds: WriteBounds()))
      job.graph.stateLimitBytes = job.graph.stateLimitBytes ?? MachineMemory.bytes.map { $0 / 2 }
      if let fault = try terminalFault(job.graph) { throw OpeningFault(description: fault) }
      let (graph, directory) = (job.graph, job.checkpointDirectory)
      var options = JobRunner.Options(checkpointDirectory: directory)
      options.stateLimitBytes = graph.stateLimitBytes
      let runner = JobRunner(graph: graph, options: options)
      return RealRun(
        name: graph.name, requests: RequestFolder(directory: directory, job: graph.name)
      ) { notify, progress, control in
        let summary = try runner.run(notify: notify, progress: progress, control: control)
        guard summary.accounting.isBalanced else {
          throw OpeningFault(
            description: "records are unaccounted for; this is a fault of Tidemark\n"
              + RunSummary.text(summary, graph: graph))
        }
        return RunSummary.text(summary, graph: graph)
      }
    } catch let failure as CommandFailure {
      throw OpeningFault(description: failure.message.rendered(commands: false))
    }
  }

  /// What a run would share with the screen or the replay; nil for nothing.
  private static func terminalFault(_ graph: JobGraph) throws -> String? {
    for node in graph.nodes {
      if case .ingest(let source, _) = node.logic,
        try source.splits().contains(where: { $0.size == nil })
      {
        return
          "the log can be read only once, and the replay reads it; in a shell: tidemark run FILE"
      }
      if case .sink(let sink) = node.logic, sink.kind == "stdout" {
        return "the pipeline writes to standard output, which is this screen;"
          + " in a shell: tidemark run FILE"
      }
    }
    return nil
  }
}

private struct OpeningFault: Error, CustomStringConvertible {
  var description: String
}

/// The samples that come with the program.
enum Gallery {
  static func entries() -> [GalleryEntry] {
    guard let folder = Folders.samples,
      let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
    else { return [] }
    return names.sorted().compactMap { entry("\(folder)/\($0)") } + templateEntries()
  }

  /// The folder of the templates; nil where none is found.
  static var templates: String? { Folders.samples.map { "\($0)/templates" } }

  private static func templateEntries() -> [GalleryEntry] {
    guard let folder = templates,
      let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
    else { return [] }
    return names.sorted().filter { $0.hasSuffix(".yaml") }.map { name in
      let document = PipelineDocument.load(path: "\(folder)/\(name)")
      return GalleryEntry(
        title: (name as NSString).deletingPathExtension, summary: document.description ?? "",
        path: "\(folder)/\(name)", readme: document.description ?? "", pipeline: document.text,
        isTemplate: true)
    }
  }

  private static func entry(_ folder: String) -> GalleryEntry? {
    let path = "\(folder)/pipeline.yaml"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let document = PipelineDocument.load(path: path)
    let readme = (try? String(contentsOfFile: "\(folder)/README.md", encoding: .utf8)) ?? ""
    let title = (folder as NSString).lastPathComponent
    return GalleryEntry(
      title: title, summary: document.description ?? "", path: path, readme: readme,
      pipeline: document.text)
  }
}

/// What the studio remembers, in `$XDG_STATE_HOME/tidemark/studio.json`. A file that cannot be
/// read counts as none: it holds nothing that matters.
enum SavedSettings {
  private static var path: String { "\(Folders.state)/studio.json" }

  static func load() -> StudioSettings {
    guard let data = FileManager.default.contents(atPath: path), data.count < 1 << 20,
      let settings = try? JSONDecoder().decode(StudioSettings.self, from: data)
    else { return StudioSettings() }
    return settings
  }

  static func save(_ settings: StudioSettings) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    guard let data = try? encoder.encode(settings) else { return }
    try? FileManager.default.createDirectory(
      atPath: Folders.state, withIntermediateDirectories: true)
    try? data.write(to: URL(fileURLWithPath: path), options: .atomic)
  }
}
