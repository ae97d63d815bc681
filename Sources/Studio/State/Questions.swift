public import Runtime

/// What was asked last, and where: the same is not asked twice.
public struct AskedQuestion: Sendable, Equatable {
  public var query: ReplayQuery
  public var position: Int64
  public var isAtEnd: Bool
  public var windowNode: Int?

  init(_ query: ReplayQuery, at view: ReplayView) {
    self.query = query
    (position, isAtEnd, windowNode) = (view.position, view.isAtEnd, view.windowNode)
  }
}

extension StudioState {
  /// What must be known of the replay to draw this state, beside its picture: the answer to the
  /// overlay's question, or to the screen's.
  var question: ReplayQuery? {
    guard let run else { return nil }
    if case .why(let subject, _)? = overlay { return subject.question }
    switch screen {
    case .gallery, .compose, .run: return nil
    case .windows: return run.windows.question
    case .time: return run.time.question(run.view)
    case .checkpoints: return run.checkpoints.question
    case .output: return run.output.question
    case .pair: return run.pair?.question
    }
  }

  /// Asks what has to be known and has not been asked here.
  mutating func ask() -> [StudioEffect] {
    guard let question, let run, !run.isHeld else { return [] }
    let asked = AskedQuestion(question, at: run.view)
    guard asked != run.asked else { return [] }
    self.run?.asked = asked
    return [.ask(question)]
  }

  /// Takes an answer to where it belongs; one to a question of before is dropped.
  mutating func take(_ answer: ReplayAnswer, to query: ReplayQuery) {
    guard let run, query == run.asked?.query else { return }
    if case .why(let subject, _)? = overlay, subject.question == query {
      self.run?.whyAnswer = WhyAnswer(query: query, answer: answer)
      return
    }
    switch answer {
    case .windows(let page): self.run?.windows.take(page)
    case .window(let detail): self.run?.windows.take(detail)
    case .output(let page): self.run?.output.take(page)
    case .time(let picture):
      self.run?.time.take(picture, at: run.asked?.position ?? run.view.position)
    case .tuning(let report): self.run?.time.tuning = report
    case .checkpoints(let known): self.run?.checkpoints.take(known)
    case .crash(let report): self.run?.checkpoints.lab.take(report)
    case .difference(let page):
      self.run?.pair?.take(page)
      // It came as far as one bite: the rest is asked for.
      if !page.isComplete { self.run?.asked = nil }
    case .event: break
    }
  }
}
