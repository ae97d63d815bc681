import Foundation
import Testing

/// The real program on hostile names, logs, pipelines and themes: nothing but visible text and our
/// own commands reaches a terminal, and messages are as safe in a pipe.
@Suite struct TerminalSafety {
  /// A title, a clipboard, a cleared screen; C1; bidi; zero width; a tag; a bare return.
  static let evil = "\u{1B}]0;owned\u{7}\u{1B}[2J\u{9B}31m\u{202E}\u{200B}\u{E0041}\u{7F}\rx"
  /// For a file's name, which has no slash.
  static let name = "a\u{1B}[2J\u{9B}m\u{202E}\n\u{200B}b"

  private static func json(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar -> String in
      scalar.value < 32
        ? "\\u00\(scalar.value < 16 ? "0" : "")\(String(scalar.value, radix: 16))"
        : String(Character(scalar))
    }
    return "\"\(escaped.joined())\""
  }

  private static func yaml(_ text: String) -> String {
    // Double-quoted YAML has JSON's escapes; every control is written as one.
    "\""
      + text.unicodeScalars.map { scalar in
        let value = scalar.value
        if value < 0x20 || (0x7F...0x9F).contains(value) || value > 0xFFFF || value == 0x202E {
          let digits = String(value, radix: 16)
          return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
        }
        return String(Character(scalar))
      }.joined() + "\""
  }

  static let log: String = {
    let key = json(evil)
    var lines = (0..<40).map {
      "{\"ts\":\(1000 * $0),\"key\":\(key),\"value\":\($0),\(key):\(key)}"
    }
    lines.append("{\"ts\":5,\"key\":\(key),\"value\":\(key)}")
    lines.append("\(evil) is no JSON")
    lines.append("{\"ts\":5000000000000,\"key\":\"far\",\"value\":1}")
    return lines.joined(separator: "\n") + "\n"
  }()

  private func prepare(_ place: borrowing Workplace) throws {
    try place.write("log.jsonl", Self.log)
    try place.write("\(Self.name).jsonl", Self.log)
    try place.write("evil.bin", String(repeating: Self.evil + "\n", count: 50))
    let stdout = [("- sink: file\n    path: out.jsonl", "- sink: stdout")]
    try place.writePipeline(stdout)
    let text = place.read("p.yaml")
    try place.write(
      "csv.yaml", text.replacing("- sink: stdout", with: "- sink: stdout\n    format: csv"))
    try place.write(
      "dead.yaml",
      text.replacing("- sink: stdout", with: "- sink: file\n    path: o.jsonl")
        .replacing(
          "- sink: file\n    from: events.dead\n    path: dead.jsonl",
          with: "- sink: stdout\n    from: events.dead"))
    try place.write(
      "named.yaml",
      text.replacing("path: log.jsonl", with: "path: \(Self.yaml("\(Self.name).jsonl"))"))
    try place.write("\(Self.name).yaml", text)
    let evil = Self.yaml(Self.evil)
    try place.write(
      "faults.yaml",
      text.replacing("value: BIGINT", with: "value: \(evil)\n      \(evil): STRING")
        .replacing("COUNT(*)", with: "\(evil)").replacing("small", with: evil)
        .replacing("size: 1 m", with: "size: \(evil)\n    \(evil): 1"))
    try place.write("raw.yaml", "steps: \(Self.evil)\n\(Self.evil): 1\n")
    try place.write(
      "tests.yaml",
      text + """
        tests:
          - name: \(evil)
            events:
              - { ts: 1000, key: \(evil), value: 1 }
              - \(evil)
            expect:
              - { key: \(evil), n: 2 }

        """)
    try place.write(
      "sqlite.yaml",
      text.replacing(
        "- sink: stdout",
        with: "- sink: sqlite\n    path: \(Self.yaml("no/\(Self.name)/x.db"))\n    table: \(evil)"))
    try place.write(
      "theme.yaml", "roles:\n  \(evil): { fg: red }\n  text: { fg: \(evil) }\ninherits: \(evil)\n")
  }

  /// Lines of a shell; `$name` and `$evil` hold the hostile texts.
  static let lines = [
    "$tidemark run p.yaml", "$tidemark run csv.yaml", "$tidemark run dead.yaml",
    "$tidemark run named.yaml", #"$tidemark run "$name.yaml""#, #"$tidemark run "$name-none.yaml""#,
    "$tidemark run faults.yaml", "$tidemark run raw.yaml", "$tidemark run sqlite.yaml",
    #"touch no; $tidemark run sqlite.yaml"#, #"$tidemark run --checkpoints "$name" p.yaml"#,
    #"touch "f$name"; $tidemark run --checkpoints "f$name/x" p.yaml"#,
    #"$tidemark run "--$evil" p.yaml"#, "mv log.jsonl l; $tidemark run p.yaml; mv l log.jsonl",
    "$tidemark check p.yaml faults.yaml raw.yaml", "$tidemark check --json faults.yaml raw.yaml",
    #"$tidemark check "$name.yaml" "$name""#, "$tidemark test tests.yaml",
    "$tidemark test --json tests.yaml", #"$tidemark test --name "$evil" tests.yaml"#,
    #"$tidemark test "$name.yaml""#, #"$tidemark tune "$name.jsonl""#,
    #"$tidemark tune --json "$name.jsonl""#, "$tidemark tune log.jsonl --ascii",
    "$tidemark tune p.yaml", #"$tidemark tune log.jsonl --time "$evil""#, "$tidemark tune evil.bin",
    #"$tidemark tune "$name.jsonl" log.jsonl"#, #"$tidemark explain "$evil""#,
    #"$tidemark explain "$name.yaml""#, "$tidemark explain faults.yaml",
    "$tidemark explain named.yaml",
    "$tidemark generate web-access --events 3000 -o -", #"$tidemark generate "$evil""#,
    #"$tidemark generate ad-clicks --events 10 -o "$name-none""#, "$tidemark themes theme.yaml",
    #"$tidemark themes "$evil""#, #"$tidemark themes "$name.yaml""#, #"$tidemark "$evil""#,
    #"$tidemark "$name.bin""#, #"$tidemark studio a "$evil""#, #"$tidemark bench "$evil""#,
    #"$tidemark --theme "$evil" log.jsonl < /dev/null"#,
  ]

  /// What is left of a text without our own commands: a cleared line, and styles.
  private static func withoutOurs(_ text: String) -> String {
    text.replacing("\r\u{1B}[K", with: "").replacing(#/\u{1B}\[[0-9;]*m/#, with: "")
  }

  private static func forbidden(_ text: String) -> [String] {
    text.unicodeScalars.filter { scalar in
      let value = scalar.value
      return value < 0x20 && value != 10 || (0x7F...0x9F).contains(value) || value == 0x61C
        || (0x200B...0x200F).contains(value) || (0x2028...0x202E).contains(value)
        || (0x2060...0x206F).contains(value) || value == 0xFEFF
        || (0xE0000...0xE0FFF).contains(value)
    }.map { String($0.value, radix: 16) }
  }

  @Test func nothingHostileReachesATerminal() throws {
    let place = try Workplace()
    try prepare(place)
    for line in Self.lines {
      try? FileManager.default.removeItem(atPath: "\(place.folder)/.tidemark")
      let bytes = try Program.onTerminal(
        line, in: place.folder, environment: ["name": Self.name, "evil": Self.evil])
      #expect(!bytes.isEmpty, "\(line) said nothing")
      let text = try #require(String(validating: bytes, as: UTF8.self), "\(line): no UTF-8")
      let found = Self.forbidden(Self.withoutOurs(text))
      #expect(found.isEmpty, "\(line): \(found) in \(text.debugDescription)")
    }
  }

  @Test func messagesAreAsSafeInAPipe() throws {
    let place = try Workplace()
    try prepare(place)
    for line in Self.lines {
      try? FileManager.default.removeItem(atPath: "\(place.folder)/.tidemark")
      let outcome = try Program.shell(
        line, in: place.folder, environment: ["name": Self.name, "evil": Self.evil])
      #expect(Self.forbidden(outcome.errors).isEmpty, "\(line): \(outcome.errors.debugDescription)")
      // What a run and a generator print is data, which a pipe gets as it is.
      if line.contains("run") || line.contains("generate") { continue }
      #expect(Self.forbidden(outcome.output).isEmpty, "\(line): \(outcome.output.debugDescription)")
    }
  }

  /// The only doors to a terminal, and no way to start another program but the user's editor.
  @Test func noSourceWritesOrStartsAnythingBesideTheDoors() throws {
    let root = "\(Program.repository)/Sources"
    let doors = [
      "tidemark/Console.swift", "tidemark/GeneratedFiles.swift",
      "Connectors/Stdout/StdoutSink.swift",
      "Connectors/Staging/FileSystem.swift", "Terminal/Screen/NcursesScreen.swift",
    ]
    let files = try #require(FileManager.default.enumerator(atPath: root)).compactMap {
      $0 as? String
    }
    var seen = 0
    for file in files where file.hasSuffix(".swift") || file.hasSuffix(".c") || file.hasSuffix(".h")
    {
      let code = Program.text(of: "\(root)/\(file)").split(separator: "\n")
        .filter { !$0.drop { $0 == " " }.hasPrefix("//") }.joined(separator: "\n")
      seen += 1
      for word in [
        "Process()", "system(", "popen(", "posix_spawn", "execv", "execl", "fork(", "dlopen(",
        "NSTask", "NSAppleScript",
      ] {
        let found = code.ranges(of: word).contains { range in
          // A longer name that ends so is another function.
          range.lowerBound == code.startIndex
            || !(code[code.index(before: range.lowerBound)].isLetter
              || code[code.index(before: range.lowerBound)] == "_")
        }
        let isDoor = file == "tidemark/ChildProcess.swift" && word == "posix_spawn"
        #expect(found == isDoor, "\(file) has \(word)")
      }
      guard !doors.contains(file) else { continue }
      for word in [
        "print(", "debugPrint(", "dump(", "fputs(", "fwrite(", "puts(", "printf(",
        "FileHandle.standardOutput", "FileHandle.standardError", "STDOUT_FILENO,", "Glibc.write(",
      ] {
        let found = code.ranges(of: word).contains { range in
          range.lowerBound == code.startIndex
            || !(code[code.index(before: range.lowerBound)].isLetter
              || "_.\\(".contains(code[code.index(before: range.lowerBound)]))
        }
        #expect(!found, "\(file) has \(word)")
      }
    }
    #expect(seen > 200)
  }
}
