/// The screens of the studio, in the order of their keys.
public enum StudioScreen: String, CaseIterable, Sendable {
  case gallery, compose, run, windows, time, checkpoints, output, pair

  var title: String {
    self == .pair ? "A/B" : rawValue.prefix(1).uppercased() + rawValue.dropFirst()
  }

  /// Whether it shows an open pipeline.
  var needsPipeline: Bool { self != .gallery && self != .compose }

  /// Whether a pipeline that is opened again can begin on it.
  var returns: Bool { needsPipeline && self != .pair }

  var action: StudioAction {
    switch self {
    case .gallery: .showGallery
    case .compose: .showCompose
    case .run: .showRun
    case .windows: .showWindows
    case .time: .showTime
    case .checkpoints: .showCheckpoints
    case .output: .showOutput
    case .pair: .tryValue
    }
  }

  /// The screen that an action shows, whatever there is; that of two variants needs them first.
  init?(showing action: StudioAction) {
    guard action != .tryValue, let screen = Self.allCases.first(where: { $0.action == action })
    else { return nil }
    self = screen
  }
}
