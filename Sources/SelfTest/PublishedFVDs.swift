import Evaluation
import Files
import Foundation
import MetricCatalog
import Video
import Weights

/// The FVD of black videos against white ones, which two other programs have computed, by the whole way from files to score.
///
/// All videos of a set are equal: covariances vanish, and the distance does not depend on how many there are. Two a side are
/// the fewest that a score takes.
public enum PublishedFVDs {
  public static let group = "FVD, black against white"

  /// A known value: frames of a clip, FVD, whose it is, allowed relative difference.
  private struct Row {
    let frames: Int
    let value: Double
    let source: String
    let allowed: Double
  }

  /// T = 30 is TensorFlow's, from the README of common_metrics_on_video_quality (commit 5f75173). The others are the same
  /// network in PyTorch, float32: that program's list for other T was made with reduced-precision convolutions. With odd
  /// and even T the paddings along time differ.
  private static func rows() throws -> [Row] {
    let golden = try Golden.i3d().blackWhite
    let lengths = [10, 13, 16, 22, 29]
    return lengths.map { Row(frames: $0, value: golden["\($0)"] ?? .nan, source: "PyTorch", allowed: 1e-4) }
      + [Row(frames: 30, value: 151.392440, source: "TensorFlow", allowed: 1e-5)]
  }

  /// - Parameters:
  ///   - environment: says where the weights are, and caps the instruction set.
  ///   - folder: for the videos, empty.
  /// - Complexity: 2 × 2 clips of each length through I3D: some 5 s on two cores with AVX2.
  public static func checks(environment: [String: String], threads: Int, folder: String) -> [Check] {
    let weights = KnownWeights.i3dKinetics400.name
    let isHere = WeightStore(folder: WeightStore.defaultFolder(environment: environment)).has(weights)
    do {
      let rows = try rows()
      let values = isHere ? try scores(rows, environment: environment, threads: threads, folder: folder) : []
      return rows.indices.map { index in
        let row = rows[index]
        return Check(
          group: group, name: "T = \(row.frames)", source: row.source,
          isHere
            ? .number(expected: row.value, measured: values[index], allowed: row.allowed)
            : .leftOut("the weights \(weights) are not on this machine"))
      }
    } catch {
      return [Check(group: group, name: "all T", source: "", .failed("\(error)"))]
    }
  }

  private static func scores(_ rows: [Row], environment: [String: String], threads: Int, folder: String) throws
    -> [Double]
  {
    let longest = rows.map(\.frames).max() ?? 0
    for (name, grey) in [("black", UInt8(0)), ("white", 255)] {
      let png = try PictureEncoder.png(Picture(width: 64, height: 64, grey: grey))
      for video in ["a", "b"] {
        let place = "\(folder)/\(name)/\(video)"
        try WholeFile.makeFolder(place)
        for frame in 100..<100 + longest { try write(png, to: "\(place)/\(frame).png") }
      }
    }
    let networks = try NetworkChoice(environment: environment, allowsOtherWeights: false, threads: threads)
    let preset = try EvaluationProtocol.named("stylegan-v", metric: "fvd")
    let requested = try rows.map { row in
      var wanted = RequestedProtocol(evaluationProtocol: try preset.overriding("frames", with: "\(row.frames)"))
      wanted.framesAreGiven = true
      return wanted
    }
    var request = ScoreRequest(
      real: folder + "/black", fake: folder + "/white", scores: try networks.settled(requested, isTable: false))
    request.threads = threads
    return try Evaluation(request: request, cache: nil, network: networks.network).run().scores.map(\.value)
  }
}
