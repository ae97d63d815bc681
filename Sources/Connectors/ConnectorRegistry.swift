public import Engine

/// Every connector that a pipeline file can name.
public enum ConnectorRegistry {
  public static let sources: [Descriptor] = [FileSource.descriptor]
  public static let sinks: [Descriptor] = [
    FileSink.descriptor, StdoutSink.descriptor, SqliteSink.descriptor,
  ]
}
