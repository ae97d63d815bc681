public import Engine

extension SqliteSink {
  public static let descriptor = Descriptor(
    name: "sqlite", kind: .sink, summary: "Writes results to a table of a SQLite database.",
    details: """
      Rows and the number of the checkpoint they belong to are committed in one transaction, so \
      nothing is lost or doubled by a crash. The table is created where it is missing; one that is \
      there must have the columns. mode: append adds every row; where an older checkpoint is \
      restored, the rows of later ones are deleted. mode: upsert keeps one row for each key and \
      window, so that a correction replaces what it corrects: -U is skipped, -D deletes.
      """,
    options: [
      OptionDescriptor(
        "path", .path, required: true, doc: "The database; created where it is missing."),
      OptionDescriptor("table", .text, required: true, doc: "The table."),
      OptionDescriptor(
        "mode", .choice(Mode.allCases.map(\.rawValue)), default: Mode.append.rawValue,
        doc: "append adds every row; upsert replaces the row with the same key and window."),
      OutputOptions.times, OutputOptions.include,
    ],
    example: """
      - sink: sqlite
        path: clicks.db
        table: clicks_per_minute
        mode: upsert
      """,
    guarantee: .exactlyOnce)
}
