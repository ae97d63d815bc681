/// An option of a step that can be given another value, whether or not it is in the text.
public struct EditableOption: Sendable, Hashable {
  /// The position of its step.
  public var step: Int
  /// What a reader calls the step: `window`, or `window 'clicks'`.
  public var stepTitle: String
  /// The option, then members of groups: `watermark`, `out_of_orderness`. An operator's own value
  /// (the condition of `filter`, the kind of `window`) has the operator's name.
  public var path: [String]
  /// As it is written, without quotes; nil where it is not given.
  public var text: String?
  /// What stands when it is not given; nil where there is nothing.
  public var defaultText: String?
  /// What may be written, where that is a choice.
  public var choices: [String]
  public var doc: String

  public init(
    step: Int, stepTitle: String, path: [String], text: String? = nil, defaultText: String? = nil,
    choices: [String] = [], doc: String
  ) {
    self.step = step
    self.stepTitle = stepTitle
    self.path = path
    self.text = text
    self.defaultText = defaultText
    self.choices = choices
    self.doc = doc
  }

  /// `watermark.out_of_orderness`.
  public var name: String { path.joined(separator: ".") }
}
