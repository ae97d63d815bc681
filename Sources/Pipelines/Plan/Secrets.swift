internal import Engine
internal import Columns
internal import Connectors
internal import Expressions
internal import VisibleText

/// The values that `${env:NAME}` stands for in a job, and what is said in their place.
///
/// Whatever leaves a connector passes it: faults, notices, names of splits, handles for the
/// manifest. What it hides is told as the pipeline has it, `${env:NAME}`.
///
/// A value of under 4 bytes is hidden only as a part of the option it stands in: it is no secret,
/// and every number on the screen might hold it.
public struct Secrets: Sendable {
  public static let none = Secrets()
  private static let minBytes = 4

  private struct Entry: Sendable {
    var value: [UInt8]
    var label: [UInt8]
  }

  /// The longest value first, so that a whole is hidden before its parts.
  private var entries: [Entry] = []

  private init() {}

  public var isEmpty: Bool { entries.isEmpty }

  public mutating func add(_ other: Secrets) { for entry in other.entries { insert(entry) } }

  /// Hides what the environment puts into an option's text.
  mutating func add(template: String, _ environment: [String: String]) {
    for name in Interpolation.names(in: template) {
      guard let value = environment[name], !value.isEmpty else { continue }
      add(value, as: "${env:\(name)}")
    }
    guard let resolved = try? Interpolation.resolve(template, environment), resolved != template
    else { return }
    insert(resolved, template)
    // Of a pattern, what stands before its first sign.
    let signs: (Character) -> Bool = { "*?[".contains($0) }
    let start = template.prefix { !signs($0) }
    if start.count < template.count, start.contains("${env:"),
      let value = try? Interpolation.resolve(String(start), environment)
    {
      insert(value, String(start))
    }
  }

  /// Hides a value in every form that a message may have it in.
  private mutating func add(_ value: String, as label: String) {
    guard value.utf8.count >= Self.minBytes else { return }
    insert(value, label)
    insert(value.split(separator: "/").joined(separator: "/"), label)
    // A message may be about a folder on the way, or about the last name alone.
    var prefix = ""
    for part in value.split(separator: "/", omittingEmptySubsequences: false).dropLast() {
      prefix += prefix.isEmpty && part.isEmpty ? "/" : prefix.hasSuffix("/") ? part : "/\(part)"
      if prefix.hasPrefix("/"), !value.hasPrefix("/") { prefix.removeFirst() }
      if prefix.utf8.count >= 8 { insert(prefix, "\(label)…") }
    }
    for part in value.split(separator: "/") where part.utf8.count >= 6 {
      insert(String(part), "\(label)…")
    }
  }

  private mutating func insert(_ value: String, _ label: String) {
    for form in [
      value, SafeText.visible(value), String(JSONText.quoted(value).dropFirst().dropLast()),
      FileSystem.nameSafe(value),
    ]
    where form.utf8.count >= Self.minBytes {
      insert(Entry(value: Array(form.utf8), label: Array(label.utf8)))
    }
  }

  private mutating func insert(_ entry: Entry) {
    guard !entries.contains(where: { $0.value == entry.value }) else { return }
    let place = entries.firstIndex { $0.value.count < entry.value.count } ?? entries.count
    entries.insert(entry, at: place)
  }

  // MARK: Hiding

  /// The text with every value told by its name.
  public func hidden(_ text: String) -> String {
    if entries.isEmpty { return text }
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var isChanged = false
    var at = 0
    while at < bytes.count {
      if let entry = entries.first(where: { bytes[at...].starts(with: $0.value) }) {
        result += entry.label
        at += entry.value.count
        isChanged = true
      } else {
        result.append(bytes[at])
        at += 1
      }
    }
    return isChanged ? String(decoding: result, as: UTF8.self) : text
  }

  /// A fault that says nothing secret; one without secrets as it is.
  public func hidden(_ error: any Error) -> any Error {
    if entries.isEmpty { return error }
    if let error = error as? ConnectError {
      var told = error
      told.message = hidden(error.message)
      told.remedy = error.remedy.map { hidden($0) }
      return told
    }
    let words = "\(error)"
    let told = hidden(words)
    return told == words ? error : ConnectError(told)
  }

  /// Carries out work whose faults say nothing secret.
  func hiding<Result>(_ work: () throws -> Result) throws -> Result {
    do { return try work() } catch { throw hidden(error) }
  }

  // MARK: Telling apart

  /// 32 bits that tell one value from another without giving it away: the beginning of a SHA-256
  /// that is salted with what is told in its place. Enough to notice that a target has changed, too
  /// little to find a value of some length from.
  static func mark(of value: String, toldAs told: String) -> String {
    let arena = Arena(blockSize: 256)
    return String(MessageDigest.sha256.text(of: arena.copy("\(told)\u{0}\(value)")).prefix(8))
  }
}

extension PipelineDocument {
  /// Everything that the environment puts into options of its sources and sinks.
  public func secrets(_ environment: [String: String]) -> Secrets {
    var secrets = Secrets.none
    for option in steps.flatMap(\.options) {
      let texts = option.value.list?.map(\.value) ?? [option.value.text].compactMap { $0 }
      for text in texts where Interpolation.isUsed(in: text) {
        secrets.add(template: text, environment)
      }
    }
    return secrets
  }
}
