/// For eyes that see less contrast or fewer colours.
extension BuiltInThemes {
  static let highContrast = ##"""
    # Every text at least 7 to 1 against its ground, on pure black; no shades that carry meaning alone.
    summary: Black and bright, 7 to 1 everywhere
    inherits: dark
    roles:
      background: {fg: "#ffffff", bg: "#000000"}
      text: "#ffffff"
      muted: "#b9bfca"
      title: {fg: "#ffffff", bold: true}
      border: "#a7aebb"
      focus: {fg: "#ffe14a", bold: true}
      accent: "#6cc9ff"
      selection: {fg: "#ffffff", bg: "#0a3d91", bold: true}
      good: "#6ff24f"
      warning: "#ffd23f"
      bad: {fg: "#ff8f9c", bold: true}
      late: "#ffa51f"
      watermark: {fg: "#a5fbf6", bold: true}
      window-open: "#38b9ff"
      window-fired: {fg: "#74f03f", bold: true}
      window-updated: {fg: "#fb88fe", bold: true}
      window-purged: "#a4a7ad"
      key: {fg: "#ffe14a", bold: true}
      changed: {fg: "#ffffff", bg: "#4a2a7a", bold: true}
      badge: {fg: "#000000", bg: "#ffffff", bold: true}
    gradients:
      load: {start: "#6ff24f", mid: "#ffd23f", end: "#ff8f9c"}
      lag: {start: "#a5fbf6", mid: "#ffd23f", end: "#ffa51f"}
      rate: {start: "#38b9ff", mid: "#a5fbf6", end: "#ffffff"}

    """##

  static let deuteranopia = ##"""
    # For eyes that do not tell red from green (deuteranopia, protanopia): blue against yellow, and
    # light against dark. What a window's state means is told apart by brightness as well as by hue.
    summary: Dark, for red-green colour blindness
    inherits: dark
    roles:
      background: {fg: "#d6deee", bg: "#0f1420"}
      text: "#dbe3f3"
      muted: "#8792ab"
      border: "#56658a"
      focus: {fg: "#7db4ff", bold: true}
      accent: "#7db4ff"
      selection: {fg: "#ffffff", bg: "#22406f", bold: true}
      good: "#8fd0ff"
      warning: "#f9e45b"
      bad: {fg: "#ff8a3d", bold: true}
      late: "#f0871f"
      watermark: {fg: "#ccf7fb", bold: true}
      window-open: "#4f8fff"
      window-fired: {fg: "#fbe93f", bold: true}
      window-updated: {fg: "#c9acff", bold: true}
      window-purged: "#7f858f"
      key: {fg: "#f9e45b", bold: true}
      changed: {fg: "#ffffff", bg: "#33363f"}
      badge: {fg: "#0f1420", bg: "#7db4ff", bold: true}
    gradients:
      load: {start: "#4f8fff", mid: "#d9dfe9", end: "#ff9a3d"}
      lag: {start: "#8fd0ff", mid: "#f9e45b", end: "#f0871f"}
      rate: {start: "#3566b8", mid: "#7db4ff", end: "#fbe93f"}

    """##

  static let tritanopia = ##"""
    # For eyes that do not tell blue from green, nor yellow from pink (tritanopia): red against teal, and
    # light against dark. What a window's state means is told apart by brightness as well as by hue.
    summary: Dark, for blue-yellow colour blindness
    inherits: dark
    roles:
      background: {fg: "#dde1e6", bg: "#111418"}
      text: "#e2e6ea"
      muted: "#8d959e"
      border: "#5a646f"
      focus: {fg: "#5cc3ec", bold: true}
      accent: "#5cc3ec"
      selection: {fg: "#ffffff", bg: "#1d3f50", bold: true}
      good: "#5fe6a0"
      warning: "#fdb88a"
      bad: {fg: "#ff5f6d", bold: true}
      late: "#fdb171"
      watermark: {fg: "#daf9f1", bold: true}
      window-open: "#4a9ffb"
      window-fired: {fg: "#51ec89", bold: true}
      window-updated: {fg: "#fb4596", bold: true}
      window-purged: "#828489"
      key: {fg: "#fdb88a", bold: true}
      changed: {fg: "#ffffff", bg: "#3f3038"}
      badge: {fg: "#111418", bg: "#5cc3ec", bold: true}
    gradients:
      load: {start: "#4cc9c0", mid: "#e6e0e2", end: "#ff5f6d"}
      lag: {start: "#5cc3ec", mid: "#e6e0e2", end: "#ff7f5c"}
      rate: {start: "#27708c", mid: "#5cc3ec", end: "#daf9f1"}

    """##
}
