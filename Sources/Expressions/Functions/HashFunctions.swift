import Columns

extension ScalarFunction {
  static let hashes: [ScalarFunction] =
    MessageDigest.allCases.map { digest in
      ScalarFunction(
        digest.rawValue, .hash, "\(digest.rawValue)(text)",
        "the \(digest.rawValue) hash of the text's UTF-8 bytes, in hexadecimal",
        "\(digest.rawValue)('abc')", 1...1
      ) { checker, call in
        guard let text = checker.text(call, 0) else { return nil }
        return checker.result(hash(call.text, text, digest), call)
      }
    } + [
      ScalarFunction(
        "SHA2", .hash, "SHA2(text, bits)", "the SHA-2 hash of 224, 256, 384 or 512 bits",
        "SHA2('abc', 256)", 2...2
      ) { checker, call in
        guard let text = checker.text(call, 0) else { return nil }
        guard let bits = call.nodes[1].constant?.integer,
          let digest = MessageDigest(rawValue: "SHA\(bits)"), digest != .sha1
        else {
          checker.fault(call.nodes[1].expression, "the bits of SHA2 are 224, 256, 384 or 512")
          return nil
        }
        return checker.result(hash(call.text, text, digest), call)
      }
    ]

  private static func hash(
    _ label: String, _ text: any Kernel, _ digest: MessageDigest
  ) -> any Kernel {
    map(.string, label, text) { (text: Bytes, scope) -> Bytes? in
      digest.write(text, to: &scope.buffer)
      return scope.takeBuffer()
    }
  }
}
