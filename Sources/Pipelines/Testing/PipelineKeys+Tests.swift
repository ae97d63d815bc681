internal import Engine

extension PipelineKeys {
  /// The section of tests, beside `steps`.
  static let tests = OptionDescriptor(
    "tests", .list,
    doc: """
      Events, and the rows that must come of them: `tidemark test` runs them through the steps, \
      without touching a file.
      """)

  /// The keys of a test.
  static let test: [OptionDescriptor] = [
    OptionDescriptor("name", .text, required: true, doc: "What is shown, in a sentence."),
    OptionDescriptor(
      "events", .list, required: true,
      doc: """
        What the source gives, in order. An event is a mapping of columns, written as `parse` reads \
        it, or a text: the record itself. Columns that are left out are missing in the record. \
        Several splits, or several sources, are a mapping of their names to such lists.
        """),
    OptionDescriptor(
      "expect", .list,
      doc: """
        The rows of the sink of results, in order; only the columns given are compared. Times are \
        ISO-8601 or epoch ms, doubles equal to 9 digits. Of another stream, or of several: a mapping \
        of NAME, NAME.late or NAME.dead to such lists.
        """),
    OptionDescriptor(
      "late", .list,
      doc: """
        The rows that come too late for their window, with `watermark` and `missed_by_ms`; or how \
        many.
        """),
    OptionDescriptor(
      "dead", .list,
      doc: """
        The dead letters of all steps: `error` (a part of it is enough), `position`, `raw`; or how \
        many.
        """),
    OptionDescriptor(
      "order", .choice(["exact", "any"]), default: "exact",
      doc: "Whether rows must come in the order in which they are expected."),
    OptionDescriptor(
      "end_of_input", .boolean, default: "true",
      doc: """
        Whether the input ends after the events, which fires every open window; without it only \
        what the watermark has reached comes out.
        """),
  ]

  /// What kind of value an option takes, where that is said better than by its declaration.
  static func kindWords(of option: OptionDescriptor) -> String {
    guard test.contains(where: { $0.doc == option.doc }) else {
      return option.doc == tests.doc ? "a list of tests" : OptionReader.kindName(option.kind)
    }
    switch option.name {
    case "events": return "a list of events, or a mapping of names to such lists"
    case "expect": return "a list of rows, or a mapping of names to such lists"
    case "late", "dead": return "a list of rows, or a number"
    default: return OptionReader.kindName(option.kind)
    }
  }
}
