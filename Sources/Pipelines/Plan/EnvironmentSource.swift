internal import Connectors
internal import Engine

/// Files whose paths hold `${env:NAME}`: looked up when the job opens them, and told by the names
/// of the variables.
///
/// A split is called as its path is written, with a mark of what the variables held: restored with
/// other values it is another split, as with another path.
struct EnvironmentSource: Source {
  let paths: [String]
  let folder: String
  let environment: @Sendable () -> [String: String]

  private func resolved() throws -> (files: FileSource, secrets: Secrets) {
    let values = environment()
    var secrets = Secrets.none
    for path in paths { secrets.add(template: path, values) }
    return (
      FileSource(
        paths: try paths.map { try Interpolation.resolve($0, values) }, relativeTo: folder),
      secrets
    )
  }

  func splits() throws -> [SplitDescription] {
    let (files, secrets) = try resolved()
    return try secrets.hiding { try files.splits() }.map { split in
      SplitDescription(name: Self.told(split.name, secrets), size: split.size)
    }
  }

  func open(
    _ split: SplitDescription, at position: SplitPosition, framing: Framing
  ) throws -> any SplitReader {
    let (files, secrets) = try resolved()
    return try secrets.hiding {
      guard
        let real = try files.splits().first(where: { Self.told($0.name, secrets) == split.name })
      else {
        throw ConnectError(
          "\(split.name) is gone", remedy: "put the file back, or the variables that name it")
      }
      return ShieldedReader(
        try files.open(real, at: position, framing: framing), secrets: secrets)
    }
  }

  private static func told(_ name: String, _ secrets: Secrets) -> String {
    let told = secrets.hidden(name)
    return told == name ? name : "\(told)#\(Secrets.mark(of: name, toldAs: told))"
  }
}

/// A reader whose faults say nothing secret.
private final class ShieldedReader: SplitReader {
  private let inner: any SplitReader
  private let secrets: Secrets

  init(_ inner: any SplitReader, secrets: Secrets) {
    self.inner = inner
    self.secrets = secrets
  }

  func next(maxRecords: Int, maxBytes: Int) throws -> RecordBlock? {
    try secrets.hiding { try inner.next(maxRecords: maxRecords, maxBytes: maxBytes) }
  }

  func close() { inner.close() }
}
