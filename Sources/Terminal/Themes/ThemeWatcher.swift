import Synchronization

/// Sees theme files change while the studio runs, and reads them again.
///
/// ```swift
/// let watcher = ThemeWatcher(catalog, wake: { screen.wake() })
/// …
/// if let change = watcher.takeChange() { use(change.themes); show(change.faults) }
/// ```
public final class ThemeWatcher: Sendable {
  /// The themes as they are after files changed.
  public struct Change: Hashable, Sendable {
    /// Every theme that can be used, in the catalog's order; one whose file has faults now as it
    /// was before.
    public var themes: [Theme]
    /// What is wrong in files, with line and column.
    public var faults: [ThemeFault]
  }

  /// What was read last, and the newest change that nobody took; older ones are of no use.
  private final class Memory: Sendable {
    let last: Mutex<Change>
    let newest = Mutex<Change?>(nil)

    init(_ first: Change) { last = Mutex(first) }
  }

  private let memory: Memory
  private let watcher: FolderWatcher

  /// Begins to watch; without the means (descriptors, inotify) it never tells of a change.
  ///
  /// - Parameter wake: called on the watcher's thread when ``takeChange()`` has something.
  public init(_ catalog: ThemeCatalog, wake: @escaping @Sendable () -> Void) {
    let memory = Memory(Change(themes: [], faults: []))
    self.memory = memory
    watcher = FolderWatcher(
      catalog.folders, named: "tidemark themes",
      concerns: { $0.isEmpty || $0.hasSuffix(".yaml") }
    ) {
      let changed = memory.last.withLock { last -> Change? in
        let now = catalog.load(keeping: last.themes)
        guard now != last else { return nil }
        last = now
        return now
      }
      guard let changed else { return }
      memory.newest.withLock { $0 = changed }
      wake()
    }
    // Read once it is watched, so that no change is missed in between.
    memory.last.withLock { $0 = catalog.load() }
  }

  /// The newest change since the last call; nil when there was none.
  public func takeChange() -> Change? {
    memory.newest.withLock { change in
      defer { change = nil }
      return change
    }
  }

  /// Ends the watching; the thread is gone soon after.
  public func stop() { watcher.stop() }
}
