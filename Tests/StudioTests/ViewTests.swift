import Columns
import Engine
import Runtime
import Terminal
import Testing

@testable import Studio

@Suite struct ViewTests {
  @Test(arguments: [Size(120, 40), Size(80, 24), Size(66, 20), Size(40, 12)])
  func runScreens(size: Size) throws {
    var state = try Scene.run(at: 143, size)
    state.run?.focus = .timeline
    let frame = drawStudio(state, theme: .dark)
    let name = "run-\(size.width)x\(size.height)"
    let difference = try snapshotDifference(frame.grid.styledText, name)
    #expect(difference == nil)
  }

  @Test func otherScreens() throws {
    let gallery = drawStudio(Scene.gallery(Size(80, 24)), theme: .light)
    let galleryDifference = try snapshotDifference(gallery.grid.styledText, "gallery-80x24")
    #expect(galleryDifference == nil)
    var state = try Scene.run(at: 143, Size(80, 24))
    _ = reduce(&state, .action(.why))
    let why = try snapshotDifference(drawStudio(state, theme: .dark).grid.styledText, "why-80x24")
    #expect(why == nil)
    state.overlay = .help(SearchList())
    let help = try snapshotDifference(drawStudio(state, theme: .dark).grid.text, "help-80x24")
    #expect(help == nil)
    state.overlay = .palette(SearchList(query: "fir"))
    let palette = try snapshotDifference(drawStudio(state, theme: .dark).grid.text, "palette-80x24")
    #expect(palette == nil)
  }

  @Test(
    arguments: StudioScreen.allCases.filter { $0.needsPipeline && $0 != .run && $0 != .pair },
    [Size(120, 40), Size(80, 24)])
  func screens(screen: StudioScreen, size: Size) throws {
    let state = try Scene.shown(screen, size)
    let name = "\(screen.rawValue)-\(size.width)x\(size.height)"
    let difference = try snapshotDifference(
      drawStudio(state, theme: .dark).grid.styledText, name)
    #expect(difference == nil)
  }

  @Test func everySizeIsFilledExactly() throws {
    let run = try Scene.run(at: 200)
    let sizes =
      (1...40).flatMap { width in [1, 5, 17].map { Size(width * 3, $0) } }
      + stride(from: 1, through: 100, by: 9).map { Size(300, $0) } + [
        Size(1, 1), Size(60, 16), Size(59, 16), Size(78, 100),
      ]
    for size in sizes {
      for overlay in [nil, Overlay.help(SearchList()), .goTo(text: "x", fault: nil)] {
        var state = run
        state.size = size
        state.overlay = overlay
        #expect(drawStudio(state, theme: .dark).grid.size == size)
        for screen in overlay == nil ? StudioScreen.allCases : [.gallery] {
          state.screen = screen
          #expect(drawStudio(state, theme: .dark).grid.size == size)
        }
      }
      for panel in RunPanel.allCases {
        var state = run
        state.size = size
        state.run?.zoomed = panel
        #expect(drawStudio(state, theme: .dark).grid.size == size)
      }
    }
  }

  @Test func hostileAndExtremeDataIsDrawn() throws {
    var state = try Scene.run(at: 150)
    let key = "\u{1b}[31m\u{202e}日本語👩‍👩‍👧"
    let window = WindowView(
      key: key, start: eventTimeRange.lowerBound, end: eventTimeRange.upperBound, state: .updated,
      rows: .max, values: [key, key], previousValues: [], firings: .max, purgedAt: .max,
      changedAt: .max)
    state.run?.view.windows.append(window)
    state.run?.view.keys.append(KeyView(key: key, events: .max))
    state.run?.view.watermark = maxWatermark
    state.run?.view.position = .max
    state.run?.view.maxEventTime = eventTimeRange.upperBound
    state.run?.name = key
    for size in [Size(120, 40), Size(80, 24), Size(61, 16)] {
      state.size = size
      let text = drawStudio(state, theme: .dark).grid.text
      #expect(!text.contains("\u{1b}"))
      #expect(!text.contains("\u{202e}"))
    }
  }

  @Test func emptyViewsSayUnknownAndNotZero() throws {
    var state = Scene.gallery()
    _ = reduce(&state, .opened(Scene.summary(ReplayView())))
    let text = drawStudio(state, theme: .dark).grid.text
    #expect(text.contains("wm —"))
    #expect(text.contains("0 / —"))
  }

  @Test func statesAreToldWithoutColour() throws {
    let state = try Scene.run(at: 143)
    let mono = drawStudio(state, theme: Theme.dark.resolved(for: .mono)).grid.text
    for word in ["○ open", "● fired", "◉ updated", "PAUSED", "HASH", "1 late", "28 filtered"] {
      #expect(mono.contains(word), "\(word)")
    }
    let ascii = drawStudio(state, theme: Theme.dark.resolved(for: .mono), symbols: .ascii).grid.text
    let others = Set(ascii.unicodeScalars.filter { !$0.isASCII })
    #expect(others.isEmpty)
  }

  @Test func columnsGoByPriority() throws {
    let wide = drawStudio(try Scene.run(at: 143, Size(160, 40)), theme: .dark).grid.text
    let narrow = drawStudio(try Scene.run(at: 143, Size(80, 24)), theme: .dark).grid.text
    #expect(wide.contains("revenue"))
    #expect(!narrow.contains("revenue"))
    #expect(narrow.contains("window") && narrow.contains("state"))
  }

