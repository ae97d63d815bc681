public import Engine
internal import Connectors
internal import Glibc

/// A pipeline file: its text, what it says, and everything that is wrong with it.
///
/// A value. Reading never fails: a file that makes no sense is a document with diagnostics. To
/// edit, replace a part of the text at the place of a value and parse again, so that comments and
/// order stay.
///
/// ```swift
/// let document = PipelineDocument.load(path: "clicks.yaml")
/// if document.hasErrors { print(document.renderedDiagnostics) }
/// ```
public struct PipelineDocument: Sendable {
  /// The path as it was given, for messages; paths in the pipeline are relative to its folder.
  public let path: String
  public let text: String
  /// The YAML tree; nil where it could not be read.
  public let root: YamlNode?
  /// The pipeline's name: as given, or made of the file's.
  public let name: String
  public let description: String?
  public let steps: [Step]
  public let checkpoint: CheckpointOptions
  public let restart: RestartOptions
  /// The most bytes of state; nil where the pipeline does not say.
  public let stateLimitBytes: Int64?
  public let parallelism: Int
  /// The tests that are sound as far as they can be read alone.
  public let tests: [PipelineTest]
  /// Everything found, in the order of the text.
  public let diagnostics: [Diagnostic]
  /// Why the text cannot be read as YAML: then nothing of it is known, and only the text itself can
  /// be mended. Nil where it can.
  public let yamlFault: Diagnostic?
  /// The keys at the top with their places, beside `steps`.
  public let settings: [StepOption]
  let analysis: Analysis
  /// Who has more faults than this has given something that is no pipeline.
  private static let maxDiagnostics = 500

  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  /// The diagnostics as people read them.
  public var renderedDiagnostics: String { DiagnosticRenderer.text(diagnostics, source: text) }

  /// The folder that paths in the pipeline are relative to.
  public var folder: String { Self.folder(of: path) }

  /// Reads a file; one that cannot be read is a document with a diagnostic that says why.
  public static func load(path: String) -> PipelineDocument {
    do {
      return parse(bytes: try read(path), path: path)
    } catch {
      return PipelineDocument(text: "", path: path, faults: [Fault(Self.unreadable(error), 0..<0)])
    }
  }

  /// - Parameter path: what the file is called in messages, and where relative paths start from.
  public static func parse(text: String, path: String) -> PipelineDocument {
    let isMarked = text.unicodeScalars.first == "\u{FEFF}"
    let text = isMarked ? String(text.unicodeScalars.dropFirst()) : text
    return PipelineDocument(text: text, path: path, faults: [])
  }

  /// Bytes that need not be UTF-8: lines that are not are reported.
  public static func parse(bytes: [UInt8], path: String) -> PipelineDocument {
    if let text = String(validating: bytes, as: UTF8.self) { return parse(text: text, path: path) }
    let (text, faults) = repaired(bytes)
    return PipelineDocument(text: text, path: path, faults: faults)
  }

  /// The document with a part of its text replaced.
  ///
  /// - Parameter range: UTF-8 bytes, such as the range of an option.
  public func replacing(_ range: Range<Int>, with replacement: String) -> PipelineDocument {
    var bytes = Array(text.utf8)
    bytes.replaceSubrange(range.clamped(to: 0..<bytes.count), with: Array(replacement.utf8))
    return .parse(bytes: bytes, path: path)
  }

  private init(text: String, path: String, faults early: [Fault]) {
    let source = SourceText(text)
    var faults = early
    var reader = DocumentReader(source: source)
    var isYaml = early.isEmpty
    if early.isEmpty {
      let (root, found) = YamlReader.read(source)
      faults += found
      isYaml = root != nil || found.isEmpty
      self.root = root
      if let root { reader.read(root) } else if found.isEmpty { reader.readNothing() }
    } else {
      root = nil
    }
    faults += reader.faults
    self.path = path
    self.text = text
    steps = reader.steps
    settings = reader.settings
    tests = reader.tests
    name = reader.name ?? Self.defaultName(path)
    description = reader.description
    checkpoint = reader.checkpoint(folder: Self.folder(of: path))
    restart = reader.restart
    stateLimitBytes = reader.stateLimitBytes
    parallelism = reader.parallelism
    var analyzer = Analyzer(
      source: source, steps: reader.steps, hasHoles: reader.hasHoles, parallelism: parallelism)
    analysis = analyzer.analyze(jobName: name)
    if reader.isReadable { faults += analyzer.faults }
    let hasErrors = faults.contains { $0.finding.code.severity == .error }
    if !hasErrors {
      faults += TestResolver.faults(of: reader.tests, analysis, source: source)
      faults += StaticWarnings.find(analysis, source: source)
    }
    var seen: Set<Fault> = []
    diagnostics = faults.filter { seen.insert($0).inserted }
      .sorted {
        ($0.range.lowerBound, $0.range.upperBound, $0.finding.code.rawValue)
          < ($1.range.lowerBound, $1.range.upperBound, $1.finding.code.rawValue)
      }
      .prefix(Self.maxDiagnostics)
      .map { $0.diagnostic(in: source, file: path) }
    yamlFault = isYaml ? nil : diagnostics.first
  }

  // MARK: Files

  private static func read(_ path: String) throws(FileSystem.Failure) -> [UInt8] {
    // A byte over the limit is enough to know that the file is too large.
    try FileSystem.beginning(of: path, limit: YamlReader.maxBytes + 1).bytes
  }

  private static func unreadable(_ failure: FileSystem.Failure) -> Finding {
    let remedy: String? =
      switch failure.code {
      case ENOENT, ENOTDIR: "check the path; `tidemark` alone shows the samples"
      case EACCES, EPERM: "check the owner and the mode of the file and of its folders"
      case EISDIR: "name the pipeline file in it"
      case EMFILE, ENFILE: "too many files are open: raise the limit with ulimit -n"
      case EIO: "the device failed: check it"
      default: nil
      }
    return .unreadable(reason: String(cString: strerror(failure.code)), remedy: remedy)
  }

  private static func repaired(_ bytes: [UInt8]) -> (text: String, faults: [Fault]) {
    var view = String.UnicodeScalarView()
    var faults: [Fault] = []
    var offset = 0
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar):
        view.append(scalar)
        offset += UTF8.width(scalar)
      case .error:
        if faults.count < 20 { faults.append(Fault(.notUTF8, offset..<(offset + 3))) }
        view.append("\u{FFFD}")
        offset += 3
      case .emptyInput: return (String(view), faults)
      }
    }
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func defaultName(_ path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? "pipeline"
    let stem = file.split(separator: ".").first.map(String.init) ?? "pipeline"
    let letters = stem.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
    let name = String(letters.prefix(64))
    return PipelineKeys.isName(name) ? name : "pipeline-" + name.prefix(50)
  }
}

extension PipelineDocument: Equatable {
  /// All that a document says comes from its text and where that stands.
  public static func == (a: PipelineDocument, b: PipelineDocument) -> Bool {
    a.text == b.text && a.path == b.path
  }
}
