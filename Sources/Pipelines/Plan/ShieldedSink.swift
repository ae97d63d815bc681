internal import Columns
internal import Engine

/// A sink whose options hold `${env:NAME}`: nothing that it says or leaves in a checkpoint has the
/// values.
///
/// A handle is stored with the names in place of the values, and with a mark of the values, so that
/// a job that is restored into another place is refused.
final class ShieldedSink: Sink {
  private let inner: any Sink
  private let secrets: Secrets
  private let environment: [String: String]
  private static let markField = "environment"

  init(_ inner: any Sink, secrets: Secrets, environment: [String: String]) {
    self.inner = inner
    self.secrets = secrets
    self.environment = environment
  }

  var guarantee: Guarantee { inner.guarantee }
  var notices: [String] { inner.notices.map { secrets.hidden($0) } }

  func open(restoring restored: [SinkHandle]?) throws {
    let handles = try restored?.map(revealed)
    try secrets.hiding { try inner.open(restoring: handles) }
  }

  func write(_ batch: Batch) throws { try secrets.hiding { try inner.write(batch) } }

  func precommit(checkpoint: Int64) throws -> PrecommittedTransaction {
    let transaction = try secrets.hiding { try inner.precommit(checkpoint: checkpoint) }
    func hiding(_ step: (@Sendable () throws -> Void)?) -> (@Sendable () throws -> Void)? {
      guard let step else { return nil }
      return { [secrets] in try secrets.hiding(step) }
    }
    return PrecommittedTransaction(
      told(transaction.handle), makeDurable: hiding(transaction.makeDurable),
      makeVisible: hiding(transaction.makeVisible))
  }

  func commit(_ handle: SinkHandle) throws {
    let handle = try revealed(handle)
    try secrets.hiding { try inner.commit(handle) }
  }

  func abort() throws { try secrets.hiding { try inner.abort() } }
  func close() { inner.close() }

  // MARK: Handles

  private func told(_ handle: SinkHandle) -> SinkHandle {
    var told = handle
    for (name, value) in handle.fields { told.fields[name] = secrets.hidden(value) }
    if told != handle { told.fields[Self.markField] = mark(of: handle, toldAs: told) }
    return told
  }

  private func revealed(_ told: SinkHandle) throws -> SinkHandle {
    guard let mark = told.fields[Self.markField] else { return told }
    var handle = told
    handle.fields[Self.markField] = nil
    var bare = handle
    for (name, value) in handle.fields where Interpolation.isUsed(in: value) {
      handle.fields[name] = try Interpolation.resolve(value, environment)
      bare.fields[name] = value
    }
    guard self.mark(of: handle, toldAs: bare) == mark else {
      let names = told.fields.values.flatMap { Interpolation.names(in: $0) }
      throw ConnectError(
        "the checkpoint's results are in another place than \(told.fields["path"] ?? "this") is now",
        remedy: "put \(Set(names).sorted().joined(separator: ", ")) back, or start afresh")
    }
    return handle
  }

  private func mark(of handle: SinkHandle, toldAs told: SinkHandle) -> String {
    let changed = handle.fields.keys.filter { handle.fields[$0] != told.fields[$0] }.sorted()
    func joined(_ fields: [String: String]) -> String {
      changed.map { "\($0)=\(fields[$0] ?? "")" }.joined(separator: "\n")
    }
    return Secrets.mark(of: joined(handle.fields), toldAs: joined(told.fields))
  }
}
