public import Columns
public import Engine
internal import Glibc
internal import VisibleText

/// Writes results to standard output as they come: at-least-once, since what was printed cannot be
/// taken back.
///
/// On a terminal everything invisible is shown; into pipes and files rows go as they are.
public final class StdoutSink: Sink {
  public let guarantee = Guarantee.atLeastOnce
  /// The fault of writing to a pipe whose reader is gone, as `head` does: often not worth a message.
  public static let readerGone = ConnectError(
    "cannot write to standard output: nobody reads it any more",
    remedy: "keep the reader of the pipe open until the job is done")

  private let encoder: RowEncoder
  private let file: Int32
  private let isTerminal: Bool

  /// - Parameters:
  ///   - columns: the positions of the columns that are written, in order.
  ///   - file: the open file that is written; standard output but in tests.
  public init(
    format: RowFormat, schema: Schema, columns: [Int], file: Int32 = 1
  ) {
    encoder = RowEncoder(format, schema: schema, columns: columns)
    self.file = file
    isTerminal = isatty(file) != 0
  }

  /// Prints the names of the columns for CSV, but not again when a checkpoint is restored.
  public func open(restoring restored: [SinkHandle]?) throws {
    // Otherwise a closed pipe kills the process before the fault can be told.
    var action = sigaction()
    if sigaction(SIGPIPE, nil, &action) == 0, action.__sigaction_handler.sa_handler == nil {
      signal(SIGPIPE, SIG_IGN)
    }
    if restored == nil {
      encoder.appendHeader()
      try flush()
    }
  }

  public func write(_ batch: Batch) throws {
    encoder.append(batch)
    try flush()
  }

  public func precommit(checkpoint: Int64) throws -> PrecommittedTransaction {
    PrecommittedTransaction(SinkHandle(checkpoint: checkpoint))
  }
  public func commit(_ handle: SinkHandle) throws {}
  public func abort() throws {}
  public func close() {}

  private func flush() throws {
    defer { encoder.output.removeAll() }
    guard isTerminal else { return try writeAll(encoder.output.bytes) }
    let form: TerminalBytes.Form = encoder.format.kind == .csv ? .csv : .jsonLines
    try TerminalBytes.visible(encoder.output.bytes, form).withUnsafeBytes { try writeAll($0) }
  }

  private func writeAll(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while let start = rest.baseAddress, !rest.isEmpty {
      let written = FileSystem.retrying { Glibc.write(file, start, rest.count) }
      if written < 0 {
        switch errno {
        case EPIPE: throw Self.readerGone
        case EAGAIN: try waitUntilWritable()
        default: throw SystemFault.error("write to standard output", code: errno)
        }
      } else {
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
      }
    }
  }

  /// A terminal or pipe that somebody set to non-blocking.
  private func waitUntilWritable() throws {
    var entry = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
    if FileSystem.retrying({ Int(poll(&entry, 1, -1)) }) < 0 {
      throw SystemFault.error("write to standard output", code: errno)
    }
  }
}

extension ConnectError {
  /// Whether the reader of a pipe that results were written to is gone (EPIPE).
  public var isReaderGone: Bool { message == StdoutSink.readerGone.message }
}
