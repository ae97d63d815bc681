import Expressions
internal import Columns

extension DiagnosticWording {
  /// The words for what is wrong with tests.
  static func tests(_ finding: Finding) -> Wording? {
    switch finding {
    case .duplicateTest(let name, let line):
      Wording("there is a test '\(name)' already", "in line \(line); say what is different here")
    case .testValue(let text, let column, let type):
      Wording("'\(text)' is no \(type.name), the type of '\(column)'", example(of: type))
    case .testStream(let name, let known):
      Wording(
        "nothing in this pipeline is named '\(name)'",
        known.isEmpty
          ? "give the step a `name:`" : Suggestion.hint(name, among: known, called: "names"))
    case .testAmbiguous(let what, let known, let key):
      known.isEmpty
        ? Wording("the pipeline has \(what)", "expect the rows of a step by its name")
        : Wording(
          "the pipeline has several \(what)",
          "say which: `\(key): { \(known[0]): [ … ] }`; names: \(known.joined(separator: ", "))")
    case .testEventColumns:
      Wording(
        "this format has no columns to write", "write the record as it stands in the log: a text")
    default: nil
    }
  }

  private static func example(of type: ColumnType) -> String? {
    if type.isTime { return "such as 2026-01-31T12:00:00Z, or ms since 1970" }
    if type == .date { return "such as 2026-01-31" }
    if type == .boolean { return "true or false" }
    return type.isNumeric ? "such as \(type == .double ? "0.5" : "5")" : nil
  }
}
