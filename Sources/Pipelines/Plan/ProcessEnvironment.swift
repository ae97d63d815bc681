internal import Foundation

/// The variables that the program was started with.
public enum ProcessEnvironment {
  public static var current: [String: String] { ProcessInfo.processInfo.environment }
}
