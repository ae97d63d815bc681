internal import Columns
internal import Engine
internal import Expressions

/// What could stand at the cursor of a field.
public struct FieldCompletion: Sendable, Hashable {
  public enum Kind: String, Sendable {
    case choice, column, function, aggregate, type, unit, zone, step, file
  }

  public var kind: Kind
  /// What is put in.
  public var text: String
  /// Its type or how it is called, beside it; may be empty.
  public var detail: String
  /// One line: what it is; may be empty.
  public var summary: String
  /// The characters of the field's text that it takes the place of.
  public var replaced: Range<Int>
}

extension PipelineDocument {
  /// What could stand at the cursor of a field, the likeliest first.
  ///
  /// - Parameters:
  ///   - text: what has been typed.
  ///   - cursor: characters before the cursor.
  ///   - files: names that a path may have.
  public func completions(
    of field: FormField, at place: Int?, text: String, cursor: Int, files: [String] = []
  ) -> [FieldCompletion] {
    let characters = Array(text)
    let cursor = min(max(0, cursor), characters.count)
    let named = field.shape == .value ? nil : characters.firstIndex(of: ":")
    // The name of a pair is the user's own.
    if field.shape != .value, named.map({ cursor <= $0 }) ?? true { return [] }
    let start = named.map { $0 + 1 } ?? 0
    let isPath = ["path", "from"].contains(field.name)
    let word = CompletedWord(
      characters, cursor: cursor, from: start, joining: isPath ? ["_", ".", "/", "-"] : ["_"])
    let whole = CompletedWord(whole: characters, from: start)
    switch field.value {
    case .choice, .boolean:
      let typed = whole.text.lowercased()
      // What stands there already is no reason to hide the others.
      let isChosen = field.choices.contains(whole.text)
      return field.choices.filter { isChosen || $0.lowercased().contains(typed) || typed.isEmpty }
        .map { whole.offering(.choice, $0) }
    case .duration: return units(whole, ["ms", "s", "m", "h", "d"])
    case .size: return units(whole, ["KB", "MB", "GB", "TB"])
    case .type:
      return ColumnType.shownNames.filter { matches($0, whole.text) }
        .map { whole.offering(.type, $0) }
    case .path: return paths(whole, files)
    case .list where ["early", "fire"].contains(field.name):
      return triggers(CompletedWord(characters, cursor: cursor, from: start, joining: [" ", "_"]))
    case .text where field.name == "time_zone":
      let typed = whole.text.lowercased().filter { $0 != " " }
      // `berlin`, `new york` and `Europe/B` all find one.
      return TimeZones.names.filter {
        $0.lowercased().filter { $0 != "_" }.contains(typed.filter { $0 != "_" })
      }
      .prefix(50).map { whole.offering(.zone, $0) }
    case .text, .list, .columns, .expression, .aggregate:
      return words(field, place, word, files)
    case .integer: return []
    }
  }

  private func words(
    _ field: FormField, _ place: Int?, _ word: CompletedWord, _ files: [String]
  ) -> [FieldCompletion] {
    guard let place else { return [] }
    switch field.name {
    case "from": return inputs(before: place, word)
    case "path": return paths(word, files)
    case "event_time", "arrival":
      let times = form(at: place).filter {
        $0.path.count == 2 && $0.path[0] == "columns" && $0.shape == .pair
      }
      return times.filter { matches($0.path[1], word.text) }
        .map { word.offering(.column, $0.path[1], detail: $0.text ?? "") }
    default: break
    }
    guard [.columns, .expression, .aggregate].contains(field.value) else { return [] }
    var found = columns(into: place).filter { matches($0.name, word.text) }
      .map { word.offering(.column, $0.name, detail: $0.type) }
    if field.value == .columns { return found }
    if field.value == .aggregate {
      found += AggregateSpec.Function.allCases.filter { matches($0.rawValue, word.text) }
        .map {
          word.offering(
            .aggregate, "\($0.rawValue)(", detail: $0.signature, summary: $0.summary)
        }
    }
    found += FunctionDescriptor.all.filter { matches($0.name, word.text) }
      .map {
        word.offering(.function, "\($0.name)(", detail: $0.signature, summary: $0.summary)
      }
    // What begins as it was typed is likelier than what only has it in it.
    let typed = word.text.lowercased()
    let first = found.filter { $0.text.lowercased().hasPrefix(typed) }
    return first + found.filter { !$0.text.lowercased().hasPrefix(typed) }
  }

