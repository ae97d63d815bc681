internal import Columns
internal import Engine

/// The JSON schema of pipeline files, for editors: made from the descriptors.
public enum PipelineSchema {
  /// A schema in draft 2020-12.
  public static func generate() -> String { schema.text() + "\n" }

  private static var schema: JSONText {
    let top = PipelineKeys.top.map { ($0.name, value($0)) }
    let steps = JSONText.object([
      ("description", .string("The steps; each reads the one before it unless it says `from`.")),
      ("type", .string("array")), ("minItems", .integer(1)),
      ("items", .object([("oneOf", .array(PipelineKeys.all.map(step)))])),
    ])
    return .object([
      ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
      ("title", .string("Tidemark pipeline")),
      ("type", .string("object")),
      ("properties", .object(top + [("steps", steps), ("tests", tests)])),
      ("required", .strings(["steps"])),
      ("additionalProperties", .boolean(false)),
      ("$defs", definitions),
    ])
  }

  private static var definitions: JSONText {
    let units = DurationText.units.map(\.name).joined(separator: "|")
    return .object([
      (
        "size",
        .object([
          ("type", .string("string")),
          ("pattern", .string("^\\s*[0-9][0-9_]*(\\.[0-9]+)?\\s*([kKmMgGtT]?[iI]?[bB])\\s*$")),
          ("examples", .strings(["512 MB", "2 GB", "64 MiB"])),
        ])
      ),
      (
        "duration",
        .object([
          ("type", .strings(["string", "integer"])),
          ("pattern", .string("^\\s*[-+]?[0-9][0-9_]*(\\.[0-9]+)?\\s*(\(units)|[a-z]+)?\\s*$")),
          ("examples", .strings(["500 ms", "30 s", "5 m", "1 h"])),
        ])
      ),
      ("expression", .object([("type", .strings(["string", "number", "boolean"]))])),
      (
        "columnType",
        .object([
          ("type", .string("string")), ("examples", .strings(OptionReader.typeNames)),
        ])
      ),
      (
        "column",
        .object([
          (
            "oneOf",
            .array([
              reference("columnType"),
              .object([
                ("type", .string("object")),
                (
                  "properties",
                  .object([
                    ("type", reference("columnType")),
                    ("unit", .object([("enum", .strings(unitNames))])),
                    ("time_format", .object([("type", .string("string"))])),
                  ])
                ), ("required", .strings(["type"])), ("additionalProperties", .boolean(false)),
              ]),
            ])
          )
        ])
      ),
    ])
  }

  private static let unitNames = TimeFormat.EpochUnit.allCases.map(\.rawValue)

  private static func reference(_ name: String) -> JSONText {
    .object([("$ref", .string("#/$defs/\(name)"))])
  }

  private static func step(_ descriptor: Descriptor) -> JSONText {
    let key = PipelineKeys.key(of: descriptor)
    var properties: [(String, JSONText)] = []
    if descriptor.kind != .operator {
      properties.append(
        (
          key,
          .object([
            ("const", .string(descriptor.name)), ("description", .string(descriptor.summary)),
          ])
        ))
    }
    properties += (descriptor.options + PipelineKeys.step).map { ($0.name, value($0)) }
    let required = descriptor.options.filter { $0.isRequired && $0.name != key }.map(\.name)
    return .object([
      ("title", .string(descriptor.kind == .operator ? key : "\(key): \(descriptor.name)")),
      ("description", .string(descriptor.summary)),
      ("type", .string("object")),
      ("properties", .object(properties)),
      ("required", .strings([key] + required)),
      ("additionalProperties", .boolean(false)),
    ])
  }

  static func value(_ option: OptionDescriptor) -> JSONText {
    var members: [(String, JSONText)] = [("description", .string(documentation(option)))]
    switch option.kind {
    case .text, .path: members.append(("type", .strings(["string", "number"])))
    case .boolean: members.append(("type", .string("boolean")))
    case .integer(let bounds):
      members += [
        ("type", .string("integer")), ("minimum", .integer(bounds.lowerBound)),
        ("maximum", .integer(bounds.upperBound)),
      ]
    case .duration: members.append(("$ref", .string("#/$defs/duration")))
    case .size: members.append(("$ref", .string("#/$defs/size")))
    case .choice(let known): members.append(("enum", .strings(known)))
    case .expression: members.append(("$ref", .string("#/$defs/expression")))
    case .columns, .list:
      let text = JSONText.object([("type", .strings(["string", "number"]))])
      let list = JSONText.object([
        ("type", .string("array")), ("minItems", .integer(1)), ("items", text),
      ])
      members.append(("oneOf", .array([text, list])))
    case .columnTypes: members += map(of: "column")
    case .namedExpressions: members += map(of: "expression")
    case .group(let options):
      let group = group(of: options)
      if let short = options.first(where: { $0.name == option.shortMember }) {
        members.append(("oneOf", .array([value(short), .object(group)])))
      } else {
        members += group
      }
    }
    return .object(members)
  }

  private static func group(of options: [OptionDescriptor]) -> [(String, JSONText)] {
    [
      ("type", .string("object")),
      ("properties", .object(options.map { ($0.name, value($0)) })),
      ("required", .strings(options.filter(\.isRequired).map(\.name))),
      ("additionalProperties", .boolean(false)),
    ]
  }

  private static func map(of definition: String) -> [(String, JSONText)] {
    [
      ("type", .string("object")), ("minProperties", .integer(1)),
      ("additionalProperties", reference(definition)),
    ]
  }

  private static func documentation(_ option: OptionDescriptor) -> String {
    option.doc + (option.defaultText.map { " Default: \($0)." } ?? "")
  }
}
