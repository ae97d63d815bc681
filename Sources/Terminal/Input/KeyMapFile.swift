internal import Yams

/// A file that gives actions other keys: a mapping of action names to keys as people write them.
///
/// ```yaml
/// replay.play-pause: Space p
/// studio.quit: [Ctrl-Q]
/// replay.restart: ""        # no key at all
/// ```
public enum KeyMapFile {
  /// What is wrong in it, with its place and a remedy.
  public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
    public var file: String
    /// From 1.
    public var line: Int
    public var column: Int
    public var message: String

    public var description: String { "\(file):\(line):\(column): error: \(message)" }
  }

  /// Actions of a file at most: more is no key map.
  private static let maxEntries = 1000

  /// The key map with a file's changes, and every fault of the file. Keys that come to mean two
  /// things in one place are faults.
  public static func read(
    _ text: String, file: String, over keys: KeyMap
  ) -> (keys: KeyMap, faults: [Fault]) {
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      return (keys, [syntax(error, file)])
    } catch {
      return (keys, [Fault(file: file, line: 1, column: 1, message: "\(error)")])
    }
    guard let root else { return (keys, []) }
    guard case .mapping(let mapping) = root, mapping.count <= maxEntries else {
      return (
        keys,
        [
          fault(
            root, file, "a key map is a mapping; write lines such as `replay.play-pause: Space p`")
        ]
      )
    }
    var changed = keys
    var faults: [Fault] = []
    var places: [String: Node] = [:]
    for (key, value) in mapping {
      guard let action = key.scalar?.string else {
        faults.append(fault(key, file, "an action is named by a text, such as replay.restart"))
        continue
      }
      places[action] = key
      guard let names = names(value) else {
        faults.append(fault(value, file, "keys are a text such as \"Space p\", or a list of texts"))
        continue
      }
      do {
        try changed.remap(action, to: names)
      } catch {
        faults.append(fault(isKey(error) ? value : key, file, "\(error)"))
      }
    }
    for clash in changed.clashes() {
      let place = clash.actions.compactMap { places[$0.rawValue] }.first ?? root
      faults.append(fault(place, file, "\(clash)"))
    }
    return (changed, faults)
  }

  private static func isKey(_ error: KeyMap.RemapError) -> Bool {
    if case .unknownKey = error { true } else { false }
  }

  private static func names(_ node: Node) -> String? {
    switch node {
    case .scalar(let scalar): return scalar.string == "~" ? "" : scalar.string
    case .sequence(let sequence):
      let names = sequence.compactMap { $0.scalar?.string }
      return names.count == sequence.count ? names.joined(separator: " ") : nil
    default: return nil
    }
  }

  private static func fault(_ node: Node, _ file: String, _ message: String) -> Fault {
    Fault(
      file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1, message: message)
  }

  private static func syntax(_ error: YamlError, _ file: String) -> Fault {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      Fault(file: file, line: mark.line, column: mark.column, message: "YAML: \(problem)")
    default: Fault(file: file, line: 1, column: 1, message: "YAML: cannot be read")
    }
  }
}
