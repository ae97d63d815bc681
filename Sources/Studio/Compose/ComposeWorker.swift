import Foundation
import Pipelines
import Terminal

/// Carries out the requests of the compose screen on a thread of its own, in their order; of
/// several previews only the newest. Sees the file change outside.
///
/// `@unchecked Sendable`: everything that two threads touch is only read and written while `gate`
/// is held.
final class ComposeWorker: ComposeDriving, @unchecked Sendable {
  private let desk: ComposeDesk
  private let wake: @Sendable () -> Void

  // MARK: held under the gate
  private let gate = NSCondition()
  private var waiting: [ComposeRequest] = []
  private var preview: ComposeRequest?
  private var outcome: [StudioEvent] = []
  private var isStopping = false
  private var isBusy = false
  /// What is looked at for changes: the file, and what it held when that was last told.
  private var watched: (path: String, watcher: FolderWatcher)?

  init(_ files: ComposeFiles, wake: @escaping @Sendable () -> Void) {
    desk = ComposeDesk(files: files)
    self.wake = wake
    let thread = Thread { [self] in run() }
    thread.name = "tidemark compose"
    thread.stackSize = 8 << 20
    thread.start()
  }

  // MARK: the studio's side

  func perform(_ request: ComposeRequest) {
    gate.lock()
    // Only the newest picture is of use.
    switch request {
    case .preview: preview = request
    case .film:
      waiting.removeAll { if case .film = $0 { true } else { false } }
      waiting.append(request)
    default: waiting.append(request)
    }
    gate.signal()
    gate.unlock()
  }

  func takeEvents() -> [StudioEvent] {
    gate.lock()
    defer { gate.unlock() }
    defer { outcome = [] }
    return outcome
  }

  /// Returns once everything that was to be kept is kept.
  func stop() {
    gate.lock()
    isStopping = true
    preview = nil
    gate.signal()
    while isBusy || !waiting.isEmpty { gate.wait() }
    let watcher = watched?.watcher
    watched = nil
    gate.unlock()
    watcher?.stop()
  }

  // MARK: the thread

  private func run() {
    while let request = next() {
      let news = desk.answer(request, isCancelled: { self.isOutdated(request) })
      if let news { tell(news) }
      gate.lock()
      isBusy = false
      gate.broadcast()
      gate.unlock()
    }
  }

  private func next() -> ComposeRequest? {
    gate.lock()
    defer { gate.unlock() }
    while waiting.isEmpty, preview == nil {
      if isStopping { return nil }
      gate.wait()
    }
    isBusy = true
    if !waiting.isEmpty { return waiting.removeFirst() }
    defer { preview = nil }
    return preview
  }

  /// Whether nobody wants any more what is being made: another of its kind waits.
  private func isOutdated(_ request: ComposeRequest) -> Bool {
    gate.lock()
    defer { gate.unlock() }
    switch request {
    case .preview: return isStopping || preview != nil
    case .film: return isStopping || waiting.contains { if case .film = $0 { true } else { false } }
    default: return isStopping
    }
  }

  private func tell(_ news: ComposeNews) {
    switch news {
    case .opened(let file): watch(file.path)
    case .saved(_, let path): watch(path)
    default: break
    }
    gate.lock()
    outcome.append(.composed(news))
    gate.unlock()
    wake()
  }

  private func watch(_ path: String) {
    gate.lock()
    let old = watched
    gate.unlock()
    guard old?.path != path else { return }
    old?.watcher.stop()
    let name = (path as NSString).lastPathComponent
    let watcher = FolderWatcher(
      [(path as NSString).deletingLastPathComponent], named: "tidemark file",
      concerns: { $0.isEmpty || $0 == name }
    ) { [weak self] in
      guard let self else { return }
      tell(.changedOutside(text: desk.files.read(path), path: path))
    }
    gate.lock()
    watched = (path, watcher)
    gate.unlock()
  }
}
