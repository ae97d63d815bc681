package import Columns

extension ByteBuilder {
  /// Adds a DECIMAL as plain digits with all of its scale, such as `-0.50`.
  package func put(decimal unscaled: Int128, scale: Int) {
    reserve(maxDecimalBytes)
    count += writeDecimal(unscaled, scale: scale, to: start + count)
  }

  /// Adds a value of a collection as JSON: an ARRAY as an array, a ROW and a MAP as objects.
  ///
  /// What JSON cannot say (NaN, the infinities) is `null`; a MAP's keys are written as texts.
  package func put(json value: NestedValue, as type: ColumnType, times: TimeStyle) {
    reserve(64)
    switch type {
    case _ where value.isNull: append("null".utf8)
    case .array(let element):
      put(91)
      for (index, part) in value.parts.enumerated() {
        if index > 0 { append([44]) }
        put(json: part, as: element, times: times)
      }
      append([93])
    case .row(let fields):
      put(123)
      for (index, (part, field)) in zip(value.parts, fields).enumerated() {
        if index > 0 { append([44]) }
        put(name: field.name)
        put(json: part, as: field.type, times: times)
      }
      append([125])
    case .map(let key, let item):
      put(123)
      var isKey = true
      for (index, part) in value.parts.enumerated() {
        if isKey {
          if index > 0 { append([44]) }
          put(mapKey: part, as: key, times: times)
        } else {
          put(json: part, as: item, times: times)
        }
        isKey.toggle()
      }
      append([125])
    case .string: put(jsonString: value.text)
    case .double:
      let number = value.double
      if number.isFinite { put(double: number) } else { append("null".utf8) }
    case .decimal: put(decimal: value.decimal.unscaled, scale: value.decimal.scale)
    case .boolean: append((value.integer != 0 ? "true" : "false").utf8)
    case .date: append("\"\(formatDate(value.integer))\"".utf8)
    case .timestamp where times == .iso, .timestampLTZ where times == .iso:
      put(34)
      count += writeTimestamp(value.integer, to: start + count)
      put(34)
    default: put(decimal: value.integer)
    }
  }

  /// Adds `"name":`.
  private func put(name: String) {
    var name = name
    name.withUTF8 { utf8 in
      put(jsonString: utf8.baseAddress.map { Bytes(start: $0, count: utf8.count) } ?? .empty)
    }
    append([58])
  }

  private func put(mapKey key: NestedValue, as type: ColumnType, times: TimeStyle) {
    switch type {
    case _ where key.isNull: append("\"null\"".utf8)
    case .string, .date: put(json: key, as: type, times: times)
    case .timestamp where times == .iso, .timestampLTZ where times == .iso:
      put(json: key, as: type, times: times)
    default:
      let text = ByteBuilder(capacity: 64)
      text.put(json: key, as: type, times: times)
      put(jsonString: Bytes(start: text.start, count: text.count))
    }
    append([58])
  }
}
