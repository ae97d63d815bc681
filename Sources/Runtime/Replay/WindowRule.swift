import Columns
import Engine

extension WindowSpec {
  /// What is particular about when its windows begin, end and fire, for people; nil for tumbling
  /// windows that fire at their end.
  var rule: String? {
    let sentences = [shape, triggers].compactMap(\.self)
    return sentences.isEmpty ? nil : sentences.joined(separator: " ")
  }

  private var shape: String? {
    switch assigner {
    case .tumbling: return nil
    case .sliding(let size, let slide, _):
      let windows = (size + slide - 1) / slide
      return "Windows of \(formatDuration(size)) start every \(formatDuration(slide)): an event is"
        + " in \(slide > size ? "one at most" : windows == 1 ? "one" : "up to \(windows)")."
    case .cumulating(let step, let max, _):
      return "Windows that start together grow by \(formatDuration(step)) up to"
        + " \(formatDuration(max)); each fires at its own end."
    case .session(let gap):
      return "A session ends \(formatDuration(gap)) after its newest event: an event before that"
        + " lengthens it."
    case .count(let rows):
      return "It fires with row number \(rows), whatever the watermark."
    case .global: return "It has no end."
    }
  }

  private var triggers: String? {
    var words: [String] = []
    if let early = trigger.earlyMs {
      words.append("as the watermark passes a multiple of \(formatDuration(early))")
    }
    if let rows = trigger.everyRows {
      words.append(rows == 1 ? "on each row" : "with every \(rows) rows")
    }
    guard !words.isEmpty else { return nil }
    let also = assigner.needsEventTime ? "also " : ""
    let what = trigger.isDiscarding ? ", each time with the rows since the last firing" : ""
    return "It \(also)fires \(words.joined(separator: " and "))\(what)."
  }
}
