import Foundation
import Testing

/// Every input that once broke a target, and every target's seeds, are run again.
@Suite struct FuzzReplayTests {
  private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/fuzz")

  @Test(arguments: FuzzTarget.all.map(\.name))
  func aTargetTakesItsSeedsAndWhatOnceBrokeIt(_ name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    let seeds = target.seeds()
    #expect(!seeds.isEmpty)
    for (index, seed) in seeds.enumerated() { run(target, seed, "seed \(index)") }
    let folder = Self.fixtures.appendingPathComponent(name).path
    for file in (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? [] {
      let bytes = try #require(FileManager.default.contents(atPath: "\(folder)/\(file)"))
      run(target, Array(bytes), file)
    }
  }

  @Test func everyFolderOfInputsHasATarget() throws {
    let names = Set(FuzzTarget.all.map(\.name))
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.fixtures.path)
    #expect(Set(folders).subtracting(names).isEmpty)
  }

  private func run(_ target: FuzzTarget, _ bytes: [UInt8], _ name: String) {
    do {
      try target.run(bytes)
    } catch {
      Issue.record("\(name): \(error)")
    }
  }
}
