public import Columns

/// A record that an operator could not take, kept with its reason.
public struct DeadLetter: Sendable {
  /// The number of the record.
  public var sequence: Int64
  public var error: String
  /// Where the record stands (`file:line`), or for a row, its columns by name.
  public var position: String
  /// The record's bytes, or the row as JSON-like text.
  public var raw: Bytes
  let owner: any AnyObject & Sendable

  /// The columns of a stream of dead letters.
  public static let schema = Schema([
    Field("error", .string), Field("position", .string), Field("raw", .string),
  ])

  /// Dead letters as rows, in order.
  static func batch(_ letters: [DeadLetter], endWatermark: Int64) -> Batch {
    let arena = Arena()
    let columns = schema.fields.map { Column($0.type, capacity: letters.count) }
    for column in columns { column.owners = [arena] }
    for (row, letter) in letters.enumerated() {
      columns[0].bytes[row] = arena.copy(letter.error)
      columns[1].bytes[row] = arena.copy(letter.position)
      columns[2].bytes[row] = arena.copy(letter.raw)
    }
    return Batch(
      schema: schema, columns: columns, count: letters.count, endWatermark: endWatermark,
      sequences: Longs(letters.map(\.sequence)))
  }
}