  @Test func whatIsDrawnCanBeClicked() throws {
    let state = try Scene.run(at: 143)
    let frame = drawStudio(state, theme: .dark)
    let targets = Set(frame.hits.map(\.target))
    #expect(targets.contains(.tab(.compose)))
    #expect(targets.contains(.lane("ad-17")))
    let hasWindow = targets.contains { if case .window = $0 { true } else { false } }
    #expect(hasWindow)
    let row = frame.grid.height - 2
    #expect(frame.target(at: 1, row) == .scrubber(0))
    for hit in frame.hits { #expect(frame.grid.bounds.intersection(hit.area) == hit.area) }
  }

  @Test func anOpenWindowSaysWhatItNeeds() throws {
    let view = try #require(try Scene.run(at: 143).run?.view)
    let window = try #require(view.windows.first { $0.state == .open })
    let text = WindowWhy.explain(window, in: view).map(\.text).joined(separator: "\n")
    #expect(text.contains("watermark ≥ end − 1 ms = \(formatClock(window.end - 1))"))
    #expect(text.contains("an event at ≥ \(formatClock(window.end + 4000, milliseconds: true))"))
  }

  @Test func aCountWindowDoesNotWaitForTheWatermark() throws {
    var view = try #require(try Scene.run(at: 143).run?.view)
    view.windowsEndByTime = false
    view.windowRule = "It fires with row number 5, whatever the watermark."
    let window = try #require(view.windows.first { $0.state == .open })
    let text = WindowWhy.explain(window, in: view).map(\.text).joined(separator: "\n")
    #expect(text.contains("row number 5") && !text.contains("end − 1 ms"))
    #expect(
      WindowColumns.fires(window, watermark: view.watermark, endsByTime: false).0 == unknownText)
  }

  @Test func aDayInATimeZoneShowsItsBoundsThereToo() throws {
    var view = try #require(try Scene.run(at: 143).run?.view)
    let hour: Int64 = 3_600_000
    view.windowZone = ZoneTable(
      name: "Europe/Berlin", initialOffsetMs: hour,
      changes: [(at: 1_774_746_000_000, offsetMs: 2 * hour)])
    var window = try #require(view.windows.first { $0.state == .open })
    (window.start, window.end) = (1_774_738_800_000, 1_774_821_600_000)
    let text = WindowWhy.explain(window, in: view).map(\.text).joined(separator: "\n")
    #expect(text.contains("Europe/Berlin: [2026-03-29 00:00, 2026-03-30 00:00), 23 h"))
  }

  @Test func windowsThatOverlapLieOnLevelsOfTheirOwn() {
    func window(_ key: String, _ start: Int64, _ end: Int64) -> WindowView {
      WindowView(
        key: key, start: start, end: end, state: .open, rows: 1, values: [], previousValues: nil,
        firings: 0, purgedAt: end, changedAt: 0)
    }
    let sliding = [window("a", 0, 20), window("a", 10, 30), window("a", 20, 40)]
    let levels = WindowLevels(sliding + [window("b", 5, 9)])
    #expect(sliding.map { levels[$0.id] } == [0, 1, 0])
    #expect(levels.count == 2)
    let growing = [window("a", 0, 10), window("a", 0, 20), window("a", 0, 30)]
    #expect(growing.map { WindowLevels(growing)[$0.id] } == [0, 1, 2])
    #expect(WindowLevels([window("a", 0, 10), window("a", 10, 20)]).count == 1)
  }

  @Test func aPipelineWithoutWindowsSaysSo() throws {
    var state = try Scene.run(at: 143)
    state.run?.view.windows = []
    state.run?.view.keys = []
    #expect(drawStudio(state, theme: .dark).grid.text.contains("No window has opened yet."))
    state.run?.view.windowNodes = []
    let text = drawStudio(state, theme: .dark).grid.text
    #expect(text.split(separator: "This pipeline has no window").count == 3)
    #expect(!text.contains("No event yet"))
  }

  @Test func panelsShareBordersAndCoverTheScreen() {
    for width in 78...200 {
      for height in 16...60 {
        let frame = ScreenFrame(Size(width, height))
        // However far a border is dragged, every panel stays.
        for dragged in [nil, -5, 3, 9, 25, 1000] {
          let layout = RunLayout(
            frame.body, tier: frame.tier, focus: .timeline, zoomed: nil, pipelineRows: 5,
            splits: .init(below: dragged, windows: dragged.map { $0 * 4 }))
          let panels = RunPanel.allCases.compactMap { layout.panels[$0] }
          #expect(panels.count == 4)
          for panel in panels {
            #expect(panel.height >= 3 && panel.width >= 10, "\(width)×\(height)")
            #expect(panel.y >= frame.tabs.bottom && panel.bottom <= frame.narrator.y)
          }
        }
      }
    }
  }

  @Test func everyPanelKeepsItsTitleWhicheverHasTheFocus() throws {
    for focus in RunPanel.allCases {
      var state = try Scene.run(at: 143, Size(80, 24))
      state.run?.focus = focus
      let text = drawStudio(state, theme: .dark).grid.text
      for title in [" pipeline ", " timeline ", " windows 36 ", " lag · checkpoints "] {
        #expect(text.contains(title), "\(title) with the focus on \(focus)")
      }
    }
  }

  @Test func diagnosticsKeepTheirColumns() {
    var state = Scene.gallery(Size(80, 24))
    _ = reduce(&state, .openFailed(path: "a.yaml", text: "  4 |   - windw\n    |     ^~~~~"))
    let text = drawStudio(state, theme: .dark).grid.text
    #expect(text.contains("   4 |   - windw"))
    #expect(text.contains("     |     ^~~~~"))
  }
}
