import Files
import Foundation

/// What stands beside finished outputs: only a folder with it is whole.
public struct GenerationRecord: Codable, Sendable, Equatable {
  public var schema = "vidmetrics.generation/1"
  public var date: String
  /// What decided the outputs.
  public var recipe: Recipe
  public var suite: String
  public var generator: String
  public var calls: [Call]
  public var samples: Int
  /// Of the wall clock, all calls together.
  public var seconds: Double
  /// Largest resident set of one process, in bytes.
  public var peakMemory: Int?

  public struct Recipe: Codable, Sendable, Equatable {
    /// The template.
    public var command: String
    public var seed: Int?
    public var count: Int?
    public var checkpoint: String?
    /// Size and time of change, see `InputIdentity.stamp`.
    public var checkpointStamp: String?
    /// A digest of prompts, classes and the contents of pictures, in the order of the calls.
    public var conditions: String?
    /// Of a recipe that is wanted, what a record of 0.1.0 would hold; no part of a record.
    var before: Before?

    struct Before: Sendable, Equatable {
      var checkpointStamp: String?
      /// Pictures counted by their paths.
      var conditions: String?
    }

    private enum CodingKeys: String, CodingKey {
      case command, seed, count, checkpoint, checkpointStamp, conditions
    }

    /// In words, the first thing that differs; nil if nothing does. What 0.1.0 recorded is compared by its own rules.
    func difference(from wanted: Recipe) -> String? {
      func say(_ what: String, _ a: String?, _ b: String?) -> String? {
        a == b ? nil : "\(what) was \(a.map { "`\($0)`" } ?? "none") and is \(b.map { "`\($0)`" } ?? "none")"
      }
      return say("the command", command, wanted.command) ?? say(
        "the seed", seed.map(String.init), wanted.seed.map(String.init))
        ?? say("the count", count.map(String.init), wanted.count.map(String.init))
        ?? say("the checkpoint", checkpoint, wanted.checkpoint)
        ?? (checkpointStamp == wanted.before?.checkpointStamp
          ? nil : say("the checkpoint's file", checkpointStamp, wanted.checkpointStamp))
        ?? ([wanted.conditions, wanted.before?.conditions].contains(conditions)
          ? nil : "prompts, classes or pictures were others")
    }
  }

  public struct Call: Codable, Sendable, Equatable {
    /// With its values as words; it wrote to a folder that has another name since.
    public var command: String
    public var seconds: Double
    public var peakMemory: Int?
    public var samples: Int
  }

  /// nil where there is none.
  ///
  /// - Throws: `HarnessError.unreadable`.
  static func read(_ path: String) throws -> GenerationRecord? {
    guard SuitePaths.exists(path) else { return nil }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do { return try decoder.decode(GenerationRecord.self, from: Data(TextFile.read(path).utf8)) } catch is DecodingError
    {
      throw HarnessError.unreadable(
        path: path, reason: "it is no record of how outputs were made\nhint: --force makes the outputs again")
    }
  }

  func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try WholeFile.write(Array(encoder.encode(self)), to: path)
  }
}

/// The folder of one job: `samples/`, `stdout.txt`, `stderr.txt`, `generation.json`, and `samples.csv` where videos have
/// prompts or pictures.
public struct Outputs: Sendable {
  public let folder: String

  package init(folder: String) { self.folder = folder }

  public var samples: String { folder + "/samples" }
  var manifest: String { folder + "/samples.csv" }
  var stdout: String { folder + "/stdout.txt" }
  var stderr: String { folder + "/stderr.txt" }
  var recordFile: String { folder + "/generation.json" }
  var groupFile: String { folder + "/process" }

  /// nil where there is none.
  ///
  /// - Throws: `HarnessError.unreadable`, `FilesError`.
  public func record() throws -> GenerationRecord? { try GenerationRecord.read(recordFile) }

  /// What is scored.
  public var set: String { SuitePaths.exists(manifest) ? manifest : samples }

  /// The last lines that are not empty, without control characters, each cut at 200 characters.
  static func lastLines(of path: String, _ most: Int = 3) -> [String] {
    guard let handle = FileHandle(forReadingAtPath: path) else { return [] }
    defer { try? handle.close() }
    let size = (try? handle.seekToEnd()) ?? 0
    try? handle.seek(toOffset: size > 8192 ? size - 8192 : 0)
    let text = String(decoding: (try? handle.readToEnd()) ?? Data(), as: UTF8.self)
    let lines = text.split(whereSeparator: \.isNewline).map { line in
      String(String.UnicodeScalarView(line.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }).prefix(200))
    }
    return Array(lines.filter { $0.contains { !$0.isWhitespace } }.suffix(most))
  }
}
