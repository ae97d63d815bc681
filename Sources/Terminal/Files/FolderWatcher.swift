import Foundation
import Glibc
import Synchronization

/// Sees files change.
///
/// A thread of its own sleeps until the kernel tells of a change (inotify), so watching costs
/// nothing. Folders are watched rather than files: most editors write another file and rename it,
/// and a folder may be made later.
public final class FolderWatcher: Sendable {
  private let onChange: @Sendable () -> Void
  private let inotify: Int32
  /// The ends of a pipe; closing the second ends the thread.
  private let stopRead: Int32
  private let stopWrite: Mutex<Int32>

  /// Begins to watch; without the means (descriptors, inotify) it never tells of a change.
  ///
  /// - Parameters:
  ///   - name: of the thread.
  ///   - concerns: whether a file is of interest, by its name; an empty one is the folder itself.
  ///   - onChange: called on the watcher's thread.
  public init(
    _ folders: [String], named name: String, concerns: @escaping @Sendable (String) -> Bool,
    onChange: @escaping @Sendable () -> Void
  ) {
    self.onChange = onChange
    inotify = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
    var ends: [Int32] = [-1, -1]
    let hasPipe = pipe(&ends) == 0
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    stopRead = ends[0]
    stopWrite = Mutex(ends[1])
    guard inotify >= 0, hasPipe else { return }
    let watched = Watched(folders, inotify, concerns)
    let thread = Thread { [self] in run(watched) }
    thread.name = name
    thread.start()
  }

  /// Ends the watching; the thread is gone soon after.
  public func stop() {
    stopWrite.withLock { end in
      if end >= 0 { close(end) }
      end = -1
    }
  }

  deinit {
    stop()
    if stopRead >= 0 { close(stopRead) }
    if inotify >= 0 { close(inotify) }
  }

  // MARK: The thread

  private func run(_ folders: Watched) {
    var watched = folders
    while waitForEvents() {
      if watched.takeEvents() { onChange() }
    }
  }

  /// False when it is to stop.
  private func waitForEvents() -> Bool {
    var sources = [
      pollfd(fd: inotify, events: Int16(POLLIN), revents: 0),
      pollfd(fd: stopRead, events: Int16(POLLIN), revents: 0),
    ]
    while poll(&sources, 2, -1) < 0 { guard errno == EINTR else { return false } }
    return sources[1].revents == 0
  }
}

/// The folders that the kernel watches for us.
private struct Watched {
  private let folders: [String]
  private let inotify: Int32
  private let concerns: @Sendable (String) -> Bool
  private var numbers: Set<Int32> = []

  /// A file that is complete: written and closed, or renamed to its place; or gone.
  private static let files =
    UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM) | UInt32(IN_DELETE | IN_DELETE_SELF)
    | UInt32(IN_MOVE_SELF)
  /// In place of a folder that does not exist yet: the one in which it, or its parent, would be.
  private static let parents = UInt32(IN_CREATE | IN_MOVED_TO)

  init(_ folders: [String], _ inotify: Int32, _ concerns: @escaping @Sendable (String) -> Bool) {
    self.folders = folders
    self.inotify = inotify
    self.concerns = concerns
    _ = addAll()
  }

  /// Watches what exists now; true when a folder is watched that was not before.
  private mutating func addAll() -> Bool {
    let before = numbers
    for folder in folders {
      // Once more after each new place: what is below may have been made in between.
      var places: Set<Int32> = []
      while let place = add(folder), places.insert(place).inserted {}
    }
    return numbers != before
  }

  /// Watches a folder, else the nearest one above it that exists.
  ///
  /// - Returns: the number of the one above; nil when it was the folder itself.
  private mutating func add(_ folder: String) -> Int32? {
    let number = inotify_add_watch(inotify, folder, Self.files | UInt32(IN_ONLYDIR))
    if number >= 0 {
      numbers.insert(number)
      return nil
    }
    var place = (folder as NSString).deletingLastPathComponent
    while true {
      let mask = Self.parents | UInt32(IN_ONLYDIR) | UInt32(IN_MASK_ADD)
      let number = inotify_add_watch(inotify, place.isEmpty ? "." : place, mask)
      if number >= 0 { return number }
      guard place.count > 1 else { return nil }
      place = (place as NSString).deletingLastPathComponent
    }
  }

  /// Takes every event that is there.
  ///
  /// - Returns: whether a file of interest may have changed.
  mutating func takeEvents() -> Bool {
    var isOurs = false
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = read(inotify, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      var rest = buffer[..<count]
      while rest.count >= MemoryLayout<inotify_event>.size {
        let event = rest.withUnsafeBytes { $0.loadUnaligned(as: inotify_event.self) }
        let size = MemoryLayout<inotify_event>.size + Int(event.len)
        let name = rest.dropFirst(MemoryLayout<inotify_event>.size).prefix(Int(event.len))
        rest = rest.dropFirst(size)
        isOurs = take(event, String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)) || isOurs
      }
    }
    return addAll() || isOurs
  }

  private mutating func take(_ event: inotify_event, _ name: String) -> Bool {
    // Too many to tell: anything may have changed.
    if event.mask & UInt32(IN_Q_OVERFLOW) != 0 { return true }
    guard numbers.contains(event.wd) else { return false }
    if event.mask & UInt32(IN_IGNORED) != 0 {
      numbers.remove(event.wd)
      return true
    }
    return concerns(name)
  }
}
