/// The defaults, on a dark and on a light ground.
extension BuiltInThemes {
  static let dark = ##"""
    # Colours are "#rrggbb", a palette name, or another role's name.
    summary: The default on a dark ground
    roles:
      background: {fg: "#cdd6f4", bg: "#11131c"}
      text: "#d7def7"
      muted: "#8089a8"
      title: {fg: "#f4f6ff", bold: true}
      border: "#56608a"
      focus: {fg: "#8fb8ff", bold: true}
      accent: "#8fb8ff"
      selection: {fg: "#ffffff", bg: "#2f4478", bold: true}
      good: "#9be28f"
      warning: "#f7cd6b"
      bad: {fg: "#ff7a8f", bold: true}
      late: "#ffa05c"
      watermark: {fg: "#5ee0d8", bold: true}
      window-open: "#7fc4ff"
      window-fired: {fg: "#9be28f", bold: true}
      window-updated: {fg: "#d8a8ff", bold: true}
      window-purged: "#7a83a3"
      key: {fg: "#f7cd6b", bold: true}
      changed: {fg: "#ffffff", bg: "#3b3a63"}
      badge: {fg: "#11131c", bg: "#8fb8ff", bold: true}
    gradients:
      load: {start: "#9be28f", mid: "#f7cd6b", end: "#ff7a8f"}
      lag: {start: "#5ee0d8", mid: "#f7cd6b", end: "#ffa05c"}
      rate: {start: "#4a6fc4", mid: "#7fc4ff", end: "#d8a8ff"}

    """##

  static let light = ##"""
    # The default on a light ground. Every text colour has a contrast of at least 4.5 to 1.
    summary: The default on a light ground
    roles:
      background: {fg: "#1f2430", bg: "#fafaf7"}
      text: "#1f2430"
      muted: "#626a7d"
      title: {fg: "#0b0e16", bold: true}
      border: "#9aa1b2"
      focus: {fg: "#1a56c4", bold: true}
      accent: "#1a56c4"
      selection: {fg: "#0b0e16", bg: "#c9dbff", bold: true}
      good: "#1b7332"
      warning: "#8a5a00"
      bad: {fg: "#bf1737", bold: true}
      late: "#a8480a"
      watermark: {fg: "#00707a", bold: true}
      window-open: "#0f62a8"
      window-fired: {fg: "#1b7332", bold: true}
      window-updated: {fg: "#7a2fb5", bold: true}
      window-purged: "#6a7184"
      key: {fg: "#8a5a00", bold: true}
      changed: {fg: "#0b0e16", bg: "#ffe9a8"}
      badge: {fg: "#ffffff", bg: "#1a56c4", bold: true}
    gradients:
      load: {start: "#1b7332", mid: "#8a5a00", end: "#bf1737"}
      lag: {start: "#00707a", mid: "#8a5a00", end: "#a8480a"}
      rate: {start: "#5b8def", mid: "#1a56c4", end: "#7a2fb5"}

    """##
}
