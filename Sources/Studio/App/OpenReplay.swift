import Runtime

/// The pipeline that is open, alone or beside a second variant of itself. Used by one thread.
struct OpenReplay {
  private let opened: OpenedPipeline
  private var pair: PairReplay?

  init(_ opened: OpenedPipeline) { self.opened = opened }

  var replay: any ReplayControlling { pair ?? opened.replay }

  func summary(of file: PipelineFile) -> OpenedSummary {
    OpenedSummary(
      path: file.path, text: file.text, name: opened.name, logName: opened.logName,
      sizeHint: opened.sizeHint,
      view: opened.replay.view, options: opened.options)
  }

  func report(load: PipelineLoad = .init(), isPlaying: Bool = false) -> ReplayReport {
    guard let seen = pair?.pair else {
      return ReplayReport(view: opened.replay.view, load: load, isPlaying: isPlaying)
    }
    return ReplayReport(
      view: seen.shown == .a ? seen.a : seen.b, load: load, isPlaying: isPlaying, pair: seen)
  }

  /// Opens the second variant and brings it to where the first stands; one that was there before
  /// is let go.
  mutating func tryVariant(_ edits: [OptionEdit], isCancelled: () -> Bool) throws {
    if edits.isEmpty { return leaveVariant() }
    let next = try opened.variant(edits)
    do {
      try next.align(isCancelled: isCancelled)
    } catch {
      next.separate()
      throw error
    }
    leaveVariant()
    pair = next
  }

  mutating func showVariant(_ side: PairSide) { pair?.show(side) }

  mutating func leaveVariant() {
    pair?.separate()
    pair = nil
  }

  /// Looks at the checkpoints on disk, or reads every byte of one.
  func lookOnDisk(verifying path: String?) -> StudioEvent {
    guard let path else { return .onDisk(opened.lookOnDisk()) }
    return .verified(
      DiskCheckpoints.Entry(CheckpointReport.of(path, depth: .checksums), isNext: false))
  }

  func close() { replay.close() }
}
