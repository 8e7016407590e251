import Files
import Foundation
import MetricCatalog
import Scores
import Video

/// Where the prompt of each video is.
public enum PromptSource: Sendable, Equatable {
  /// In a column of the manifest that names the videos.
  case column(String)
  /// In a file beside them.
  case file(String)
  /// In their names.
  case stem

  /// - Parameter text: `stem`, `column:NAME`, or a path.
  public init(_ text: String) {
    if text == "stem" {
      self = .stem
    } else if text.hasPrefix("column:") {
      self = .column(String(text.dropFirst("column:".count)))
    } else {
      self = .file(text)
    }
  }
}

/// The prompt of each fake video.
struct Prompts {
  /// In words.
  private let source: String
  private let texts: [String: String]
  let warnings: [ScoreWarning]

  /// - Throws: `EvaluationError.noPrompts`, `.noPrompt`, `.badPrompts`, `VideoError.set(.manifest)`.
  init(_ source: PromptSource, of fake: SampleSide) throws {
    let names = fake.names
    var unused = 0
    var found: [String: String] = [:]
    let way: String
    switch source {
    case .stem:
      self.source = "the videos' names"
      way = "--prompts FILE takes them from a file"
      for name in names { found[name] = Self.prompt(inName: name) }
    case .column(let column):
      let hasColumn = fake.items.contains { $0.labels[column] != nil }
      guard let set = fake.videos?.set, set.isOfManifest, hasColumn else {
        throw EvaluationError.noPrompts(path: fake.path)
      }
      self.source = "column `\(column)` of \(set.path)"
      way = "the column `\(column)` of its line is empty"
      for item in fake.items { found[item.name] = item.labels[column] }
    case .file(let path):
      self.source = path
      way = "an entry has its video's path below the set, whatever its extension"
      if path.lowercased().hasSuffix(".txt") {
        found = try Self.lines(of: path, for: fake)
      } else {
        let entries = try Self.entries(of: path)
        let pairNames = PairNames(fake.allNames, path: fake.path)
        for name in names { found[name] = entries[pairNames[name]] ?? entries[Self.fileStem(of: name)] }
        let all = Set(fake.allNames.flatMap { [pairNames[$0], Self.fileStem(of: $0)] })
        unused = entries.keys.count { !all.contains($0) }
      }
    }
    found = found.mapValues { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.filter { !$0.value.isEmpty }
    let missing = names.filter { found[$0] == nil }
    guard missing.isEmpty else {
      let place = if case .file(let path) = source { path } else { fake.path }
      throw EvaluationError.noPrompt(path: place, names: missing, way: way)
    }
    texts = found
    warnings =
      unused == 0
      ? []
      : [
        ScoreWarning(
          code: "unused-prompts", text: "\(count(unused, "prompt")) of `\(self.source)` belong to no video of the set")
      ]
  }

  /// - Parameter prefix: what stands before it, with a space between the two; `none` for nothing.
  func text(of video: String, prefix: String) -> String {
    let prompt = texts[video] ?? ""
    return prefix == "none" ? prompt : prefix + " " + prompt
  }

  /// - Parameter videos: in the order of their set, by whose digest they are known.
  func scored(_ videos: [String], prefix: String) -> ScoredPrompts {
    let all = videos.map { text(of: $0, prefix: prefix) }
    return ScoredPrompts(
      source: source, count: all.count, digest: SHA256.digest(of: all.map { $0 + "\n" }.joined()).description)
  }

  /// `clips/a_red_boat-3.mp4`: `a red boat`. As in VBench the number of the sample after `-` or `_` is left out; underscores
  /// stand for spaces. Rows of an array share its name.
  static func prompt(inName name: String) -> String {
    let path = fileStem(of: name)
    let stem = path.split(separator: "/").last.map(String.init) ?? path
    let bare = stem.replacing(/[-_][0-9]+$/, with: "")
    return bare.replacingOccurrences(of: "_", with: " ")
  }

  /// The path below the set without its extension; of rows of arrays, the array's.
  private static func fileStem(of name: String) -> String {
    VideoItem.stem(of: VideoItem.row(name).map { $0.file } ?? name)
  }

  // MARK: Files

  /// Where a table names the video.
  private static let nameColumns = ["path", "file_name", "name", "video"]

  /// By the video's path without its extension.
  private static func entries(of path: String) throws -> [String: String] {
    var found: [String: String] = [:]
    func put(_ name: String, _ prompt: String) throws {
      // `a.npy[3]` is called `a[3]`.
      let row = VideoItem.row(name)
      let key = row.map { VideoItem.stem(of: $0.file) + $0.row } ?? VideoItem.stem(of: name)
      guard found.updateValue(prompt, forKey: key) == nil else {
        throw EvaluationError.badPrompts(path: path, reason: "`\(key)` has two prompts")
      }
    }
    let ending = path.split(separator: ".").last?.lowercased()
    switch ending {
    case let ending? where Table.endings.contains(ending):
      for (line, columns) in try Manifest.rows(path, demanding: "prompt") {
        guard let name = Self.nameColumns.lazy.compactMap({ columns[$0] }).first else {
          let found = columns.keys.sorted().map { "`\($0)`" }.joined(separator: ", ")
          throw EvaluationError.badPrompts(
            path: path, reason: "line \(line) has no column `path`, `file_name`, `name` or `video`, but \(found)")
        }
        try put(name, columns["prompt"] ?? "")
      }
    case "json":
      guard let bytes = FileManager.default.contents(atPath: path) else {
        throw EvaluationError.badPrompts(path: path, reason: "it cannot be opened")
      }
      let object: [String: Any]
      do { object = try JSONText.object(bytes) } catch {
        throw EvaluationError.badPrompts(
          path: path, reason: "an object of names and prompts is expected, and it is \(error)")
      }
      for (name, prompt) in object {
        guard let prompt = prompt as? String else {
          throw EvaluationError.badPrompts(path: path, reason: "the prompt of `\(name)` is not a text")
        }
        try put(name, prompt)
      }
    default:
      throw EvaluationError.badPrompts(
        path: path, reason: "prompts are in a .csv, .tsv, .jsonl, .json or .txt, or are called `stem` or `column:NAME`")
    }
    return found
  }

  /// One prompt a line, in the order of the videos.
  private static func lines(of path: String, for fake: SampleSide) throws -> [String: String] {
    let lines = TextLines.withoutBlankEnd(try TextFile.read(path)).map { String($0.text) }
    let names = fake.allNames
    guard lines.count == names.count else {
      throw EvaluationError.badPrompts(
        path: path,
        reason: "\(count(lines.count, "line")) for \(count(names.count, "video")): a line is for one video, in natural "
          + "order of their names")
    }
    return Dictionary(zip(names, lines)) { first, _ in first }
  }
}
