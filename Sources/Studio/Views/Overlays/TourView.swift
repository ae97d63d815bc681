import Terminal
import VisibleText

/// What a stop of the tour says, over the bottom of the screen.
struct TourView {
  let tour: Tour

  func draw(on canvas: inout Canvas) {
    let size = canvas.grid.size
    let width = min(size.width - 4, 84)
    guard width > 20 else { return }
    let lines = TextFit.wrapped(tour.stop.text, to: width - 4)
    let area = Rect(
      (size.width - width) / 2, max(0, size.height - lines.count - 5), width, lines.count + 4)
    canvas.grid.fill(area, canvas.theme[.text])
    let place = "\(tour.step + 1) of \(Tour.stops.count)"
    let inside = canvas.panel(area, title: tour.stop.title, note: place, focused: true)
      .inset(horizontally: 1, vertically: 0)
    for (row, line) in lines.enumerated() { canvas.put(line, in: inside, row: row, .text) }
    canvas.put(
      [
        ("Space", .key), (" goes on   ", .text), ("←", .key), (" back   ", .text),
        ("any other key", .key), (" leaves", .text),
      ], inside.x, inside.bottom - 1, clip: inside)
    canvas.hit(area, .hint(.tourNext))
  }
}
