// swift-tools-version: 6.2
import PackageDescription

/// Every target is held to the same rules: Swift 6, explicit imports, and no warning goes unread.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
  // Tests run with the check that no two accesses to a variable overlap; a release does without, for
  // it would be made for each row.
  .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let arguments = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency] = [], excluding excluded: [String] = []
) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies,
    exclude: excluded, swiftSettings: strict)
}

/// What the fuzz targets read. With TIDEMARK_FUZZ they are a program, which Tests/Fuzz/build links
/// with libFuzzer; without it a test that runs their seeds and what was found before.
let fuzzed: [Target.Dependency] = [
  "TestSupport", "Columns", "Expressions", "Engine", "Connectors", "Runtime", "Pipelines",
  "Terminal", "VisibleText",
]
let fuzz: Target =
  Context.environment["TIDEMARK_FUZZ"] != nil
  ? .executableTarget(
    name: "tidemark-fuzz", dependencies: fuzzed, path: "Tests/Fuzz",
    exclude: ["Replay", "build", "run"], swiftSettings: strict)
  : .testTarget(
    name: "FuzzTests", dependencies: fuzzed, path: "Tests/Fuzz",
    exclude: ["Program", "build", "run"], swiftSettings: strict)

let package = Package(
  name: "tidemark",
  products: [.executable(name: "tidemark", targets: ["tidemark"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
  ],
  targets: [
    .target(
      name: "CNcurses", linkerSettings: [.linkedLibrary("ncursesw")]),
    .target(name: "CMachine"),
    module("VisibleText"),
    module("Columns"),
    module("Expressions", ["Columns"]),
    module("Engine", ["CMachine", "Columns", "Expressions"]),
    module("Connectors", ["VisibleText", "Columns", "Engine", grdb]),
    module("Runtime", ["Columns", "Expressions", "Engine", "Connectors"]),
    module("Pipelines", ["VisibleText", "Columns", "Expressions", "Engine", "Connectors", yams]),
    module("Terminal", ["VisibleText", "CNcurses", yams]),
    module("Studio", ["VisibleText", "Columns", "Engine", "Terminal", "Runtime", "Pipelines"]),
    .executableTarget(
      name: "tidemark",
      dependencies: [
        "CMachine", "VisibleText", "Columns", "Expressions", "Engine", "Connectors", "Pipelines",
        "Runtime", "Terminal", "Studio", arguments,
      ],
      swiftSettings: strict),
    .target(
      name: "TestSupport", dependencies: ["Columns", "Expressions", "Engine"],
      path: "Tests/TestSupport",
      swiftSettings: strict),
    tests("VisibleText"),
    tests("Columns"),
    tests("Expressions", ["Columns", "Engine"]),
    tests("Engine", ["CMachine", "Columns", "Expressions", "Runtime"]),
    tests("Connectors", ["Columns", "Engine", grdb]),
    tests("Runtime", ["Columns", "Engine", "Connectors", grdb]),
    tests("Pipelines", ["Columns", "Engine", "Expressions"]),
    tests("Terminal"),
    tests(
      "Studio", ["Columns", "Engine", "Terminal", "Runtime", "Pipelines"],
      excluding: ["Snapshots"]),
    .testTarget(
      name: "OracleTests", dependencies: ["TestSupport", "Columns", "Engine"],
      swiftSettings: strict),
    .testTarget(
      name: "SimulationTests",
      dependencies: [
        "TestSupport", "Columns", "Connectors", "Engine", "Pipelines", "Runtime", grdb,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "tidemark", "TestSupport", "Columns", "Connectors", "Engine", "Pipelines", "Runtime", grdb,
      ],
      swiftSettings: strict),
    fuzz,
  ]
)

// The sanitizers' builds take the tests that they are for, and what those need: TIDEMARK_TESTS names
// them, as in "RuntimeTests EngineTests".
if let names = Context.environment["TIDEMARK_TESTS"]?.split(separator: " ").map(String.init) {
  package.targets.removeAll { target in
    target.type == .test || ["tidemark", "Studio"].contains(target.name)
      ? !names.contains(target.name) && !names.contains("\(target.name)Tests") : false
  }
  package.products = []
}
