import Foundation

/// libFuzzer's loop; the library's own main is not used.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// The target that this process is for.
private nonisolated(unsafe) var target = FuzzTarget.all[0]

/// `tidemark-fuzz TARGET [libFuzzer's arguments]`, `--list`, and `--seeds TARGET FOLDER`, which
/// writes the target's seeds and its dictionary. Tests/Fuzz/run calls it.
@main
enum FuzzProgram {
  static func main() {
    var words = CommandLine.arguments
    guard words.count > 1 else { fatalError("which target? --list names them") }
    if words[1] == "--list" {
      for target in FuzzTarget.all { print(target.name, target.maxBytes) }
      return
    }
    if words[1] == "--seeds", words.count == 4 {
      writeSeeds(of: named(words[2]), to: words[3])
      return
    }
    target = named(words[1])
    words.remove(at: 1)
    var arguments = words.map { strdup($0) } + [nil]
    var count = Int32(words.count)
    arguments.withUnsafeMutableBufferPointer { buffer in
      guard var start = buffer.baseAddress else { return }
      exit(runFuzzer(&count, &start) { bytes, count in judge(bytes, count) })
    }
  }

  private static func named(_ name: String) -> FuzzTarget {
    guard let found = FuzzTarget.all.first(where: { $0.name == name }) else {
      fatalError("there is no target \(name)")
    }
    return found
  }

  private static func writeSeeds(of target: FuzzTarget, to folder: String) {
    for (index, seed) in target.seeds().enumerated() {
      _ = FileManager.default.createFile(atPath: "\(folder)/seed-\(index)", contents: Data(seed))
    }
    let words = target.words.map { word in
      "\"" + word.utf8.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        + "\"\n"
    }
    _ = FileManager.default.createFile(
      atPath: "\(folder).dict", contents: Data(words.joined().utf8))
  }
}

/// By the name that libFuzzer's own main, which is linked too, asks for.
@_cdecl("LLVMFuzzerTestOneInput")
func judge(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  do {
    try target.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
  } catch {
    fatalError("\(target.name): \(error)")
  }
  return 0
}
