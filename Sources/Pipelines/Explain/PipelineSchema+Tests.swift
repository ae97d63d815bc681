internal import Engine

extension PipelineSchema {
  /// The section of tests.
  static var tests: JSONText {
    let scalar = JSONText.object([("type", .strings(["string", "number", "boolean", "null"]))])
    let columns = JSONText.object([
      ("type", .string("object")), ("additionalProperties", scalar),
    ])
    let events = JSONText.object([
      ("type", .string("array")),
      ("items", .object([("oneOf", .array([.object([("type", .string("string"))]), columns]))])),
    ])
    let splits = named(events)
    let rows = JSONText.object([
      (
        "oneOf",
        .array([
          .object([("type", .string("array")), ("items", columns)]),
          .object([("type", .string("integer")), ("minimum", .integer(0))]),
        ])
      )
    ])
    let properties = PipelineKeys.test.map { option -> (String, JSONText) in
      let choices: [JSONText]
      switch option.name {
      case "events": choices = [events, splits, named(splits)]
      case "expect": choices = [rows, named(rows)]
      case "late", "dead": choices = [rows]
      default: return (option.name, value(option))
      }
      return (
        option.name,
        .object([("description", .string(option.doc)), ("anyOf", .array(choices))])
      )
    }
    return .object([
      ("description", .string(PipelineKeys.tests.doc)), ("type", .string("array")),
      (
        "items",
        .object([
          ("type", .string("object")), ("properties", .object(properties)),
          ("required", .strings(PipelineKeys.test.filter(\.isRequired).map(\.name))),
          ("additionalProperties", .boolean(false)),
        ])
      ),
    ])
  }

  /// A mapping of names to this.
  private static func named(_ schema: JSONText) -> JSONText {
    .object([("type", .string("object")), ("additionalProperties", schema)])
  }
}
