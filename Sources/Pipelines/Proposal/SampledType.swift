internal import Columns

/// The type that holds what a sample has of the values of one place, as they are written: which
/// numbers and texts are times is not looked at.
enum SampledType {
  private static let maxDepth = 8
  /// Objects with more names than this are dictionaries rather than records.
  private static let maxNames = 24

  /// - Parameter fields: the values of one place in the records; nulls say nothing.
  /// - Returns: nil where they differ too much, or nothing is known of them. A few odd values are dead
  ///   letters, not a reason to read all as texts.
  static func of(_ fields: [LogSample.Field], depth: Int = 0) -> ColumnType? {
    let known = fields.filter { $0 != .null }
    guard depth <= maxDepth else { return nil }
    func all<Part>(_ part: (LogSample.Field) -> Part?) -> [Part]? {
      let parts = known.compactMap(part)
      return ColumnProfile.isMost(parts.count, of: known.count) ? parts : nil
    }
    if let numbers = all({ if case .number(let text) = $0 { text } else { nil } }) {
      return numbers.allSatisfy { Int64($0) != nil } ? .bigint : .double
    }
    if all({ if case .text = $0 { true } else { nil } }) != nil { return .string }
    if all({ $0 == .boolean ? true : nil }) != nil { return .boolean }
    if let lists = all({ if case .list(let items) = $0 { items } else { nil } }) {
      return of(lists.flatMap { $0 }, depth: depth + 1).map { .array($0) }
    }
    if let objects = all({ if case .object(let members) = $0 { members } else { nil } }) {
      return object(objects, depth + 1)
    }
    return nil
  }

  /// A ROW of the names that can be fields and have one type, in the order they were first seen; a
  /// MAP where each object has names of its own.
  private static func object(_ objects: [[LogSample.Member]], _ depth: Int) -> ColumnType? {
    var names: [String] = []
    var values: [String: [LogSample.Field]] = [:]
    for member in objects.joined() {
      if values[member.name] == nil { names.append(member.name) }
      values[member.name, default: []].append(member.field)
    }
    let members = objects.reduce(0) { $0 + $1.count }
    if names.count > maxNames, members < objects.count * names.count / 2 {
      return of(objects.joined().map(\.field), depth: depth).map { .map(key: .string, value: $0) }
    }
    let fields = names.filter(PipelineChoice.isNamable).compactMap { name in
      of(values[name] ?? [], depth: depth).map { Field(name, $0) }
    }
    return fields.isEmpty ? nil : .row(fields)
  }
}
