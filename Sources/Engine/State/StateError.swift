/// State that cannot be read back.
public enum StateError: Error, Sendable, Equatable, CustomStringConvertible {
  case truncated
  case version(Int64)
  case different(operator: String, what: String)

  public var description: String {
    switch self {
    case .truncated: "the state is cut short"
    case .version(let version):
      "the state has format \(version), which this program does not read; start over with --fresh"
    case .different(let name, let what):
      "the state of '\(name)' does not fit the pipeline: \(what); start over with --fresh or put"
        + " the pipeline back as it was"
    }
  }
}
