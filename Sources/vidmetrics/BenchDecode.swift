import ArgumentParser
import Evaluation
import Tensors

struct DecodeBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode", abstract: "What happens to videos before the network: decoding and resizing",
    discussion: """
      A run decodes the clips that `fvd` would score, of every video of the set, on one thread, and brings them to the \
      network's size as the default protocol does. `fvd` does this beside the network.
      """)

  @Argument(help: ArgumentHelp("The set.", valueName: "set")) var path: String

  @Option(parsing: .unconditional, help: ArgumentHelp("Frames of a clip.", valueName: "T"))
  var frames = 16

  @Option(parsing: .unconditional, help: ArgumentHelp("What the numbers of float arrays mean.", valueName: "range"))
  var valueRange: ValueRange?

  @OptionGroup var options: BenchOptions

  func run() throws {
    try options.check()
    guard OptionRange.frames.contains(frames) else {
      throw BenchError.number(frames, of: "frames", allowed: OptionRange.frames)
    }
    let place = try BenchPlace()
    let work = try DecodeMeasurement(path: path, frames: frames, valueRange: valueRange)
    var decoding: [Double] = []
    var resizing: [Double] = []
    let runs = try RunTimes(repeats: options.repeats) {
      let times = try work.run()
      decoding.append(times.decoding.milliseconds / Double(work.clips))
      resizing.append(times.resizing.milliseconds / Double(work.clips))
      return (times.decoding + times.resizing).milliseconds
    }
    let times = runs.divided(by: work.clips)
    let parts = [decoding, resizing].map { RunTimes(Array($0.dropFirst(RunTimes.warmUps))) }
    let framesPerSecond = Double(frames) * 1000 / times.median
    if options.json {
      let document = place.json(
        "decode",
        [
          ("path", .string(path)), ("videos", .integer(work.videos)), ("clips", .integer(work.clips)),
          ("frames", .integer(frames)), ("threads", .integer(1)), ("repeats", .integer(options.repeats)),
          ("median_ms_per_clip", .number(times.median)), ("min_ms_per_clip", .number(times.minimum)),
          ("clips_per_second", .number(1000 / times.median)), ("frames_per_second", .number(framesPerSecond)),
          ("median_decode_ms_per_clip", .number(parts[0].median)),
          ("median_resize_ms_per_clip", .number(parts[1].median)),
        ])
      return Output.print(document.text())
    }
    Output.print(
      benchLines([
        ("decode", "\(work.clips) clips of \(frames) frames in \(work.videos) videos, 1 thread"),
        ("median", "\(benchTime(times.median)) ms a clip"), ("minimum", "\(benchTime(times.minimum)) ms a clip"),
        ("decoding", "\(benchTime(parts[0].median)) ms a clip"),
        ("resizing", "\(benchTime(parts[1].median)) ms a clip"),
        ("rate", "\(benchRate(framesPerSecond)) frames a second"),
        ("processor", place.processor ?? "unknown"),
      ]), terminator: "")
  }
}
