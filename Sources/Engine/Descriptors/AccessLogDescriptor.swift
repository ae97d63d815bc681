extension Descriptor {
  /// `parse: access_log`.
  public static let accessLog = Descriptor(
    name: "access_log", kind: .format,
    summary: "Reads web server logs in the common and the combined format.",
    details: """
      Columns: host, ident, user, request, method, path, protocol, referrer and user_agent are \
      STRING, time is TIMESTAMP_LTZ(3), status is INT, bytes is BIGINT; `-` is NULL. They need not \
      be declared, and only those that are read are parsed.
      """,
    options: FormatOptions.shared(columnsRequired: false, eventTime: "time"),
    example: """
      - parse: access_log
        watermark: { out_of_orderness: 10 s }
      """)
}
