internal import Connectors
internal import Engine

/// The folders that a job may write to: a pipeline file comes from anywhere, and must not write
/// where its user did not say.
///
/// Sinks and checkpoints may write under the pipeline file's own folder and under folders that the
/// user has named. Paths are judged by where they lead: `..` and symbolic links are followed.
public struct WriteBounds: Sendable {
  /// Folders beside the pipeline's own.
  public var folders: [String]

  /// - Parameter folders: named by the user, such as that of `--checkpoints`.
  public init(folders: [String] = []) { self.folders = folders }

  /// What leads out, by the place in the pipeline, with where it leads to.
  func outside(
    _ document: PipelineDocument, checkpoints: String?, _ environment: [String: String]
  ) -> [(range: Range<Int>, finding: Finding)] {
    let allowed = ([document.folder] + folders).map(ResolvedPath.of)
    var found: [(range: Range<Int>, finding: Finding)] = []
    func check(_ path: String, told: String, what: String, _ range: Range<Int>) {
      let resolved = ResolvedPath.of(path)
      if allowed.contains(where: { ResolvedPath.contains($0, resolved) }) { return }
      var secrets = Secrets.none
      secrets.add(template: told, environment)
      found.append((range, .writesOutside(what: what, path: secrets.hidden(resolved))))
    }
    for step in document.steps where step.kind == "sink" {
      guard let option = step.option("path"), let told = option.value.text,
        let path = try? Interpolation.resolve(told, environment)
      else { continue }
      check(
        Paths.resolve(path, in: document.folder), told: told, what: "this sink", option.range)
    }
    if checkpoints == nil, case .group(let members) = document.setting("checkpoint")?.value,
      let option = members.first(where: { $0.name == "dir" }), let told = option.value.text
    {
      check(
        Paths.resolve(told, in: document.folder), told: told, what: "the checkpoints", option.range)
    }
    return found
  }
}

extension PipelineDocument {
  func setting(_ name: String) -> StepOption? { settings.first { $0.name == name } }

  /// Where a run of it would be refused for writing outside of its folder; warnings, since
  /// `--allow-outside` permits it. Reads folders and links on disk.
  ///
  /// A path that the environment has a part in cannot be judged before the run.
  public func outsideWarnings() -> [Diagnostic] {
    let source = SourceText(text)
    return WriteBounds().outside(self, checkpoints: nil, [:]).map {
      Fault(.mayWriteOutside($0.finding), $0.range).diagnostic(in: source, file: path)
    }
  }

  /// What a run must be refused for; empty where everything stays within bounds.
  ///
  /// - Parameter checkpoints: a folder that the user gives in place of the pipeline's own.
  func outsideFaults(
    _ bounds: WriteBounds, checkpoints: String?, _ environment: [String: String]
  ) -> [Diagnostic] {
    let source = SourceText(text)
    return bounds.outside(self, checkpoints: checkpoints, environment).map {
      Fault($0.finding, $0.range).diagnostic(in: source, file: path)
    }
  }
}
