/// Every operator, record format and window of the engine, by its descriptor.
///
/// Adding one means a file beside this one and a line in a list here.
public enum OperatorDescriptors {
  /// Steps whose key is their own name, such as `filter: …`.
  public static let operators: [Descriptor] = [.filter, .derive, .keyBy, .aggregate]
  /// What may stand after `parse:`.
  public static let formats: [Descriptor] = [.json, .csv, .regex, .accessLog]
  /// What may stand after `window:`.
  public static let windows: [Descriptor] = [
    .tumbling, .sliding, .cumulating, .session, .count, .global,
  ]

  /// All of them, in the order in which rows pass them.
  public static let all: [Descriptor] = formats + operators.prefix(3) + windows + [.aggregate]
}
