public import Runtime

/// The checkpoints screen: those of the replay, those that real runs left, the sinks, and the crash
/// lab.
public struct CheckpointsState: Sendable, Equatable {
  public enum Tab: CaseIterable, Sendable { case replay, disk, sinks, lab }

  public var tab: Tab = .replay
  /// By number.
  public var list = ListState<Int64>()
  public var isOldestFirst = false
  /// Every checkpoint up to the position; nil before the first answer.
  public var known: [CheckpointDetail]?
  /// What real runs left; nil before it was looked at.
  public var disk: DiskCheckpoints?
  /// By path.
  public var diskList = ListState<String>()
  public var lab = CrashLabState()

  public init() {}

  var question: ReplayQuery? {
    switch tab {
    case .replay, .lab: lab.asked.map { .crash($0) } ?? .checkpoints
    // The first is no matter of the replay, the second is in its picture.
    case .disk, .sinks: nil
    }
  }

  /// As they are listed.
  var shown: [CheckpointDetail] {
    let found = (known ?? []).filter { list.filter.lets($0.line) }
    return isOldestFirst ? found : found.reversed()
  }

  mutating func take(_ known: [CheckpointDetail]) {
    self.known = known
    reload()
  }

  /// After the filter or the order has changed.
  mutating func reload() {
    let ids = shown.map(\.view.id)
    list.load(ids, offset: 0, total: ids.count)
    let paths = shownOnDisk.map(\.path)
    diskList.load(paths, offset: 0, total: paths.count)
  }

  /// Those on disk as they are listed.
  var shownOnDisk: [DiskCheckpoints.Entry] {
    let found = (disk?.entries ?? []).filter { diskList.filter.lets($0.line) }
    return isOldestFirst ? found.reversed() : found
  }

  var diskSelection: DiskCheckpoints.Entry? {
    shownOnDisk.first { $0.path == diskList.selected }
  }

  mutating func take(_ disk: DiskCheckpoints) {
    self.disk = disk
    reload()
  }

  /// One that was read to its last byte.
  mutating func take(verified entry: DiskCheckpoints.Entry) {
    guard let place = disk?.entries.firstIndex(where: { $0.path == entry.path }) else { return }
    let isNext = disk?.entries[place].isNext ?? false
    disk?.entries[place] = entry
    disk?.entries[place].isNext = isNext && !entry.isDamaged
    disk?.entries[place].isVerified = true
  }

  /// The filter that is in sight.
  var filter: TextFilter? {
    switch tab {
    case .replay: list.filter
    case .disk: diskList.filter
    case .sinks, .lab: nil
    }
  }

  mutating func type(_ character: Character) {
    if tab == .disk { diskList.type(character) } else { list.type(character) }
    reload()
  }

  /// With tabs between the columns.
  var selectedLine: String? {
    switch tab {
    case .replay: selection?.line
    case .disk: diskSelection?.line
    case .sinks, .lab: nil
    }
  }

  var whySubject: WhySubject? {
    switch tab {
    case .replay: selection.map { .checkpoint($0.view.id) }
    case .disk: diskSelection.map { .checkpointOnDisk($0.path) }
    case .sinks, .lab: nil
    }
  }

  var selection: CheckpointDetail? { shown.first { $0.view.id == list.selected } }
}

/// The crash lab: what dies and when, and what came of it.
public struct CrashLabState: Sendable, Equatable {
  public enum Panel: CaseIterable, Sendable { case victim, moment, distance, story }

  /// How far it is run on after the crash, in records; nil for the end of the log.
  static let distances: [Int64?] = [nil, 1000, 10_000, 100_000, 1_000_000]

  public var focus: Panel = .moment
  public var victim = 0
  public var moment = 0
  /// A place in ``distances``; nil for the end of the log where that is near, else 100,000 records.
  public var distance: Int?
  /// Whether the story fills the screen.
  public var isZoomed = false
  /// The first line of the story that is shown.
  public var scroll = 0
  /// A crash whose outcome is waited for.
  public var asked: CrashPlan?
  public var report: CrashReport?

  public init() {}

  static func victims(_ view: ReplayView) -> [CrashPlan.Victim] {
    let names = view.boxes.map { $0.name ?? $0.kind }
    // Operators that are called alike are told apart by what they do.
    return [.job]
      + zip(view.boxes, names).map { box, name in
        .operator(names.count { $0 == name } > 1 ? "\(name) \(box.detail)" : name)
      }
  }

  /// Records that are read past the crash at most where nobody said, so that the answer comes soon
  /// in a long log.
  private static let recordsPast: Int64 = 100_000

  func distancePlace(_ view: ReplayView) -> Int {
    if let distance { return distance }
    let isNear = view.total.map { $0 - view.position <= Self.recordsPast } ?? view.isAtEnd
    return isNear ? 0 : Self.distances.firstIndex(of: Self.recordsPast) ?? 0
  }

  /// The moments that there are: between the commits of two sinks only where there are two.
  static func moments(_ view: ReplayView) -> [CrashPlan.Moment] {
    let sinks = view.boxes.count { $0.guarantee != nil }
    return CrashPlan.Moment.allCases.filter { $0 != .betweenCommits || sinks > 1 }
  }

  func plan(_ view: ReplayView) -> CrashPlan {
    CrashPlan(
      victim: Self.victims(view).element(at: victim) ?? .job,
      moment: Self.moments(view).element(at: moment) ?? .betweenCheckpoints,
      position: view.position,
      until: Self.distances[distancePlace(view)].map { view.position + $0 })
  }

  mutating func take(_ report: CrashReport) {
    guard report.plan == asked else { return }
    (self.report, asked, scroll) = (report, nil, 0)
    focus = .story
  }
}

extension CheckpointDetail {
  /// With tabs between the columns.
  var line: String {
    [
      "\(view.id)", view.status.rawValue, "\(view.position)", formatMoment(view.eventTime),
      formatMoment(view.watermark), bytes.map { "\($0)" } ?? unknownText,
    ].joined(separator: "\t")
  }
}
