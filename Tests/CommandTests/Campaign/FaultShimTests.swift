import Foundation
import Testing

/// The library that the campaign rests on: it sees what the program does, and does what it is told.
@Suite struct FaultShimTests {
  @Test(arguments: [CampaignJob.Output.file, .parts, .append, .upsert])
  func everyFileThatARunLeavesWasSeen(_ output: CampaignJob.Output) throws {
    let job = CampaignJob(output: output, window: .tumbling, policy: .update)
    let folder = try CampaignFolder(job)
    let run = try folder.run(.init())
    #expect(run.outcome.status == 0, "\(run.outcome.errors)")
    let inputs = Set(job.logs.map(\.name) + ["p.yaml"])
    let left = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
    for path in left ?? [] where !inputs.contains(path) {
      // The files of a checkpoint were made under its hidden name.
      let hidden = path.replacing("/chk-", with: "/.chk-")
      let seen = run.operations.contains { operation in
        guard [.create, .rename, .mkdir].contains(operation.kind) else { return false }
        return operation.path == path
          || operation.path.replacing(".inprogress", with: "") == hidden
      }
      #expect(seen, "\(path) was made unseen")
    }
    if output == .append || output == .upsert {
      for kind in [FaultShim.Operation.Kind.write, .sync] {
        #expect(run.operations.contains { $0.kind == kind && $0.path == "out.db" })
        #expect(run.operations.contains { $0.kind == kind && $0.path == "out.db-journal" })
      }
    }
    #expect(run.operations.map(\.number) == Array(1...run.operations.count))
  }

  @Test func anOrderlyRunDoesTheSameEachTime() throws {
    let job = CampaignJob(output: .append, window: .sliding)
    let runs = try (0..<2).map { _ in try CampaignFolder(job).run(.init()).operations }
    // A timestamp more or less in a manifest is a byte more or less: names and kinds are compared.
    #expect(
      runs[0].map { "\($0.number) \($0.kind) \($0.path)" }
        == runs[1].map { "\($0.number) \($0.kind) \($0.path)" })
  }

  @Test func anOperationIsDisturbedAsAsked() throws {
    let job = CampaignJob(output: .file, window: .tumbling)
    func run(_ action: FaultShim.Action, _ operation: Int, sticky: Bool = false) throws
      -> CampaignFolder.Run
    {
      try CampaignFolder(job).run(
        .init(action: action, operation: operation, isSticky: sticky))
    }
    let killed = try run(.kill, 5)
    #expect(killed.wasKilled && killed.operations.count == 5)
    #expect(killed.operations.last?.outcome == "!killed")
    let torn = try run(.torn, 5)
    #expect(torn.wasKilled && torn.operations.last?.outcome == "!torn")
    #expect(torn.operations.last?.kind == .write)
    let failed = try run(.device, 7)
    #expect(failed.operations.filter(\.isDisturbed).map(\.number) == [7])
    #expect(failed.outcome.status == 1)
    let short = try run(.short, 5, sticky: true)
    #expect(short.outcome.status == 0)
    #expect(short.operations.count { $0.outcome == "!short" } > 10)
    let unknown = try Program.shell(
      "LD_PRELOAD=\(try FaultShim.library.get()) FAULTS_AT=1 FAULTS_DO=ENOWHERE $tidemark --help",
      in: FileManager.default.temporaryDirectory.path)
    #expect(unknown.status == 99 && unknown.errors.contains("ENOWHERE is not known"))
  }
}
