import ArgumentParser
import Files
import Reporting
import Tensors
import Video

struct SliceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slice", abstract: "x-t slices: one column of pixels over time, as PNG",
    discussion: """
      Time goes to the right; with --row, a row of pixels is followed and time goes down. Several videos stand side by side \
      at one scale, such as a real one and generated ones. A video is a file, a folder of frames, or a row of an array.

        vidmetrics slice real/a.mp4 generated/a.mp4 --out slices.png
        vidmetrics slice samples.npy[0] --row 40 --out slice.png
      """)

  @Argument(help: ArgumentHelp("The videos.", valueName: "video")) var videos: [String]
  @Option(help: ArgumentHelp("The picture that is written.", valueName: "file.png")) var out: String
  @Option(help: ArgumentHelp("Which column, from the left. (default: the middle one)", valueName: "x")) var column: Int?
  @Option(help: ArgumentHelp("Which row, from above, in place of a column.", valueName: "y")) var row: Int?
  @Option(help: ArgumentHelp("At most so many frames of each video.", valueName: "T")) var frames: Int?
  @Option(help: ArgumentHelp("Pixels that a frame takes along time.", valueName: "pixels")) var frameWidth = 1
  @Option(help: ArgumentHelp("Pixels across time. (default: as the largest video has them)", valueName: "pixels"))
  var length: Int?
  @Option(parsing: .unconditional, help: ArgumentHelp("What the numbers of float arrays mean.", valueName: "range"))
  var valueRange: ValueRange?

  func validate() throws {
    guard column == nil || row == nil else { throw ValidationError("--column and --row both say which: give one") }
    for (name, value) in [("frames", frames), ("frame-width", frameWidth), ("length", length)] {
      try OptionRange.check(name, value, 1...16384)
    }
    for (name, value) in [("column", column), ("row", row)] { try OptionRange.check(name, value, 0...1_000_000) }
  }

  func run() throws {
    var strip = SliceStrip()
    strip.line = column.map { .column($0) } ?? row.map { .row($0) } ?? .middle
    strip.frames = frames
    strip.frameWidth = frameWidth
    strip.length = length
    strip.valueRange = valueRange
    let (picture, slices) = try strip.picture(of: videos)
    try WholeFile.write(PictureEncoder.png(picture), to: out)
    let lines = zip(videos, slices).map { path, slice in "  \(slice.line) of \(path)" }
    Output.say((["\(out): \(picture.width)x\(picture.height)"] + lines).joined(separator: "\n"), besides: [out])
  }
}
