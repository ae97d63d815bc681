extension SampleLog {
  /// Writes the log.
  ///
  /// - Parameters:
  ///   - options: its size and shape.
  ///   - write: takes the index of a split and the next bytes of it: whole lines, at most 64 KiB.
  ///     The bytes are valid during the call. A split without events is never called for.
  /// - Throws: ``GenerateError`` for an option that cannot be, and what `write` throws.
  public func generate(
    _ options: GenerateOptions, write: (Int, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try options.check()
    try withoutActuallyEscaping(write) { write in
      let output = LineOutput(splits: options.splits, write: write)
      switch self {
      case .adClicks:
        var log = AdClicks(options)
        try log.write(to: output)
      case .hostMetrics:
        var log = HostMetrics(options)
        try log.write(to: output)
      case .webAccess:
        var log = WebAccess(options)
        try log.write(to: output)
      case .bench:
        var log = BenchClicks(options)
        try log.write(to: output)
      }
      try output.finish()
    }
  }

  /// 2026-03-02T09:00:03Z, a Monday: ordinary disorder does not reach back before nine.
  static let firstArrivalMs: Int64 = 1_772_442_003_000
}
