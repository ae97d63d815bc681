import Foundation
import Testing

/// A file system that really is full: needs the right to mount one.
@Suite struct FullDisk {
  static let canMount: Bool = {
    let probe = try? Program.shell(
      "d=$(mktemp -d) && mount -t tmpfs -o size=64k tidemark-probe $d && umount $d; s=$?; rmdir $d;"
        + " exit $s", in: FileManager.default.temporaryDirectory.path)
    return probe?.status == 0
  }()

  @Test(
    .enabled(if: canMount, "mounting a small tmpfs needs root"),
    arguments: [CampaignJob.Output.file, .parts, .append, .upsert])
  func aRunOnAFullDiskSaysSoAndGoesOnWhenThereIsRoom(_ output: CampaignJob.Output) throws {
    let job = CampaignJob(output: output, window: .tumbling, policy: .correct)
    let reference = try CampaignReference(job)
    var failures = 0
    // Room for the log and ever more of what is written.
    let step = CampaignScale.isThorough ? CampaignScale.sideStride : 88
    let least = 48 + (CampaignScale.isThorough ? CampaignScale.first(of: step, job) : 0)
    for kilobytes in stride(from: least, through: 400, by: step) {
      let folder = try CampaignFolder(job)
      defer { _ = try? Program.shell("umount \(folder.path)", in: "/") }
      let mounted = try Program.shell(
        """
        mkdir ../logs && mv * ../logs && mount -t tmpfs -o size=\(kilobytes)k tidemark \
        \(folder.path) && mv ../logs/* \(folder.path)
        """, in: folder.path)
      try #require(mounted.status == 0, "\(mounted.errors)")
      let run = try folder.run(.init())
      if run.outcome.status != 0 {
        failures += 1
        #expect(run.outcome.status == 1)
        let said = run.outcome.errors
        #expect(said.contains("no space left") || said.contains("is full"), "\(said)")
        let more = try Program.shell("mount -o remount,size=8m \(folder.path)", in: "/")
        #expect(more.status == 0)
        #expect(try folder.finish(reference) == [], "\(job) with \(kilobytes) kB")
      } else {
        #expect(try folder.differences(reference, "with \(kilobytes) kB") == [])
      }
    }
    #expect(failures > 0)
  }
}
