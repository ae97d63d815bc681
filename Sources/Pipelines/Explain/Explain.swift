internal import Engine
internal import Expressions

/// Explains words of pipelines: operators, connectors, options, functions, codes of diagnostics.
public enum Explain {
  /// What there is to say about a word, such as `filter`, `sqlite`, `window.size`, `E031`,
  /// `functions` or `SUBSTRING`; nil where nothing is known of it.
  public static func text(for topic: String) -> String? {
    let word = topic.trimmed
    let lower = word.lowercased()
    if let code = FaultCode(rawValue: word.uppercased()) { return text(code) }
    switch lower {
    case "functions", "expressions": return functions
    case "aggregates": return text([Descriptor.aggregate])
    case "operators", "steps": return operators
    case "codes", "errors": return codes
    case "pipeline": return top
    case "tests", "test": return tests
    default: break
    }
    // COUNT is the aggregate, count the window.
    if let aggregate = AggregateSpec.Function(rawValue: word) { return text(aggregate) }
    let found = descriptors(lower)
    if !found.isEmpty { return text(found) }
    if let option = option(lower) { return option }
    if let function = FunctionDescriptor.all.first(where: { $0.name == word.uppercased() }) {
      return text(function)
    }
    if let aggregate = AggregateSpec.Function(rawValue: word.uppercased()) {
      return text(aggregate)
    }
    return nil
  }

  /// The words that ``text(for:)`` knows, to complete and to suggest.
  public static var topics: [String] {
    var topics = ["operators", "functions", "codes", "pipeline", "tests"] + PipelineKeys.operators
    for descriptor in PipelineKeys.all {
      let key = PipelineKeys.key(of: descriptor)
      topics.append(descriptor.name)
      topics += descriptor.options.filter { $0.name != key }.map { "\(key).\($0.name)" }
    }
    topics += FaultCode.allCases.map(\.rawValue) + FunctionDescriptor.all.map(\.name)
    topics += AggregateSpec.Function.allCases.map(\.rawValue)
    var seen: Set<String> = []
    return topics.filter { seen.insert($0).inserted }
  }

  /// What to say of a word that is not known.
  public static func suggestion(for topic: String) -> String {
    let start = "nothing is known of '\(topic)'"
    return Suggestion.nearest(to: topic, among: topics).map { "\(start); did you mean '\($0)'?" }
      ?? "\(start); try: \((["functions", "codes"] + PipelineKeys.operators).joined(separator: ", "))"
  }

  // MARK: Operators and connectors

  /// The descriptors that a word means: of a kind (`sink`), or of a name (`file` is two).
  private static func descriptors(_ word: String) -> [Descriptor] {
    let named = PipelineKeys.all.filter { $0.name == word }
    if !named.isEmpty { return named }
    let parts = word.split(separator: ".")
    if parts.count == 2 {
      return PipelineKeys.all.filter {
        PipelineKeys.key(of: $0) == String(parts[0]) && $0.name == String(parts[1])
      }
    }
    return PipelineKeys.all.filter { PipelineKeys.key(of: $0) == word }
  }

  private static func text(_ descriptors: [Descriptor]) -> String {
    descriptors.map(text).joined(separator: "\n\n")
  }

  private static func text(_ descriptor: Descriptor) -> String {
    let key = PipelineKeys.key(of: descriptor)
    let title = descriptor.kind == .operator ? key : "\(key): \(descriptor.name)"
    var lines = ["\(title): \(descriptor.summary)"]
    if !descriptor.details.isEmpty { lines += [""] + TextWrap.wrap(descriptor.details) }
    if let guarantee = descriptor.guarantee {
      lines += ["", "Guarantee: \(guarantee.rawValue)"]
    }
    let options = descriptor.options + PipelineKeys.step
    lines += ["", "Options"] + options.flatMap { text($0, indent: "  ") }
    lines += ["", "Example"]
    lines += descriptor.example.split(separator: "\n").map { "  \($0)" }
    return lines.joined(separator: "\n")
  }

  private static var operators: String {
    PipelineKeys.operators.map { key in
      let found = PipelineKeys.all.filter { PipelineKeys.key(of: $0) == key }
      if let only = found.first, only.kind == .operator { return "\(key)  \(only.summary)" }
      return "\(key)\n" + found.map { "  \($0.name)  \($0.summary)" }.joined(separator: "\n")
    }.joined(separator: "\n")
  }

  private static var top: String {
    let steps = OptionDescriptor("steps", .list, required: true, doc: "The steps, in order.")
    return
      (["The top of a pipeline file", ""]
      + (PipelineKeys.top + [steps, PipelineKeys.tests]).flatMap { text($0, indent: "  ") }).joined(
        separator: "\n")
  }

  private static var tests: String {
    (TextWrap.wrap("tests: \(PipelineKeys.tests.doc)") + ["", "Options of a test"]
      + PipelineKeys.test.flatMap { text($0, indent: "  ") }
      + ["", "Example"] + testExample.split(separator: "\n").map { "  \($0)" })
      .joined(separator: "\n")
  }

