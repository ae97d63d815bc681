public import Runtime

/// The checkpoints screen: those of the replay, and the crash lab.
public struct CheckpointsState: Sendable, Equatable {
  public enum Tab: CaseIterable, Sendable { case replay, lab }

  public var tab: Tab = .replay
  /// By number.
  public var list = ListState<Int64>()
  public var isOldestFirst = false
  /// Every checkpoint up to the position; nil before the first answer.
  public var known: [CheckpointDetail]?
  public var lab = CrashLabState()

  public init() {}

  var question: ReplayQuery { lab.asked.map { .crash($0) } ?? .checkpoints }

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
  }

  var selection: CheckpointDetail? { shown.first { $0.view.id == list.selected } }
}

/// The crash lab: what dies and when, and what came of it.
public struct CrashLabState: Sendable, Equatable {
  public enum Panel: CaseIterable, Sendable { case victim, moment, story }

  public var focus: Panel = .moment
  public var victim = 0
  public var moment = 0
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

  /// Records that are read past the crash at most, so that the answer comes soon in a long log.
  static let recordsPast: Int64 = 100_000

  func plan(_ view: ReplayView) -> CrashPlan {
    let reachesEnd = view.total.map { $0 - view.position <= Self.recordsPast } ?? view.isAtEnd
    return CrashPlan(
      victim: Self.victims(view).element(at: victim) ?? .job,
      moment: CrashPlan.Moment.allCases[moment], position: view.position,
      until: reachesEnd ? nil : view.position + Self.recordsPast)
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
