/// A list that may be longer than what is loaded of it: what is selected, by identity, and what is
/// filtered.
public struct ListState<ID: Hashable & Sendable>: Sendable, Equatable {
  /// Stays selected while rows move; nil before the first choice.
  public var selected: ID?
  /// The place of the selection in the whole list.
  public var place = 0
  public var filter = TextFilter()

  public init() {}

  /// The part of the list to load: around the selection, in steps, so that a move seldom asks again.
  var range: (offset: Int, limit: Int) { (max(0, (place / 100 - 2) * 100), 500) }

  /// Takes the rows that were loaded, from `offset` on: the selection finds its place again, or
  /// takes the row in its place.
  mutating func load(_ ids: [ID], offset: Int, total: Int) {
    if let selected, let index = ids.firstIndex(of: selected) {
      place = offset + index
    } else if !ids.isEmpty {
      place = min(max(0, place), total - 1)
      selected = ids.indices.contains(place - offset) ? ids[place - offset] : nil
    } else {
      (selected, place) = (nil, 0)
    }
  }

  /// Carries out a movement.
  ///
  /// - Parameters:
  ///   - ids: what is loaded, from `offset` on, of `total`.
  ///   - page: rows that a page goes.
  /// - Returns: false for an action that is no movement.
  mutating func move(
    _ action: StudioAction, _ ids: [ID], offset: Int, total: Int, page: Int
  ) -> Bool {
    let step: Int
    switch action {
    case .up: step = -1
    case .down: step = 1
    case .pageUp: step = -page
    case .pageDown: step = page
    case .first: step = -place
    case .last: step = total - 1 - place
    default: return false
    }
    place = min(max(0, place + step), max(0, total - 1))
    selected = ids.indices.contains(place - offset) ? ids[place - offset] : nil
    return true
  }

  /// Selects the row in a place.
  ///
  /// - Returns: false where it is selected already.
  mutating func choose(_ place: Int, _ ids: [ID], offset: Int) -> Bool {
    guard ids.indices.contains(place - offset), ids[place - offset] != selected else {
      return false
    }
    (self.place, selected) = (place, ids[place - offset])
    return true
  }

  /// Edits the filter, after which the list begins anew.
  ///
  /// - Returns: false for an action that has nothing to do with it.
  mutating func edit(_ action: StudioAction) -> Bool {
    let before = filter.text
    guard filter.edit(action) else { return false }
    if filter.text != before { place = 0 }
    return true
  }

  mutating func type(_ character: Character) {
    if filter.type(character) { place = 0 }
  }
}
