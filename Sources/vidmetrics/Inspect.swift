import ArgumentParser
import Evaluation
import Foundation
import Tensors

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "What is in a set: counts, sizes, lengths, rates and problems",
    discussion: "Every video is opened and counted, none is scored.")

  @Argument(help: ArgumentHelp("The set.", valueName: "set"), completion: .file()) var path: String

  @Option(parsing: .unconditional, help: ArgumentHelp("What the numbers of float arrays mean.", valueName: "range"))
  var valueRange: ValueRange?

  @Option(help: ArgumentHelp("The clip length that is wanted; shorter videos are listed.", valueName: "T"))
  var frames: Int?

  @Flag(help: "Print one JSON document with every video.") var json = false

  @Option(help: ArgumentHelp("Threads. (default: all processors)", valueName: "number")) var threads: Int?

  func run() throws {
    if FeatureFile.isFeatureFile(path) { return try FeaturesCommand.Info.describe([path], json: json) }
    let threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    try ScoreRequest.check(threads: threads)
    let progress: any ExtractionProgress = Terminal.isInteractive ? TerminalProgress() : NoProgress()
    let inspection = try SetInspection(
      path: path, valueRange: valueRange, frames: frames, threads: threads, progress: progress)
    Output.print(json ? inspection.json.text() : inspection.table, terminator: json ? "\n" : "")
  }
}
