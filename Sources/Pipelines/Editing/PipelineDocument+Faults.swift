extension PipelineDocument {
  /// The item of the list of steps that a fault is about; nil for one about the rest of the file.
  public func place(of fault: Diagnostic) -> Int? {
    let source = SourceText(text)
    let nodes = stepNodes
    // From the line of one step to that of the next.
    guard
      let place = nodes.lastIndex(where: { source.line(of: $0.range.lowerBound) <= fault.line }),
      fault.line
        <= source.line(of: max(nodes[place].range.lowerBound, nodes[place].range.upperBound - 1))
        || place + 1 < nodes.count
    else { return nil }
    return place
  }

  /// The field that a fault is about, with the characters of its text before and in the fault; nil
  /// for one that is in no field.
  public func field(
    of fault: Diagnostic, at place: Int?
  ) -> (field: FormField, characters: Range<Int>?)? {
    let source = SourceText(text)
    let start = source.offset(line: fault.line, column: fault.column)
    let end = source.offset(line: fault.line, column: fault.column + fault.length)
    let fields = form(at: place)
    guard
      let field = fields.first(where: { field in
        field.range.map { $0.contains(start) || $0.lowerBound == start } ?? false
      })
    else { return nil }
    guard let range = field.range, let shown = field.text else { return (field, nil) }
    // Quotes stand before the text, and a pair's name does.
    let written = source.string(range)
    let quote = written.hasPrefix("\"") || written.hasPrefix("'") ? 1 : 0
    let name = field.shape == .pair ? (field.path.last?.count ?? 0) + 2 : 0
    let before = source.string(range.lowerBound..<start).count - quote
    let length = source.string(start..<max(start, end)).count
    guard before >= 0, before <= shown.count else { return (field, nil) }
    return (field, (name + before)..<(name + min(shown.count, before + length)))
  }
}
