import Engine
import Pipelines

/// What carries out the requests of the compose screen, and says what came of them.
protocol ComposeDriving: AnyObject {
  func perform(_ request: ComposeRequest)
  /// What happened since this was last asked.
  func takeEvents() -> [StudioEvent]
  func stop()
}

/// Carries out one request. Touches the disk; knows no thread.
struct ComposeDesk: Sendable {
  let files: ComposeFiles

  /// - Parameter isCancelled: whether a preview is of no use any more.
  /// - Returns: nil where there is nothing to say.
  func answer(_ request: ComposeRequest, isCancelled: () -> Bool = { false }) -> ComposeNews? {
    switch request {
    case .open(let path):
      return attempt("cannot open \(Self.name(path))") { .opened(try files.open(path)) }
    case .new: return attempt("cannot begin a pipeline") { .opened(try files.new()) }
    case .preview(let text, let path):
      return ComposePreview.make(.parse(text: text, path: path), isCancelled: isCancelled)
        .map { .previewed($0) }
    case .keep(let text, let base, let path):
      return attempt("edits cannot be kept") {
        try files.keep(text, base, path)
        return nil
      }
    case .example(let example):
      do {
        return .example(
          title: example.title, try example.reel(isCancelled: isCancelled), fault: nil)
      } catch {
        return .example(title: example.title, nil, fault: "\(error)")
      }
    case .film(let path): return film(path, isCancelled: isCancelled)
    case .save(let text, let expected, let path): return save(text, expected, path)
    case .edit: return nil
    }
  }

  /// Records between two pictures of a film, and pictures.
  private static let filmStep = 20
  private static let filmFrames = 30

  /// A film is an ornament: where it cannot be made there is none.
  private func film(_ path: String, isCancelled: () -> Bool) -> ComposeNews? {
    guard let file = try? files.open(path) else { return nil }
    let plan = PreviewPlan.make(.parse(text: file.text, path: file.path))
    guard plan.graph.nodes.count > 1,
      let isPipe = try? plan.source?.splits().contains(where: { $0.size == nil }), !isPipe,
      let reel = try? ReplayReel.make(
        plan.graph, node: 0, events: Self.filmStep, frames: Self.filmFrames,
        isCancelled: isCancelled)
    else { return nil }
    return .film(Film(path: path, reel: reel))
  }

  private func save(_ text: String, _ expected: String?, _ path: String) -> ComposeNews? {
    let found = files.read(path)
    // What somebody else wrote is not written over unseen.
    if let found, found != expected, found != text {
      return expected == nil
        ? .failed(
          title: "not saved", text: "\(path) is there already: save under another name")
        : .changedOutside(text: found, path: path)
    }
    return attempt("cannot save \(Self.name(path))") {
      try files.save(text, path)
      try files.keep(nil, nil, path)
      return .saved(text: text, path: path)
    }
  }

  private func attempt(_ title: String, _ body: () throws -> ComposeNews?) -> ComposeNews? {
    do {
      return try body()
    } catch {
      return .failed(title: title, text: "\(error)")
    }
  }

  private static func name(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}

/// Does everything at once on the caller's thread: for scripts and tests.
final class InlineComposer: ComposeDriving {
  private let desk: ComposeDesk
  private var events: [StudioEvent] = []

  init(_ files: ComposeFiles) { desk = ComposeDesk(files: files) }

  func perform(_ request: ComposeRequest) {
    if let news = desk.answer(request) { events.append(.composed(news)) }
  }

  func takeEvents() -> [StudioEvent] {
    defer { events = [] }
    return events
  }

  func stop() {}
}
