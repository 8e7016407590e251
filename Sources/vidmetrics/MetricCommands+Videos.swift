import ArgumentParser
import Evaluation

// Metrics of the videos themselves: their pixels, their motion, their cameras.

struct TemporalFlickering: MetricCommand {
  static let metric = "temporal-flickering"
  static let configuration = CommandConfiguration(
    commandName: "temporal-flickering", abstract: "How still consecutive frames are, from 0 to 1",
    discussion: "The score is the fake set's; a note says the real set's, where one is given.")
  @OptionGroup var sets: OneOrTwoSets
  @OptionGroup var options: ScoreOptions
}

struct WarpingErrorCommand: MetricCommand {
  static let metric = "warping-error"
  static let configuration = CommandConfiguration(
    commandName: "warping-error", abstract: "How much frames differ once motion is undone, by optical flow",
    discussion: """
      Each frame is compared with the next one, warped to it by the flow between them, over the pixels that both show. The score is \
      the fake set's; a note says the real set's, where one is given.

        vidmetrics weights import raft-things.pth
        vidmetrics warping-error generated/
        vidmetrics warping-error generated/ --protocol evalcrafter
        vidmetrics warping-error sources/ edited/ --set flow-of=real      by the flow of the video that each was made from
      """)
  @OptionGroup var sets: OneOrTwoSets
  @OptionGroup var options: ScoreOptions
}

struct FlowError: MetricCommand {
  static let metric = "flow-error"
  static let configuration = CommandConfiguration(
    commandName: "flow-error", abstract: "How far the optical flow is from that of the real video of the same name",
    discussion: """
      The end-point error in pixels, over all pixels and all frames, and for each two frames along time.

        vidmetrics weights import raft-things.pth
        vidmetrics flow-error real/ generated/
        vidmetrics flow-error real/ generated/ --pair-by regex:'(\\d+)' --json
        vidmetrics flow-error real/ generated/ --flow flows/       flows/a/000000.flo, 000001.flo, ... of real/a.mp4
      """)
  @OptionGroup var sets: SetArguments
  @Option(help: BesideOptions.flow, completion: .directory) var flow: String?
  @OptionGroup var options: ScoreOptions

  var besides: BesideOptions { get throws { BesideOptions(flows: try flow.map { try GivenFlows(folder: $0) }) } }
}

struct MotionMagnitude: MetricCommand {
  static let metric = "motion-magnitude"
  static let configuration = CommandConfiguration(
    commandName: "motion-magnitude", abstract: "How long the optical flow is, in pixels from frame to frame",
    discussion: """
      The score is the fake set's; a note says the real set's, where one is given.

        vidmetrics weights import raft-things.pth
        vidmetrics motion-magnitude real/ generated/
      """)
  @OptionGroup var sets: OneOrTwoSets
  @OptionGroup var options: ScoreOptions
}

struct DynamicDegree: MetricCommand {
  static let metric = "dynamic-degree"
  static let configuration = CommandConfiguration(
    commandName: "dynamic-degree", abstract: "The share of videos that move, by optical flow (VBench)",
    discussion: """
      The score is the fake set's; a note says the real set's, where one is given. Each video is 0 or 1.

        vidmetrics weights import raft-things.pth
        vidmetrics dynamic-degree generated/
        vidmetrics dynamic-degree frames/ --set frame-rate=24       folders of frames and arrays have no rate of their own
      """)
  @OptionGroup var sets: OneOrTwoSets
  @OptionGroup var options: ScoreOptions
}

struct MotionSmoothness: MetricCommand {
  static let metric = "motion-smoothness"
  static let configuration = CommandConfiguration(
    commandName: "motion-smoothness",
    abstract: "How well frames follow from those beside them, by interpolation (VBench)",
    discussion: """
      AMT-S makes each second frame anew from the two beside it; the nearer it is to the video's own, the smoother the motion. \
      The score is the fake set's; a note says the real set's, where one is given.

        vidmetrics weights import amt-s.pth
        vidmetrics motion-smoothness generated/
      """)
  @OptionGroup var sets: OneOrTwoSets
  @OptionGroup var options: ScoreOptions
}

struct PhysicsIQCommand: MetricCommand {
  static let metric = "physics-iq"
  static let configuration = CommandConfiguration(
    commandName: "physics-iq", abstract: "Where and when videos move, measured by two real takes of each scene",
    discussion: """
      The real set holds two recordings of every scene, whose names say which: take-1/a.mp4 and take-2/a.mp4, a_take-1.mp4 and \
      a_take-2.mp4, or the benchmark's own names. A generated video is called as its scene, or by the first take's number.

        vidmetrics physics-iq split-videos/testing/24FPS generated/ --bootstrap 1000

      The first five seconds are compared, at one frame rate and length.
      """)
  @OptionGroup var sets: SetArguments
  @OptionGroup var options: ScoreOptions
}

struct CameraError: MetricCommand {
  static let metric = "camera-error"
  static let configuration = CommandConfiguration(
    commandName: "camera-error", abstract: "RotErr, TransErr, CamMC, ATE and RPE of cameras, from files of their poses",
    discussion: """
      Both sets hold, for each video, a file with the pose of its camera in each frame, of the same name: RealEstate10K's text, \
      TUM, KITTI, or a folder with COLMAP's images.txt or images.bin (also below sparse/0). The real set has the paths that the \
      cameras should take, the fake one what was estimated of the generated videos. Two files are a pair.

        vidmetrics camera-error poses/ estimated/
        vidmetrics camera-error poses/ estimated/ --set frame-reduction=mean --set angle-unit=degrees
        vidmetrics camera-error groundtruth.txt estimate.txt --protocol evo
      """)
  @OptionGroup var sets: SetArguments
  @OptionGroup var options: ScoreOptions
}
