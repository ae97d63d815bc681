import Columns
import Engine
import Testing

@testable import Pipelines

@Suite struct HidingSecrets {
  private func secrets(_ template: String, _ environment: [String: String]) -> Secrets {
    var secrets = Secrets.none
    secrets.add(template: template, environment)
    return secrets
  }

  static let texts: [(String, [String: String], String, String)] = [
    ("${env:S}", ["S": "hunter2hunter2"], "cannot open hunter2hunter2", "cannot open ${env:S}"),
    ("a/${env:S}.db", ["S": "hunter2"], "x a/hunter2.db y", "x a/${env:S}.db y"),
    ("a/${env:S}.db", ["S": "hunter2"], "/w/a/hunter2.db-journal", "/w/a/${env:S}.db-journal"),
    (
      "a/${env:S}.db", ["S": "hunter2"], ".hunter2.db.job.sink.1.staged",
      ".${env:S}.db.job.sink.1.staged"
    ),
    (
      "${env:D}/o", ["D": "/srv/secret/place"], "cannot create /srv/secret",
      "cannot create ${env:D}…"
    ),
    ("${env:D}/o", ["D": "/srv//secret"], "cannot open srv/secret/o", "cannot open ${env:D}/o"),
    ("${env:T}", ["T": "we ird\u{1B}name"], "no table we ird\\x1bname", "no table ${env:T}"),
    ("${env:T}", ["T": "a\"quote\""], "{\"x\":\"a\\\"quote\\\"\"}", "{\"x\":\"${env:T}\"}"),
    ("${env:T}", ["T": "per cent"], "name per%20cent.state", "name ${env:T}.state"),
    // Part of the whole only: too short to be looked for alone.
    ("logs/${env:N}.jsonl", ["N": "1"], "1 of logs/1.jsonl", "1 of logs/${env:N}.jsonl"),
    ("logs/${env:N}-*.csv", ["N": "1"], "logs/1-a.csv:1", "logs/${env:N}-a.csv:1"),
    (
      "${env:A}${env:B}", ["A": "first", "B": "second"], "second firstsecond",
      "${env:B} ${env:A}${env:B}"
    ),
    ("${env:A}", ["A": "same"], "nothing of it", "nothing of it"),
    // A label that another value stands in is not hidden again.
    (
      "${env:A}/${env:B}", ["A": "xyzzy", "B": "env:A"], "xyzzy then env:A",
      "${env:A} then ${env:B}"
    ),
  ]

  @Test(arguments: texts) func aValueIsToldByItsName(
    _ template: String, _ environment: [String: String], _ text: String, _ told: String
  ) {
    #expect(secrets(template, environment).hidden(text) == told)
  }

  @Test func aFaultKeepsWhatItIs() {
    let hidden = secrets("${env:S}", ["S": "hunter2hunter2"]).hidden(
      ConnectError("no hunter2hunter2", remedy: "make hunter2hunter2", isTransient: true))
    #expect(
      hidden as? ConnectError
        == ConnectError("no ${env:S}", remedy: "make ${env:S}", isTransient: true))
  }

  /// A sink that says and stores everything it knows.
  private final class Chatty: Sink {
    let guarantee = Guarantee.exactlyOnce
    var notices: [String] { ["wrote hunter2hunter2"] }
    private(set) var restored: [SinkHandle]?
    private(set) var committed: [SinkHandle] = []

    func open(restoring restored: [SinkHandle]?) throws { self.restored = restored }
    func write(_ batch: Batch) throws { throw ConnectError("hunter2hunter2 is full") }
    func precommit(checkpoint: Int64) throws -> PrecommittedTransaction {
      PrecommittedTransaction(
        SinkHandle(checkpoint: checkpoint, fields: ["path": "out/hunter2hunter2.db", "end": "7"]),
        makeDurable: { throw ConnectError("hunter2hunter2 is full") },
        makeVisible: { throw ConnectError("hunter2hunter2 is gone") })
    }
    func commit(_ handle: SinkHandle) throws { committed.append(handle) }
    func abort() throws {}
    func close() {}
  }

  @Test func aHandleIsStoredWithoutValuesAndComesBackWhole() throws {
    let environment = ["S": "hunter2hunter2"]
    let chatty = Chatty()
    let sink = ShieldedSink(
      chatty, secrets: secrets("out/${env:S}.db", environment), environment: environment)
    let transaction = try sink.precommit(checkpoint: 3)
    let fault = #expect(throws: ConnectError.self) { try transaction.makeDurable?() }
    #expect(fault?.message == "${env:S} is full")
    let second = #expect(throws: ConnectError.self) { try transaction.makeVisible?() }
    #expect(second?.message == "${env:S} is gone")
    let handle = transaction.handle
    #expect(handle.fields["path"] == "out/${env:S}.db" && handle.fields["end"] == "7")
    #expect(!"\(handle)".contains("hunter2"))
    try sink.commit(handle)
    try sink.open(restoring: [handle])
    let whole = SinkHandle(checkpoint: 3, fields: ["path": "out/hunter2hunter2.db", "end": "7"])
    #expect(chatty.committed == [whole] && chatty.restored == [whole])
    #expect(sink.notices == ["wrote ${env:S}"])
    // Another value is another place.
    let other = ["S": "hunter3hunter3"]
    let moved = ShieldedSink(
      Chatty(), secrets: secrets("out/${env:S}.db", other), environment: other)
    #expect(throws: ConnectError.self) { try moved.open(restoring: [handle]) }
  }
}