  private static let testExample = """
    tests:
      - name: a click half a minute late is counted, one later still is not
        events:
          - { click_time: 2026-01-31T12:00:01Z, ad_id: a1 }
          - { click_time: 2026-01-31T12:01:20Z, ad_id: a1 }
          - { click_time: 2026-01-31T12:00:59Z, ad_id: a1 }
          - { click_time: 2026-01-31T12:02:00Z, ad_id: a1 }
          - { click_time: 2026-01-31T12:00:30Z, ad_id: a1 }
        expect:
          - { ad_id: a1, window_start: 2026-01-31T12:00:00Z, clicks: 1, kind: +I }
          - { ad_id: a1, window_start: 2026-01-31T12:00:00Z, clicks: 2, kind: +U }
          - { ad_id: a1, window_start: 2026-01-31T12:01:00Z, clicks: 1 }
          - { ad_id: a1, window_start: 2026-01-31T12:02:00Z, clicks: 1 }
        late:
          - { click_time: 2026-01-31T12:00:30Z }
    """

  // MARK: Options

  /// `window.size`, `parse.watermark.max_future`, or an option's name alone.
  private static func option(_ word: String) -> String? {
    let parts = word.split(separator: ".").map(String.init)
    guard let first = parts.first else { return nil }
    var found: [(owner: String, option: OptionDescriptor)] = []
    for descriptor in PipelineKeys.all {
      let key = PipelineKeys.key(of: descriptor)
      let owner = descriptor.kind == .operator ? key : "\(key): \(descriptor.name)"
      let isOwner = [key, descriptor.name].contains(first)
      var path = isOwner && parts.count > 1 ? parts.dropFirst() : parts[...]
      if isOwner, path.count > 1, path.first == descriptor.name { path = path.dropFirst() }
      if let option = member(path, descriptor.options + PipelineKeys.step) {
        if !isOwner, parts.count > 1, option.name == first { continue }
        found.append((owner, option))
      }
    }
    if first == "tests", let option = member(parts.dropFirst(), PipelineKeys.test) {
      found.append(("tests", option))
    }
    if let option = member(parts[...], PipelineKeys.top) { found.append(("pipeline", option)) }
    guard !found.isEmpty else { return nil }
    // One option that several kinds share is said once.
    var texts: [(text: String, owners: [String])] = []
    for (owner, option) in found {
      let text = text(option, indent: "").joined(separator: "\n")
      if let index = texts.firstIndex(where: { $0.text == text }) {
        texts[index].owners.append(owner)
      } else {
        texts.append((text, [owner]))
      }
    }
    return texts.map { "\($0.text)\n\nOf: \($0.owners.joined(separator: ", "))" }
      .joined(separator: "\n\n")
  }

  private static func member(
    _ path: ArraySlice<String>, _ options: [OptionDescriptor]
  ) -> OptionDescriptor? {
    guard let name = path.first else { return nil }
    guard let option = options.first(where: { $0.name == name }) else { return nil }
    if path.count == 1 { return option }
    guard case .group(let members) = option.kind else { return nil }
    return member(path.dropFirst(), members)
  }

  private static func text(_ option: OptionDescriptor, indent: String) -> [String] {
    var head = "\(indent)\(option.name): \(PipelineKeys.kindWords(of: option))"
    if option.isRequired { head += ", required" }
    if let text = option.defaultText { head += ", default \(text)" }
    var lines = [head] + TextWrap.wrap(option.doc, width: 88).map { "\(indent)    \($0)" }
    if case .group(let members) = option.kind {
      lines += members.flatMap { text($0, indent: indent + "    ") }
    }
    return lines
  }

  // MARK: Functions and codes

  private static var functions: String {
    FunctionDescriptor.Family.allCases.map { family in
      let members = FunctionDescriptor.all.filter { $0.family == family }
      let width = members.map(\.signature.count).max() ?? 0
      let lines = members.map { function in
        let padding = String(repeating: " ", count: width - function.signature.count)
        return "  \(function.signature)\(padding)  \(function.summary)"
      }
      return "\(family.rawValue)\n" + lines.joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  private static func text(_ function: FunctionDescriptor) -> String {
    "\(function.signature): \(function.summary)\n\nExample\n  \(function.example)"
  }

  private static func text(_ aggregate: AggregateSpec.Function) -> String {
    let lines = TextWrap.wrap(aggregate.notes)
    return "\(aggregate.signature): \(aggregate.summary)\n\n\(lines.joined(separator: "\n"))\n\n"
      + "Example\n  - aggregate:\n      \(aggregate.example)"
  }

  private static func text(_ code: FaultCode) -> String {
    ([("\(code.rawValue), \(code.severity.rawValue)")] + TextWrap.wrap(code.explanation))
      .joined(separator: "\n")
  }

  private static var codes: String {
    FaultCode.allCases.map { code in
      let first = code.explanation.split(separator: ". ").first.map(String.init) ?? ""
      return "\(code.rawValue)  \(first)\(first.hasSuffix(".") ? "" : ".")"
    }.joined(separator: "\n")
  }
}

/// Breaks text into lines at spaces.
enum TextWrap {
  static func wrap(_ text: String, width: Int = 92) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { paragraph in
      if paragraph.isEmpty { return [""] }
      var lines: [String] = []
      var line = ""
      for word in paragraph.split(separator: " ") {
        if !line.isEmpty, line.count + word.count + 1 > width {
          lines.append(line)
          line = ""
        }
        line += line.isEmpty ? String(word) : " \(word)"
      }
      return lines + (line.isEmpty ? [] : [line])
    }
  }
}
