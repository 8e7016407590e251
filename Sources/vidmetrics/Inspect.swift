import ArgumentParser
import Evaluation
import Foundation
import ProcessLimits

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "What is in a set: counts, sizes, lengths, rates and problems",
    discussion: "Every video is opened and counted, none is scored.")

  @Argument(help: ArgumentHelp("The set.", valueName: "set"), completion: .file()) var path: String

  @OptionGroup var setOptions: SetOptions

  @Option(help: ArgumentHelp("The clip length that is wanted; shorter videos are listed.", valueName: "T"))
  var frames: Int?

  @Flag(help: "Print one JSON document with every video.") var json = false

  @Option(help: ArgumentHelp("Threads. (default: all processors)", valueName: "number")) var threads: Int?

  func validate() throws {
    try OptionRange.check("frames", frames, OptionRange.frames)
  }

  func run() throws {
    if FeatureFile.isFeatureFile(path) { return try FeaturesCommand.Info.describe([path], json: json) }
    if let files = try FeatureFile.paths(inFolder: path, filter: setOptions.sets.filter) {
      return try FeaturesCommand.Info.describe(files, json: json)
    }
    let threads = threads ?? ProcessLimits.processors
    try ScoreRequest.check(threads: threads)
    let progress: any ExtractionProgress = TerminalProgress()
    let inspection = try SetInspection(
      path: path, options: setOptions.sets, frames: frames, threads: threads, progress: progress)
    Output.print(json ? inspection.json.text() : inspection.table, terminator: json ? "\n" : "")
  }
}
