import Foundation
import TestSupport
import Testing

@testable import Pipelines

/// A pipeline file comes from anywhere: a run writes only where its user has said.
@Suite struct WritingWithinBounds {
  /// `home/p.yaml`, folders `home/sub` and `away`, and links between them.
  private final class Place {
    private let own: TemporaryFolder
    var root: String { own.path }

    init() throws {
      own = try TemporaryFolder()
      let files = FileManager.default
      for folder in ["home/sub", "away", "home-too"] {
        try files.createDirectory(atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
      }
      for (link, target) in [
        ("home/out", "../away"), ("home/in", "sub"), ("home/file", "../away/new.jsonl"),
        ("home/absolute", "\(root)/away"), ("home/a", "b"), ("home/b", "out"),
        ("home/loop", "loop"), ("home/sub/up", ".."), ("away/back", "../home"),
      ] {
        try files.createSymbolicLink(atPath: "\(root)/\(link)", withDestinationPath: target)
      }
    }

    func document(_ path: String, sink: String = "file", checkpoints: String? = nil)
      -> PipelineDocument
    {
      let table = sink == "sqlite" ? "\n    table: t" : ""
      let dir = checkpoints.map { "\ncheckpoint: { dir: \($0) }" } ?? ""
      return .parse(
        text: """
          steps:
            - source: file
              path: ../away/log.jsonl
            - parse: json
              columns: { a: STRING }
            - sink: \(sink)
              path: \(path)\(table)\(dir)
          """, path: "\(root)/home/p.yaml")
    }
  }

  static let paths: [(String, Bool)] = [
    ("o.jsonl", true), ("./o.jsonl", true), ("sub/o.jsonl", true), ("new/deep/o.jsonl", true),
    ("sub/../o.jsonl", true), ("in/o.jsonl", true), ("sub/up/o.jsonl", true), ("parts/", true),
    ("../o.jsonl", false), ("sub/../../o.jsonl", false), ("new/../../o.jsonl", false),
    ("../home/o.jsonl", true), ("../home-too/o.jsonl", false), ("/etc/o.jsonl", false),
    ("out/o.jsonl", false), ("file", false), ("absolute/x/o.jsonl", false), ("a/o.jsonl", false),
    ("out/back/o.jsonl", true), ("loop/o.jsonl", true), ("sub/up/../o.jsonl", false),
    ("..", false), ("sub//..//..//o.jsonl", false), ("~/o.jsonl", true),
  ]

  @Test(arguments: paths) func whatLeadsOutIsRefused(_ path: String, _ isWithin: Bool) throws {
    let place = try Place()
    for sink in ["file", "sqlite"] {
      let document = place.document(path, sink: sink)
      let result = Planner.plan(document, options: PlanOptions(bounds: WriteBounds()))
      switch result {
      case .success: #expect(isWithin, "\(path)")
      case .failure(let failure):
        #expect(!isWithin, "\(path)")
        let fault = try #require(failure.diagnostics.last)
        #expect(fault.code == "E072" && fault.line == 7 && fault.column == 11)
        #expect(fault.length == path.unicodeScalars.count)
        #expect(fault.hint?.contains("--allow-outside") == true)
      }
      #expect(document.outsideWarnings().map(\.code) == (isWithin ? [] : ["W113"]))
      // Lifted by the user.
      #expect((try? Planner.plan(document).get()) != nil)
      #expect(
        (try? Planner.plan(document, options: PlanOptions(bounds: WriteBounds(folders: ["/"])))
          .get())
          != nil)
    }
  }

  @Test func theFaultSaysWhereThePathLeads() throws {
    let place = try Place()
    let faults = place.document("a/x/o.jsonl").outsideWarnings()
    #expect(
      faults.map(\.message) == [
        "this sink would write to \(place.root)/away/x/o.jsonl, outside of the pipeline's folder"
      ])
  }

  @Test func checkpointsStayWithinTooUnlessTheirFolderIsNamed() throws {
    let place = try Place()
    let document = place.document("o.jsonl", checkpoints: "../away/ck")
    #expect(document.outsideWarnings().map(\.line) == [8])
    func isPlanned(_ options: PlanOptions) -> Bool {
      (try? Planner.plan(document, options: options).get()) != nil
    }
    #expect(!isPlanned(PlanOptions(bounds: WriteBounds())))
    let named = "\(place.root)/away/mine"
    #expect(isPlanned(PlanOptions(bounds: WriteBounds(folders: [named]), checkpoints: named)))
    // A folder that is named for checkpoints is one that the user lets the job write to.
    let sink = place.document("../away/mine/o.jsonl")
    #expect(
      (try? Planner.plan(
        sink, options: PlanOptions(bounds: WriteBounds(folders: [named]), checkpoints: named)
      ).get()) != nil)
  }

  @Test func theEnvironmentLeadsNowhereElse() throws {
    let place = try Place()
    let document = place.document("${env:WHERE}/o.jsonl")
    #expect(document.outsideWarnings().isEmpty)
    for (value, isWithin) in [("sub", true), ("\(place.root)/away/secretfolder", false)] {
      let result = Planner.plan(
        document,
        options: PlanOptions(bounds: WriteBounds(), environment: { ["WHERE": value] }))
      guard case .failure(let failure) = result else {
        #expect(isWithin)
        continue
      }
      #expect(!isWithin)
      // Told by its name: the value is not for the screen.
      #expect(failure.diagnostics.last?.message.contains("${env:WHERE}/o.jsonl") == true)
      #expect(failure.diagnostics.last?.message.contains("secretfolder") == false)
    }
  }
}