  private func matches(_ name: String, _ typed: String) -> Bool {
    typed.isEmpty || name.lowercased().contains(typed.lowercased())
  }

  private func units(_ word: CompletedWord, _ units: [String]) -> [FieldCompletion] {
    let number = word.text.prefix { $0.isNumber || $0 == "." }
    guard !number.isEmpty else { return [] }
    let typed = String(word.text.dropFirst(number.count)).trimmed.lowercased()
    return units.filter { $0.lowercased().hasPrefix(typed) }
      .map { word.offering(.unit, "\(number) \($0)") }
  }

  /// When a window fires: `every`, a number, and what is counted.
  private func triggers(_ word: CompletedWord) -> [FieldCompletion] {
    let typed = String(word.text.drop { $0 == " " }).lowercased()
    let number = typed.hasPrefix("every ") ? typed.dropFirst(6).prefix { $0.isNumber } : ""
    let known =
      number.isEmpty
      ? ["every 10 s", "every 1 m", "every 100 rows", "on each row"]
      : ["ms", "s", "m", "h", "d", "rows"].map { "every \(number) \($0)" }
    let compact = typed.filter { $0 != " " }
    let gap = String(word.text.prefix { $0 == " " })
    return known.filter { $0.filter { $0 != " " }.hasPrefix(compact) && $0 != typed }
      .map { word.offering(.unit, gap + $0) }
  }

  private func paths(_ word: CompletedWord, _ files: [String]) -> [FieldCompletion] {
    files.filter { matches($0, word.text) }.prefix(50).map { word.offering(.file, $0) }
  }

  private func inputs(before place: Int, _ word: CompletedWord) -> [FieldCompletion] {
    let known = (0..<place).compactMap { place -> [String]? in
      guard let name = step(at: place)?.name?.value, let kind = step(at: place)?.kind else {
        return nil
      }
      return switch kind {
      case "window", "aggregate": [name, "\(name).late", "\(name).dead"]
      case "source", "parse", "filter", "derive": [name, "\(name).dead"]
      case "sink": nil
      default: [name]
      }
    }
    return known.flatMap { $0 }.filter { matches($0, word.text) }
      .map { word.offering(.step, $0) }
  }

  /// The columns that a step reads, with their types; empty where they are not known.
  public func columns(into place: Int) -> [(name: String, type: String)] {
    guard let step = step(at: place),
      let analyzed = analysis.steps.first(where: { $0.step.index == step.index })
    else { return [] }
    let rows = analyzed.inputRows ?? analyzed.input.flatMap { analysis.steps[$0.step].output }
    return (rows?.schema.fields ?? []).map { ($0.name, $0.type.name) }
  }

  /// The columns that a step gives on, with their types; empty where they are not known.
  public func columns(from place: Int) -> [(name: String, type: String)] {
    guard let step = step(at: place),
      let analyzed = analysis.steps.first(where: { $0.step.index == step.index })
    else { return [] }
    return (analyzed.output?.schema.fields ?? []).map { ($0.name, $0.type.name) }
  }
}

/// The part of a text that a completion takes the place of.
private struct CompletedWord {
  var text: String
  var range: Range<Int>

  /// The word that ends at the cursor.
  ///
  /// - Parameter signs: what belongs to a word beside letters and digits.
  init(
    _ characters: [Character], cursor: Int, from start: Int, joining signs: Set<Character>
  ) {
    var first = cursor
    while first > start {
      let character = characters[first - 1]
      guard character.isLetter || character.isNumber || signs.contains(character) else { break }
      first -= 1
    }
    text = String(characters[first..<cursor])
    range = first..<cursor
  }

  /// All of a value.
  init(whole characters: [Character], from start: Int) {
    var first = min(start, characters.count)
    while first < characters.count, characters[first] == " " { first += 1 }
    text = String(characters[first...])
    range = first..<characters.count
  }

  func offering(
    _ kind: FieldCompletion.Kind, _ text: String, detail: String = "", summary: String = ""
  ) -> FieldCompletion {
    FieldCompletion(kind: kind, text: text, detail: detail, summary: summary, replaced: range)
  }
}
