import ArgumentParser
import Engine
import Evaluation
import Files
import Foundation
import Kernels
import Networks
import ProcessLimits
import Reporting
import Scores
import Tensors
import Video
import Weights

struct FlowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flow", abstract: "Optical flow of a video, as .flo files and pictures",
    discussion: """
      RAFT's flow from each frame to the next, as NUMBER.flo (Middlebury's format: to the right and down, in pixels) and \
      NUMBER.png (Middlebury's colours: the hue is the direction, the stronger the longer), NUMBER being that of the first of the \
      two frames. A video is a file, a folder of frames, or a row of an array.

        vidmetrics weights import raft-things.pth
        vidmetrics flow generated/a.mp4 --out flow/
        vidmetrics flow samples.npy[0] --out flow/ --interval 3 --largest 10
      """)

  @Argument(help: ArgumentHelp("The video.", valueName: "video"), completion: .file()) var video: String
  @Option(help: ArgumentHelp("The folder that the files are written to.", valueName: "folder"), completion: .directory)
  var out: String
  @Option(help: ArgumentHelp("Frames from the first of a pair to the second.", valueName: "n")) var interval = 1
  @Option(help: ArgumentHelp("At most so many pairs.", valueName: "n")) var pairs: Int?
  @Option(
    help: ArgumentHelp(
      "Pixels that have the full colour, for pictures that can be compared. (default: each picture's longest flow)",
      valueName: "pixels"))
  var largest: Double?
  @Option(help: ArgumentHelp("Turns in which the flow is refined.", valueName: "n")) var iterations =
    RAFT.publishedIterations
  @Option(help: ArgumentHelp("Weights of RAFT that are on this machine.", valueName: "name")) var weights =
    "raft-things"
  @Option(parsing: .unconditional, help: ArgumentHelp("What the numbers of float arrays mean.", valueName: "range"))
  var valueRange: ValueRange?
  @Option(help: ArgumentHelp("Threads. (default: all processors)", valueName: "number")) var threads: Int?

  func validate() throws {
    try OptionRange.check("interval", interval, 1...1_000_000)
    try OptionRange.check("pairs", pairs, 1...1_000_000)
    try OptionRange.check("iterations", iterations, 1...100)
    if let largest, !(largest > 0 && largest.isFinite) {
      throw ValidationError("--largest is a number of pixels above 0")
    }
  }

  func run() throws {
    let threads = threads ?? ProcessLimits.processors
    try ScoreRequest.check(threads: threads)
    let item = try SliceStrip.video(video, valueRange: valueRange)
    let info = try item.info()
    guard OpticalFlow.takes(height: info.height, width: info.width) else {
      throw EvaluationError.pairTooSmall(
        name: item.name, size: "\(info.width)x\(info.height)", metric: "optical flow", least: OpticalFlow.minimumSide)
    }
    let frames = Array(stride(from: 0, to: info.frameCount, by: interval).prefix(pairs.map { $0 + 1 } ?? .max))
    guard frames.count >= 2 else {
      throw EvaluationError.tooFewTakenFrames(name: item.name, frames: info.frameCount, first: 0, step: interval)
    }
    let environment = ProcessInfo.processInfo.environment
    let found = try WeightStore(folder: WeightStore.defaultFolder(environment: environment)).load(weights)
    let device = CPUDevice(KernelTable(try InstructionSet.chosen(cap: environment["VIDMETRICS_ISA"])), threads: threads)
    var need = MemoryNeed()
    need.add(
      "the flow of frames of \(info.width)x\(info.height)",
      OpticalFlow.memory(height: info.height, width: info.width, on: device))
    try MemoryAllowance().demand(need)
    let network = try OpticalFlow(
      found, height: info.height, width: info.width, iterations: iterations, on: device)
    try WholeFile.makeFolder(out)
    var previous: [Float] = []
    var lengths: [Double] = []
    var longest: Float = 0
    try item.read(frames.map { FrameWindow(start: $0, count: 1) }) { index, frame in
      let levels = frame.levels(item.valueRange)
      defer { previous = levels }
      guard index > 0 else { return }
      let flow = network.flow(from: previous, to: levels)
      let name = out + "/" + Self.number(frames[index - 1])
      try FlowFile.write(flow, to: name + ".flo")
      try WholeFile.write(PictureEncoder.png(Picture(flow, largest: largest.map(Float.init))), to: name + ".png")
      let all = flow.lengths
      lengths.append(all.reduce(0) { $0 + Double($1) } / Double(all.count))
      longest = max(longest, all.max() ?? 0)
    }
    let mean = lengths.reduce(0, +) / Double(lengths.count)
    Output.print(
      "\(out): \(count(lengths.count, "flow")) of \(info.width)x\(info.height), on average \(significant(mean)) pixels long, at most "
        + "\(significant(Double(longest)))")
  }

  /// Six digits, so that names sort.
  private static func number(_ frame: Int) -> String {
    let digits = String(frame)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }
}
