import Files
import Foundation
import Scores
import Testing

/// The built program as a person runs it.
struct Program {
  struct Result {
    let status: Int32
    let output: String
    let errors: String
  }

  /// `VIDMETRICS_CACHE` of the runs.
  let cache: String
  /// `VIDMETRICS_DB` of the runs.
  var history: String { cache + ".sqlite" }
  var isa: String?

  /// `VIDMETRICS_PROGRAM`: another build of it, such as the one of `make dist`.
  static let path: String = {
    if let program = ProcessInfo.processInfo.environment["VIDMETRICS_PROGRAM"] { return program }
    #if DEBUG
      let configuration = "debug"
    #else
      let configuration = "release"
    #endif
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    // The tests' own bundle lies beside the program; the fallback is SwiftPM's usual place.
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }.map { URL(fileURLWithPath: $0) }
    let beside = bundle?.deletingLastPathComponent().appendingPathComponent("vidmetrics").path
    if let beside, FileManager.default.isExecutableFile(atPath: beside) { return beside }
    return root.appendingPathComponent(".build/\(configuration)/vidmetrics").path
  }()

  /// - Parameter folder: the working folder.
  func start(_ arguments: [String], folder: String? = nil) throws -> (process: Process, output: Pipe, errors: Pipe) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.path)
    process.arguments = arguments
    var environment = ProcessInfo.processInfo.environment
    environment["VIDMETRICS_CACHE"] = cache
    environment["VIDMETRICS_DB"] = history
    environment["VIDMETRICS_ISA"] = isa
    process.environment = environment
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    return (process, output, errors)
  }

  func run(_ arguments: String..., in folder: String? = nil) throws -> Result { try run(arguments, in: folder) }

  func run(_ arguments: [String], in folder: String? = nil) throws -> Result {
    let (process, output, errors) = try start(arguments, folder: folder)
    // What goes to stderr is short: it fits the pipe while stdout is read.
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let words = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return Result(status: process.terminationStatus, output: text, errors: words)
  }
}

/// A temporary folder with a cache in it that knows the machine's weights.
final class Workplace {
  let path: String
  var program: Program { Program(cache: path + "/cache") }

  /// The weights' folder of whoever runs the tests.
  static let weightsFolder = CacheRoot.path(environment: ProcessInfo.processInfo.environment) + "/weights"

  static let hasWeights = FileManager.default.fileExists(atPath: weightsFolder + "/i3d-kinetics400.safetensors")
  static let withoutWeights: Comment =
    "left out: the weights i3d-kinetics400 are not there (`vidmetrics weights fetch`)"

  static let hasInception = FileManager.default.fileExists(
    atPath: weightsFolder + "/inception-2015-12-05.safetensors")
  static let withoutInception: Comment =
    "left out: the weights inception-2015-12-05 are not there (`vidmetrics weights fetch`)"

  /// The project's own fixtures.
  static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures").path

  init(weights: Bool = false) throws {
    path = NSTemporaryDirectory() + "vidmetrics-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path + "/cache/weights", withIntermediateDirectories: true)
    guard weights else { return }
    for name in ["i3d-kinetics400", "inception-2015-12-05"] {
      let file = "/\(name).safetensors"
      guard FileManager.default.fileExists(atPath: Self.weightsFolder + file) else { continue }
      try FileManager.default.createSymbolicLink(
        atPath: path + "/cache/weights" + file, withDestinationPath: Self.weightsFolder + file)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  /// A uint8 array of constant frames, row r having the value `values[r]`.
  func writeArray(_ name: String, frames: Int, side: Int, values: [UInt8]) throws -> String {
    var text = "{'descr': '|u1', 'fortran_order': False, 'shape': (\(values.count), \(frames), \(side), \(side), 3), }"
    while (10 + text.utf8.count + 1) % 64 != 0 { text += " " }
    text += "\n"
    var bytes: [UInt8] =
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count & 255), UInt8(text.utf8.count >> 8)]
    bytes += Array(text.utf8)
    for value in values { bytes += [UInt8](repeating: value, count: frames * side * side * 3) }
    let url = URL(fileURLWithPath: file(name))
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return url.path
  }

  /// Any uint8 array.
  func write(_ name: String, shape: [Int], _ values: [UInt8]) throws -> String {
    precondition(shape.reduce(1, *) == values.count)
    let list = shape.map { "\($0)," }.joined(separator: " ")
    var text = "{'descr': '|u1', 'fortran_order': False, 'shape': (\(list)), }"
    while (10 + text.utf8.count + 1) % 64 != 0 { text += " " }
    text += "\n"
    let head: [UInt8] =
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count & 255), UInt8(text.utf8.count >> 8)]
    let url = URL(fileURLWithPath: file(name))
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(head + Array(text.utf8) + values).write(to: url)
    return url.path
  }

  /// Whole entries of 400 floats in the packs of the cache. An entry is a name (32 bytes), a length (4), a payload, a checksum (32).
  func cachedClips() -> Int {
    let folder = file("cache/packs")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".pack") }.reduce(0) { sum, name in
      let bytes = [UInt8](FileManager.default.contents(atPath: folder + "/" + name) ?? Data())
      func number(_ range: Range<Int>) -> Int { bytes[range].reversed().reduce(0) { $0 << 8 | Int($1) } }
      var end = bytes.count
      if bytes.suffix(16) == Array("vidmetrics index".utf8)[...] { end -= 56 + 40 * number(end - 24..<end - 16) }
      var (place, found) = (16, 0)
      while place + 36 <= end {
        let length = number(place + 32..<place + 36)
        place += 68 + length
        if place <= end, length == 1600 { found += 1 }
      }
      return sum + found
    }
  }
}

/// The JSON document on stdout.
func document(_ result: Program.Result) throws -> [String: Any] {
  try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
}

func firstScore(_ result: Program.Result) throws -> [String: Any] {
  try #require((document(result)["scores"] as? [[String: Any]])?.first)
}

extension RunRecord {
  /// The value of the first score of that name.
  subscript(_ metric: String) -> Double { scores.first { $0.metric == metric }?.value ?? .nan }
}

extension ScoreRecord {
  func has(_ code: String) -> Bool { warnings.contains { $0.code == code } }
}

extension Program {
  /// Runs a command with `--json`, which must succeed.
  func scores(_ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation) throws -> RunRecord {
    let result = try run(arguments + ["--json"])
    try #require(result.status == 0, "\(result.errors)", sourceLocation: sourceLocation)
    return try RunDocument.read(result.output, place: "stdout")
  }

  func scores(_ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation) throws -> RunRecord {
    try scores(arguments, sourceLocation: sourceLocation)
  }
}
