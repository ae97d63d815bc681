import VisibleText

/// What a key does, by name: "run.pause". The names are what users write to remap a key.
public struct ActionID: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  public init(stringLiteral value: String) { rawValue = value }
  public var description: String { rawValue }
}

/// Where a key means something: "global", "run", "list", "form".
public struct KeyContext: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  public init(stringLiteral value: String) { rawValue = value }
  public var description: String { rawValue }

  /// Holds everywhere, unless a nearer context uses the key.
  public static let global: KeyContext = "global"
}

/// Which keys do which action in which context. Footer hints, the key help and remapping all come
/// from this one table.
public struct KeyMap: Hashable, Sendable {
  /// One action and its keys.
  public struct Binding: Hashable, Sendable {
    public var action: ActionID
    public var context: KeyContext
    public var keys: [Key]
    /// What it does, for the footer and the help: "pause".
    public var title: String
    /// Place in the footer, the smallest first; nil keeps it out.
    public var hint: Int?

    public init(
      _ action: ActionID, in context: KeyContext = .global, keys: [Key], title: String,
      hint: Int? = nil
    ) {
      self.action = action
      self.context = context
      self.keys = keys
      self.title = title
      self.hint = hint
    }
  }

  /// One key that means two things in one place; the first of them wins.
  public struct Clash: Hashable, Sendable, CustomStringConvertible {
    public let key: Key
    public let context: KeyContext
    public let actions: [ActionID]

    public var description: String {
      let names = actions.map(\.rawValue).joined(separator: " and ")
      return "\(key) in \(context) does \(names); give one of them another key"
    }
  }

  /// Why a text is not a remapping.
  public enum RemapError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownAction(String, suggestion: String?)
    case unknownKey(String)

    public var description: String {
      switch self {
      case .unknownAction(let name, let suggestion):
        let remedy = suggestion.map { "did you mean \"\($0)\"?" } ?? "see the key help for names"
        return "there is no action \"\(SafeText.visible(name))\"; \(remedy)"
      case .unknownKey(let name):
        return
          "\"\(SafeText.visible(name))\" is no key; write one as Space, g, Ctrl-P, Alt-Left, F5"
      }
    }
  }

  public private(set) var bindings: [Binding]

  public init(_ bindings: [Binding] = []) { self.bindings = bindings }

  /// The action of a key, looking through `contexts` from the nearest to the farthest; `.global`
  /// comes last whether it is named or not.
  public func action(for key: Key, in contexts: [KeyContext]) -> ActionID? {
    for context in KeyMap.withGlobal(contexts) {
      for binding in bindings where binding.context == context && binding.keys.contains(key) {
        return binding.action
      }
    }
    return nil
  }

  /// The keys of an action, the preferred first, over all its bindings.
  public func keys(for action: ActionID) -> [Key] {
    bindings.filter { $0.action == action }.flatMap(\.keys)
  }

  /// Bindings of a context in the order of the table, for the key help.
  public func bindings(in context: KeyContext) -> [Binding] {
    bindings.filter { $0.context == context }
  }

  /// Contexts in the order in which they first appear.
  public var contexts: [KeyContext] {
    bindings.reduce(into: []) { if !$0.contains($1.context) { $0.append($1.context) } }
  }

  /// What the footer says for these contexts: only keys that work there, by place.
  public func hints(in contexts: [KeyContext]) -> [(key: String, title: String)] {
    let order = KeyMap.withGlobal(contexts)
    let shown = bindings.enumerated().filter { _, binding in
      guard binding.hint != nil, order.contains(binding.context), let key = binding.keys.first
      else { return false }
      return action(for: key, in: contexts) == binding.action
    }
    let sorted = shown.sorted {
      ($0.element.hint ?? 0, $0.offset) < ($1.element.hint ?? 0, $1.offset)
    }
    return sorted.map { _, binding in
      (binding.keys.first.map { "\($0)" } ?? "", binding.title)
    }
  }

  /// Every key that does two things in one context, in the order of the table.
  public func clashes() -> [Clash] {
    var actions: [Place: [ActionID]] = [:]
    var order: [Place] = []
    for binding in bindings {
      for key in binding.keys {
        let place = Place(context: binding.context, key: key)
        if actions[place] == nil { order.append(place) }
        if actions[place]?.contains(binding.action) != true {
          actions[place, default: []].append(binding.action)
        }
      }
    }
    return order.compactMap { place in
      guard let list = actions[place], list.count > 1 else { return nil }
      return Clash(key: place.key, context: place.context, actions: list)
    }
  }

  private struct Place: Hashable {
    var context: KeyContext
    var key: Key
  }

  /// Gives an action other keys, named as people write them, separated by spaces:
  /// `remap("run.pause", to: "Space p")`. No key at all turns it off.
  public mutating func remap(_ action: String, to names: String) throws(RemapError) {
    let id = ActionID(rawValue: action)
    guard bindings.contains(where: { $0.action == id }) else {
      let known = bindings.map(\.action.rawValue)
      throw .unknownAction(action, suggestion: Suggestion.nearest(to: action, among: known))
    }
    let keys = try KeyMap.keys(named: names)
    for index in bindings.indices where bindings[index].action == id {
      bindings[index].keys = keys
    }
  }

  private static func keys(named names: String) throws(RemapError) -> [Key] {
    // A comma alone is the key; one after a name separates.
    var keys: [Key] = []
    for word in names.split(whereSeparator: \.isWhitespace) {
      var name = String(word)
      if name.count > 1, name.hasSuffix(",") { name.removeLast() }
      guard let key = Key(name) else { throw .unknownKey(name) }
      keys.append(key)
    }
    return keys
  }

  private static func withGlobal(_ contexts: [KeyContext]) -> [KeyContext] {
    contexts.contains(.global) ? contexts : contexts + [.global]
  }
}
