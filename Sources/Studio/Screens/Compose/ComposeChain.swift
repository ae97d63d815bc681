import Engine
import Pipelines
import Runtime

/// The steps of a pipeline as boxes in the order of the file, and which reads which.
struct ComposeChain {
  struct Item {
    /// The place in the list; nil for the pipeline as a whole.
    var place: Int?
    var title: String
    var name: String?
    var words: String
    /// What it reads that is not just above it, by position among the items.
    var branches: [Int]
    /// Whether it reads what is just above it.
    var follows: Bool
    var errors: Int
    var warnings: Int
    /// Rows that come in and go on among the first records; nil where that is not known.
    var passed: (rowsIn: Int64, rowsOut: Int64)?
    /// Rows that do not go on.
    var lost = Lost()
  }

  /// What became of the rows that do not go on.
  struct Lost: Equatable {
    var filtered: Int64 = 0
    var late: Int64 = 0
    var bad: Int64 = 0
  }

  let items: [Item]
  /// The column beside the boxes in which each line to branches runs, by the item it leaves.
  let gutters: [Int: Int]

  init(_ compose: ComposeState) {
    let document = compose.document
    let places = Array(0..<document.stepCount)
    var named: [String: Int] = [:]
    for place in places {
      if let name = document.stepTitle(at: place).name, named[name] == nil { named[name] = place }
    }
    var items = [Self.whole(compose)]
    for place in places {
      let (title, name) = document.stepTitle(at: place)
      let inputs = document.stepInputs(at: place)
      let parents = inputs.compactMap { input in
        named[input.split(separator: ".").first.map(String.init) ?? input]
      }
      let isSource = title.hasPrefix("source")
      let side = inputs.contains { $0.contains(".") }
      let follows = inputs.isEmpty ? place > 0 && !isSource : parents == [place - 1] && !side
      let faults = compose.faults(at: place)
      var words = document.stepWords(at: place)
      if let input = inputs.first, !follows {
        words = "from \(input)" + (words.isEmpty ? "" : " · \(words)")
      }
      items.append(
        Item(
          place: place, title: title, name: name, words: words,
          // The pipeline as a whole is the first item.
          branches: follows ? [] : parents.filter { $0 < place }.map { $0 + 1 },
          follows: follows, errors: faults.count { $0.severity == .error },
          warnings: faults.count { $0.severity == .warning },
          passed: Self.passed(compose, place), lost: Self.lost(compose, place)))
    }
    self.items = items
    gutters = Self.gutters(items)
  }

  private static func whole(_ compose: ComposeState) -> Item {
    let faults = compose.faults(at: nil)
    return Item(
      place: nil, title: "pipeline", name: compose.document.name,
      words: compose.document.description ?? compose.fileName, branches: [], follows: false,
      errors: faults.count { $0.severity == .error },
      warnings: faults.count { $0.severity == .warning }, passed: nil)
  }

  private static func passed(
    _ compose: ComposeState, _ place: Int
  ) -> (rowsIn: Int64, rowsOut: Int64)? {
    guard let preview = compose.preview, preview.fault == nil, let node = preview.node(at: place)
    else { return nil }
    let kind = compose.document.step(at: place)?.kind
    switch kind {
    case "source": return (preview.run.recordsRead, preview.run.recordsRead)
    case "parse": return (preview.run.recordsRead, node.after.count)
    case "sink", "key_by": return (node.before.count, node.before.count)
    case "window":
      return (node.before.count, node.before.count - node.counters.late - node.counters.unassigned)
    default: return (node.before.count, node.after.count)
    }
  }

  private static func lost(_ compose: ComposeState, _ place: Int) -> Lost {
    guard let preview = compose.preview, preview.fault == nil,
      let counters = preview.node(at: place)?.counters
    else { return Lost() }
    let kind = compose.document.step(at: place)?.kind
    return Lost(
      filtered: counters.filtered, late: kind == "window" ? counters.late : 0,
      bad: kind == "source" ? 0 : counters.bad)
  }

  /// One column for each step that others branch off; the furthest reaching runs outermost.
  private static func gutters(_ items: [Item]) -> [Int: Int] {
    var last: [Int: Int] = [:]
    for (index, item) in items.enumerated() {
      for parent in item.branches { last[parent] = index }
    }
    let order = last.keys.sorted { (last[$0] ?? 0, $1) > (last[$1] ?? 0, $0) }
    return Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, min($0, 5)) })
  }
}
