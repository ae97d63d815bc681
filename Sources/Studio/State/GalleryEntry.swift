/// A pipeline that can be opened from the gallery.
public struct GalleryEntry: Sendable, Hashable {
  public var title: String
  /// One line: what it shows.
  public var summary: String
  /// What is given to the opener.
  public var path: String
  /// The sample's description: its story and what to look for.
  public var readme: String
  /// The pipeline file as it stands.
  public var pipeline: String
  /// In a few words, such as `50,000 events`; nil where it is not known.
  public var size: String?
  /// Whether it is a beginning to be written on, not a sample to be seen.
  public var isTemplate: Bool

  public init(
    title: String, summary: String, path: String, readme: String, pipeline: String,
    size: String? = nil, isTemplate: Bool = false
  ) {
    self.isTemplate = isTemplate
    self.title = title
    self.summary = summary
    self.path = path
    self.readme = readme
    self.pipeline = pipeline
    self.size = size
  }
}
