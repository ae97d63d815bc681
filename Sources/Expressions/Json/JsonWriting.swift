import Columns

extension JsonText {
  /// Adds the value at a place as Flink writes JSON: without blanks, members in the order of their
  /// names, each name once.
  func write(_ place: Int, to target: inout [UInt8]) {
    switch kind(place) {
    case .object:
      var members: [(name: [UInt8], value: Int)] = []
      forEachMember(place) { name, value in
        var text: [UInt8] = []
        decode(name, to: &text)
        members.append((text, value))
      }
      // A stable sort: of equal names the last counts.
      let order = members.indices.sorted { left, right in
        members[left].name == members[right].name
          ? left < right : members[left].name.lexicographicallyPrecedes(members[right].name)
      }
      target.append(123)
      var isFirst = true
      for (position, index) in order.enumerated() {
        let member = members[index]
        if position + 1 < order.count, members[order[position + 1]].name == member.name { continue }
        if !isFirst { target.append(44) }
        isFirst = false
        writeJsonString(member.name, to: &target)
        target.append(58)
        write(member.value, to: &target)
      }
      target.append(125)
    case .array:
      target.append(91)
      var isFirst = true
      forEachElement(place) { element in
        if !isFirst { target.append(44) }
        isFirst = false
        write(element, to: &target)
      }
      target.append(93)
    case .string:
      var text: [UInt8] = []
      decode(place, to: &text)
      writeJsonString(text, to: &target)
    case .number: target.append(contentsOf: javaDecimalText(text(place)).utf8)
    case .boolean, .null: target.append(contentsOf: text(place).buffer)
    }
  }
}

/// Adds a text as a JSON string, with the escapes that JSON demands.
func writeJsonString(_ text: some Sequence<UInt8>, to target: inout [UInt8]) {
  target.append(34)
  for byte in text {
    switch byte {
    case 34, 92: target += [92, byte]
    case 8: target += [92, 98]
    case 9: target += [92, 116]
    case 10: target += [92, 110]
    case 12: target += [92, 102]
    case 13: target += [92, 114]
    case 0..<32:
      let digits = Array("0123456789ABCDEF".utf8)
      target += [92, 117, 48, 48, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    default: target.append(byte)
    }
  }
  target.append(34)
}

/// The text of a JSON number as Java's BigDecimal prints it: `1.50` stays, `1e2` becomes `1E+2`.
func javaDecimalText(_ number: Bytes) -> String {
  let text = number.string
  let parts = text.split(whereSeparator: { $0 == "e" || $0 == "E" })
  var mantissa = String(parts.first ?? "0")
  let isNegative = mantissa.hasPrefix("-")
  if isNegative { mantissa.removeFirst() }
  let halves = mantissa.split(separator: ".", omittingEmptySubsequences: false)
  let fraction = halves.count > 1 ? String(halves[1]) : ""
  guard let exponent = parts.count > 1 ? Int(parts[1]) : 0 else { return text }
  var digits = String((halves[0] + fraction).drop { $0 == "0" })
  if digits.isEmpty { digits = "0" }
  let isZero = digits == "0"
  let scale = fraction.utf8.count - exponent
  let adjusted = -scale + digits.utf8.count - 1
  let sign = isNegative && !isZero ? "-" : ""
  if scale == 0 { return sign + digits }
  if scale > 0, adjusted >= -6 {
    let padded = String(repeating: "0", count: max(0, scale + 1 - digits.utf8.count)) + digits
    return "\(sign)\(padded.dropLast(scale)).\(padded.suffix(scale))"
  }
  let rest = digits.dropFirst()
  let shown = rest.isEmpty ? digits : "\(digits.prefix(1)).\(rest)"
  return "\(sign)\(shown)E\(adjusted >= 0 ? "+" : "")\(adjusted)"
}
