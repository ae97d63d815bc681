public import Columns
internal import Glibc

/// Turns the selected rows of batches into lines of JSON or CSV, in one buffer that is reused.
///
/// NULL is `null` in JSON and an empty field in CSV, where an empty text is `""`. Numbers are
/// exact: a DOUBLE in the shortest text that reads back as the same number, `12.0` for a whole
/// one; what JSON cannot say (NaN, the infinities) is `null` there, and `NaN`, `Infinity`,
/// `-Infinity` in CSV. A DECIMAL has all of its scale. An ARRAY, ROW or MAP is JSON, in CSV
/// too. Texts that are not UTF-8 are written with U+FFFD in JSON, so that the output is always
/// valid, and byte for byte in CSV. An INTERVAL is a number of ms.
///
/// Used by one thread at a time.
public final class RowEncoder {
  public let format: RowFormat
  /// What was encoded since it was last emptied.
  package let output = ByteBuilder()
  private var columns: [EncodedColumn]
  /// Names of columns and the like.
  private let texts: Arena
  private let header: [UInt8]

  /// - Parameter columns: the positions of the columns that are written, in order.
  public init(_ format: RowFormat, schema: Schema, columns: [Int]) {
    self.format = format
    let texts = Arena(blockSize: 1024)
    self.texts = texts
    self.columns = columns.enumerated().map { index, position in
      EncodedColumn(
        schema.fields[position], position, isFirst: index == 0, format: format, texts: texts)
    }
    header = format.kind == .csv ? Self.header(columns.map { schema.fields[$0].name }) : []
  }

  /// Adds the line of column names, for CSV; nothing for JSON.
  package func appendHeader() { output.append(header) }

  /// Adds a line for each selected row.
  package func append(_ batch: Batch) {
    withExtendedLifetime(batch) {
      columns.withUnsafeMutableBufferPointer { encode(batch, $0) }
    }
  }

  private func encode(_ batch: Batch, _ columns: UnsafeMutableBufferPointer<EncodedColumn>) {
    for index in columns.indices { columns[index].attach(batch) }
    if let selection = batch.selection {
      for row in selection.buffer { appendRow(Int(row), columns) }
    } else {
      for row in 0..<batch.count { appendRow(row, columns) }
    }
    for index in columns.indices { columns[index].detach() }
  }

  private func appendRow(_ row: Int, _ columns: UnsafeMutableBufferPointer<EncodedColumn>) {
    let output = output
    switch format.kind {
    case .jsonl:
      for index in columns.indices { columns[index].putJSON(row, output) }
      output.reserve(3)
      if columns.isEmpty { output.put(123) }
      output.put(125)
    case .csv:
      for index in columns.indices { columns[index].putCSV(row, output) }
      output.reserve(1)
    }
    output.put(10)
  }

  private static func header(_ names: [String]) -> [UInt8] {
    let line = ByteBuilder(capacity: 256)
    for (index, name) in names.enumerated() {
      if index > 0 { line.append([44]) }
      var name = name
      name.withUTF8 { utf8 in
        guard let start = utf8.baseAddress else { return }
        EncodedColumn.putField(Bytes(start: start, count: utf8.count), line)
      }
    }
    line.append([10])
    return line.array
  }
}
