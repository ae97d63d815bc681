public import Engine

extension StdoutSink {
  public static let descriptor = Descriptor(
    name: "stdout", kind: .sink, summary: "Prints results to standard output.",
    details: """
      Each row is printed as soon as there is one, without waiting for a checkpoint; after a crash \
      rows since the last checkpoint are printed again. Messages go to standard error, so the \
      output can be piped.
      """,
    options: [
      OutputOptions.format(
        default: RowFormat.Kind.jsonl.rawValue,
        doc: "jsonl is a JSON object a line; csv is RFC 4180 with a line of column names."),
      OutputOptions.times, OutputOptions.include,
    ],
    example: """
      - sink: stdout
        format: csv
      """,
    guarantee: .atLeastOnce)
}
