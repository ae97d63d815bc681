public import Engine

extension FileSource {
  public static let descriptor = Descriptor(
    name: "file", kind: .source, summary: "Reads recorded logs: files, patterns, or a pipe.",
    details: """
      Each file is a split with its own watermark, and is read once from its start to its end. A \
      pattern (* ? [a-z]) stands for the files that match when the job starts, in byte order of \
      their paths. - is standard input: like any pipe it is read as it comes, and a job that reads \
      one cannot be restored. A record is a line; CR before LF and a byte order mark at the start \
      are not part of it, and blank lines are not records. In CSV a field in quotes may hold line \
      ends. A record over 16 MiB is a dead letter. Flink's word for it is FileSource.
      """,
    options: [
      OptionDescriptor(
        "path", .list, required: true,
        doc: "A file, a pattern such as logs/*.jsonl, a list of them, or - for standard input; "
          + "relative to the pipeline file.")
    ],
    example: """
      - source: file
        path: logs/clicks-*.jsonl
      """)
}

extension FileSink {
  public static let descriptor = Descriptor(
    name: "file", kind: .sink, summary: "Writes results to a file or a folder of part files.",
    details: """
      The file holds committed results only. On a fresh start the results of an earlier job stay \
      until the first checkpoint is complete, and are then replaced at once; later checkpoints \
      append. A path that ends in / is a folder where each checkpoint adds a file, such as \
      part-00001.jsonl. Rows that are not committed yet stand in a hidden file beside it. Results \
      that somebody else has changed are neither added to nor restored.
      """,
    options: [
      OptionDescriptor(
        "path", .path, required: true,
        doc: "The file, or a folder where it ends in /; missing folders are created."),
      OutputOptions.format(
        default: nil,
        doc: "jsonl is a JSON object a line; csv is RFC 4180 with a line of column names. Without "
          + "it the name decides: .csv is csv, anything else is jsonl."),
      OutputOptions.times, OutputOptions.include,
    ],
    example: """
      - sink: file
        path: results/clicks.csv
      """,
    guarantee: .exactlyOnce)
}
