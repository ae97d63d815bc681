import Terminal
extension StudioState {
  /// Actions of the gallery; nil for those that are none.
  mutating func performInGallery(_ action: StudioAction) -> [StudioEffect]? {
    if action != .accept, gallery.filter.edit(action) {
      selectGalleryRow(0, of: gallery.items(settings).count)
      return []
    }
    let items = gallery.items(settings)
    let page = max(1, size.height / 2)
    switch action {
    case .up: selectGalleryRow(gallery.selected - 1, of: items.count)
    case .down: selectGalleryRow(gallery.selected + 1, of: items.count)
    case .first: selectGalleryRow(0, of: items.count)
    case .last: selectGalleryRow(items.count - 1, of: items.count)
    case .pageUp: gallery.scroll = max(0, gallery.scroll - page)
    case .pageDown: gallery.scroll += page
    case .close: if compose != nil { screen = .compose } else if run != nil { screen = .run }
    case .composeSelected:
      guard let item = items.element(at: gallery.selected) else { return [] }
      return write(item.path)
    case .accept, .openSelected:
      gallery.filter.isTyping = false
      guard let item = items.element(at: gallery.selected) else { return [] }
      return openListed(item.path)
    default: return nil
    }
    return []
  }

  /// Opens what is listed: a template is written on, anything else is seen.
  mutating func openListed(_ path: String) -> [StudioEffect] {
    let isTemplate = gallery.entries.contains { $0.path == path && $0.isTemplate }
    return isTemplate ? write(path) : open(path)
  }

  mutating func selectGalleryRow(_ index: Int, of count: Int) {
    gallery.selected = min(max(0, index), max(0, count - 1))
    gallery.scroll = 0
  }
}
