import Foundation
import Testing

@testable import Terminal

/// What the shipped themes look like to the eyes they are made for, in numbers.
@Suite struct ThemeSightTests {
  private static let texts = ThemeRole.allCases.filter { $0 != .border }
  /// What a person must not mistake for one another on the timeline.
  private static let states: [ThemeRole] = [
    .windowOpen, .windowFired, .windowUpdated, .windowPurged, .late, .watermark,
  ]

  @Test(arguments: [
    ("dark", 4.5), ("light", 4.5), ("deuteranopia", 4.5), ("tritanopia", 4.5),
    ("high-contrast", 7),
  ])
  func `every text stands out from its ground`(name: String, least: Double) throws {
    let theme = try Theme.load(named: name)
    for role in Self.texts {
      let style = theme[role]
      let ratio = try Sight.contrast(style.foreground, style.background)
      #expect(ratio >= least, "\(role) \(ratio)")
    }
    for ground in [theme[.selection].background, theme[.changed].background] {
      #expect(try Sight.contrast(theme[.text].foreground, ground) >= least)
      // A state keeps its colour where it stands on a selected row.
      for role: ThemeRole in [.windowOpen, .windowFired, .windowUpdated, .late, .watermark] {
        let ratio = try Sight.contrast(theme[role].foreground, ground)
        #expect(ratio >= 3, "\(role) \(ratio)")
      }
    }
    let border = try Sight.contrast(theme[.border].foreground, theme[.border].background)
    #expect(border >= 2, "a border \(border)")
  }

  @Test(arguments: [
    ("dark", Sight.full, 0.09), ("light", Sight.full, 0.09), ("high-contrast", Sight.full, 0.12),
    ("deuteranopia", .full, 0.14), ("deuteranopia", .deuteranopia, 0.14),
    ("tritanopia", .full, 0.14), ("tritanopia", .tritanopia, 0.14),
  ])
  func `states and the watermark are told apart`(
    name: String, sight: Sight, least: Double
  ) throws {
    let theme = try Theme.load(named: name)
    for (index, one) in Self.states.enumerated() {
      for other in Self.states[(index + 1)...] {
        let apart = try sight.distance(theme[one].foreground, theme[other].foreground)
        #expect(apart >= least, "\(one) and \(other): \(apart)")
      }
    }
  }

  @Test func `the default themes need the two for other eyes`() throws {
    let open = Theme.dark[.windowOpen].foreground
    let updated = Theme.dark[.windowUpdated].foreground
    #expect(try Sight.deuteranopia.distance(open, updated) < 0.05)
  }

  @Test func `the sixteen-colour theme is made of the terminal's own colours`() throws {
    let theme = try Theme.load(named: "ansi16")
    for role in ThemeRole.allCases {
      #expect(theme[role].foreground.isUsersOwn && theme[role].background.isUsersOwn, "\(role)")
    }
    #expect(theme[.background].background == .terminal)
    for gradient in ThemeGradient.allCases {
      for step in 0...10 {
        let color = theme.color(gradient, at: Double(step) / 10)
        #expect(color.isUsersOwn, "\(gradient)")
      }
    }
  }

  @Test func `the plain theme has no colours, and what must be seen is marked`() throws {
    let theme = try Theme.load(named: "mono-ascii").resolved(for: .truecolor)
    #expect(theme.symbols == .ascii)
    for role in ThemeRole.allCases {
      #expect(theme[role].foreground == .terminal && theme[role].background == .terminal)
    }
    for role: ThemeRole in [.selection, .bad, .badge] {
      #expect(theme[role].attributes.contains(.reverse), "\(role)")
    }
  }

  @Test func `the measures agree with published values`() throws {
    #expect(try Sight.contrast(.rgb(0, 0, 0), .rgb(255, 255, 255)) == 21)
    let gray = try Sight.contrast(Color(hex: 0x767676), .rgb(255, 255, 255))
    #expect((4.5..<4.6).contains(gray))
    // OKLab: white is 1, black 0.
    let whole = try Sight.full.distance(.rgb(0, 0, 0), .rgb(255, 255, 255))
    #expect(abs(whole - 1) < 0.001)
    let (red, green) = (Color(hex: 0xC05040), Color(hex: 0x808020))
    #expect(
      try Sight.deuteranopia.distance(red, green) < Sight.full.distance(red, green) / 2)
  }
}

/// How eyes see colours: a matrix on linear red, green and blue. Machado, Oliveira and Fernandes,
/// "A Physiologically-based Model for Simulation of Color Vision Deficiency" (2009), severity 1.
struct Sight: Sendable, CustomTestStringConvertible {
  var testDescription: String
  private var rows: [[Double]]

  static let full = Sight(
    testDescription: "full sight", rows: [[1, 0, 0], [0, 1, 0], [0, 0, 1]])
  static let deuteranopia = Sight(
    testDescription: "deuteranopia",
    rows: [
      [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
      [-0.011820, 0.042940, 0.968881],
    ])
  static let tritanopia = Sight(
    testDescription: "tritanopia",
    rows: [
      [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
      [0.004733, 0.691367, 0.303900],
    ])

  private init(testDescription: String, rows: [[Double]]) {
    self.testDescription = testDescription
    self.rows = rows
  }

  /// WCAG 2.1's contrast ratio, 1...21.
  static func contrast(_ a: Color, _ b: Color) throws -> Double {
    let pair = try [a, b].map { color in
      let linear = try linear(color)
      return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }.sorted()
    return (pair[1] + 0.05) / (pair[0] + 0.05)
  }

  /// How far apart two colours look: their distance in OKLab, where black and white are 1 apart.
  func distance(_ a: Color, _ b: Color) throws -> Double {
    let (a, b) = (Self.lab(try seen(a)), Self.lab(try seen(b)))
    return zip(a, b).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot()
  }

  private func seen(_ color: Color) throws -> [Double] {
    let linear = try Self.linear(color)
    return rows.map { row in min(1, max(0, Self.dot(row, linear))) }
  }

  private static func linear(_ color: Color) throws -> [Double] {
    let (red, green, blue) = try #require(color.components)
    return [red, green, blue].map { value in
      let part = Double(value) / 255
      return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
    }
  }

  /// https://bottosson.github.io/posts/oklab/
  private static func lab(_ linear: [Double]) -> [Double] {
    let cones = [
      [0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ].map { cbrt(dot($0, linear)) }
    return [
      [0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.8086757660],
    ].map { dot($0, cones) }
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).map { $0 * $1 }.reduce(0, +)
  }
}
