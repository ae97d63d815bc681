import Pipelines

extension LinearText {
  /// What is being written, in lines.
  static func compose(_ compose: ComposeState) -> [String] {
    let document = compose.document
    var lines = ["composing \(document.name), \(compose.isSaved ? "saved" : "not saved")"]
    for item in ComposeChain(compose).items.dropFirst() {
      let place = item.place ?? 0
      let chosen = item.place == compose.place ? ", selected" : ""
      var passed = item.passed.map { ", \($0.rowsIn) rows in, \($0.rowsOut) on" } ?? ""
      for (count, word) in [
        (item.lost.filtered, "filtered"), (item.lost.late, "late"), (item.lost.bad, "bad"),
      ] where count > 0 {
        passed += ", \(count) \(word)"
      }
      let name = item.name.map { " named \($0)" } ?? ""
      lines.append("step \(place + 1): \(item.title)\(name) \(item.words)\(passed)\(chosen)")
    }
    lines += document.diagnostics.map { fault in
      "\(fault.severity.rawValue) in line \(fault.line): \(fault.message)"
        + (fault.hint.map { "; \($0)" } ?? "")
    }
    if compose.focus == .form, let field = compose.field {
      let value = field.text ?? field.defaultText.map { "not given, \($0)" } ?? "not given"
      lines.append("field \(field.name): \(value). \(field.doc)")
    }
    if let edit = compose.edit {
      lines.append("typing \(edit.field.name): \(edit.entry.text)")
      if let fault = edit.fault { lines.append("wrong: \(fault.message)") }
      if !edit.completions.isEmpty {
        lines.append("could be: \(edit.completions.prefix(10).map(\.text).joined(separator: ", "))")
      }
    }
    return lines
  }

  static func composeOverlay(_ state: StudioState) -> [String] {
    switch state.overlay {
    case .addStep(let add):
      return ["add a step: \(add.list.query)"]
        + add.rows.enumerated().map { index, choice in
          let chosen = index == add.list.selected ? ", selected" : ""
          let reason = choice.reason.map { ", not here: \($0)" } ?? ""
          return "\(choice.title): \(choice.summary)\(reason)\(chosen)"
        }
    case .branch(let selected):
      return state.branchStreams().enumerated().map { index, stream in
        "branch with \(stream.title)\(index == selected ? ", selected" : "")"
      }
    case .history(let selected):
      return (state.compose?.history.versions ?? []).enumerated().map { index, version in
        "version \(index): \(version.words)\(index == selected ? ", selected" : "")"
      }
    case .faults(let selected):
      return (state.compose?.document.diagnostics ?? []).enumerated().map { index, fault in
        "fault in line \(fault.line): \(fault.message)\(index == selected ? ", selected" : "")"
      }
    case .example(let shown):
      return [shown.example.title, shown.example.summary, shown.example.hint]
        + shown.example.details.split(separator: "\n").map(String.init)
    case .saveAs(let entry, let fault): return ["save as \(entry.text)"] + [fault].compactMap { $0 }
    default: return []
    }
  }
}
