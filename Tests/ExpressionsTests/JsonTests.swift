import Columns
import Foundation
import TestSupport
import Testing

@testable import Expressions

@Suite struct JsonTests {
  static let texts: [(String, Bool)] = [
    ("{}", true), (" [1, -0.5e+3 , null] ", true), (#"{"a" : {"b": [true,false]}}"#, true),
    (#""\u00e9\ud83d\ude00\n""#, true), ("1", true), ("", false), (" ", false), ("{", false),
    ("[1,]", false), (#"{"a":1,}"#, false), ("01", false), ("1.", false), ("+1", false),
    ("nul", false), (#""\x""#, false), (#""\u12""#, false), ("\"a\nb\"", false), ("1 2", false),
    ("{a:1}", false), (#"{"a" 1}"#, false), (#"["#, false), (#""abc"#, false),
    (String(repeating: "[", count: 127) + String(repeating: "]", count: 127), true),
    (String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000), false),
  ]

  @Test(arguments: texts)
  func textIsJsonOrNot(_ text: String, _ isJson: Bool) {
    let arena = Arena()
    #expect((JsonText(arena.copy(text)) != nil) == isJson)
  }

  static let paths: [(String, String, String)] = [
    (#"{"a":{"b":[1,2,{"c":"x"}]}}"#, "$.a.b[2].c", "\"x\""), (#"{"a":[1,2]}"#, "$.a[-1]", "2"),
    (#"{"x y":1,"a.b":2}"#, "$['x y']", "1"), (#"{"x y":1,"a.b":2}"#, "$[\"a.b\"]", "2"),
    (#"{"a":[{"k":1},{"k":2}]}"#, "$.a[*].k", "1,2"),
    (#"{"a":{"k":1},"k":[{"k":2}]}"#, "$..k", "[{\"k\":2}],1,2"),
    (#"{"a":1,"a":2}"#, "$.a", "2"), (#"{"\u0061":3}"#, "$.a", "3"), (#"{"a":1}"#, "$.a.b", "-"),
    ("[1]", "$[1]", "-"), (#"{"a" : 1 , "b" : [ 2 ] }"#, "$.b[ 0 ]", "2"), ("5", "strict $", "5"),
    (#"{"a":{"x":1,"y":[2]}}"#, "$.a.*", "1,[2]"),
  ]

  @Test(arguments: paths)
  func pathLeadsToItsValues(_ text: String, _ path: String, _ expected: String) throws {
    let arena = Arena()
    let json = try #require(JsonText(arena.copy(text)))
    let found: String =
      switch try JsonPath(path).match(json) {
      case .missing: "-"
      case .one(let place): json.text(place).string
      case .many(let places): places.map { json.text($0).string }.joined(separator: ",")
      }
    #expect(found == expected)
  }

  @Test(arguments: ["a", "$a", "$.", "$[", "$[x]", "$['a'", "$.a b", "$[1", "", "lax", "$[?(@.a)]"])
  func pathThatIsNoneIsRefused(_ path: String) {
    #expect(throws: JsonPath.Fault.self) { try JsonPath(path) }
  }

  @Test func everyPrefixAndFlippedByteIsReadWithoutHarm() {
    let text = Array(#"{"a":[1,-2.5e3,"\u00e9\"x",true,null,{"b":{}}],"c":"日本"}"#.utf8)
    let arena = Arena()
    func read(_ bytes: [UInt8]) {
      let copy = bytes.withUnsafeBufferPointer { buffer in
        buffer.baseAddress.map { arena.copy(Bytes(start: $0, count: buffer.count)) } ?? .empty
      }
      guard let json = JsonText(copy) else { return }
      var written: [UInt8] = []
      json.write(json.root, to: &written)
      #expect(!written.isEmpty)
    }
    for count in text.indices { read(Array(text[..<count])) }
    var random = SeededRandom(seed: 5)
    for _ in 0..<5000 {
      var changed = text
      for _ in 0..<2 {
        changed[Int(random.next() % UInt64(text.count))] = UInt8(random.next() % 256)
      }
      read(changed)
    }
  }
}
