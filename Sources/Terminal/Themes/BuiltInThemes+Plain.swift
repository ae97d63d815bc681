/// For terminals that show fewer colours, or none.
extension BuiltInThemes {
  static let ansi16 = ##"""
    # Only the sixteen colours of the terminal itself, on its own ground: whatever its user made of them.
    summary: The terminal's own sixteen colours
    roles:
      background: {fg: default, bg: default}
      text: default
      muted: {fg: bright-black, mono: dim}
      title: {fg: default, bold: true}
      border: bright-black
      focus: {fg: bright-blue, bold: true}
      accent: bright-blue
      selection: {fg: bright-white, bg: blue, bold: true}
      good: green
      warning: yellow
      bad: {fg: bright-red, bold: true}
      late: bright-yellow
      watermark: {fg: bright-cyan, bold: true}
      window-open: bright-blue
      window-fired: {fg: green, bold: true}
      window-updated: {fg: bright-magenta, bold: true}
      window-purged: bright-black
      key: {fg: yellow, bold: true}
      changed: {fg: bright-white, bg: blue}
      badge: {fg: black, bg: bright-blue, bold: true}
    gradients:
      load: {start: green, mid: yellow, end: bright-red}
      lag: {start: bright-cyan, mid: yellow, end: bright-red}
      rate: {start: blue, mid: bright-blue, end: bright-cyan}

    """##

  static let monoAscii = ##"""
    # No colours and nothing but ASCII: for the plainest terminals, and for whoever likes it.
    # Meaning is kept by words, and by bold, dim, underline and reverse.
    summary: No colours, drawn in ASCII
    symbols: ascii
    colors: none
    roles:
      title: {mono: bold}
      selection: {mono: reverse}
      bad: {mono: bold reverse}
      late: {mono: underline}

    """##
}
