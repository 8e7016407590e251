import MetricCatalog

/// The clips of equal length that VBench-Long cuts a video into: one behind the other, and the last one, where frames are left,
/// the last frames of the video, so that it is as long as the others. A video that is shorter than a clip is one clip.
///
/// Source: `vbench2_beta_long/utils.py` `split_video_into_clips` of Vchitect/VBench, 45e79ec: `int(fps) * int(duration)` frames.
package struct ClipsOfVideo: Hashable, Sendable {
  package let seconds: Int
  /// Frames a second of every video; 0: each video's own.
  private let givenRate: Double

  /// nil for protocols that take a video as it is.
  package init?(_ fields: ProtocolFields) {
    guard fields.clipSeconds > 0 else { return nil }
    seconds = fields.clipSeconds
    givenRate = fields.frameRate
  }

  /// Frames a second of a clip: whole ones.
  ///
  /// - Parameter own: the video's.
  /// - Throws: `EvaluationError.noRateOfClips`, `.slowClips`.
  func rate(of name: String, own: Double?) throws -> Int {
    guard let rate = givenRate > 0 ? givenRate : own else {
      throw EvaluationError.noRateOfClips(name: name, seconds: seconds)
    }
    guard rate >= 1 else { throw EvaluationError.slowClips(name: name, rate: rate) }
    return Int(min(rate, 1e6))
  }

  /// The places of each clip's frames among those of the video.
  package func ranges(of name: String, frames: Int, rate: Double?) throws -> [Range<Int>] {
    let length = try self.rate(of: name, own: rate) * seconds
    guard frames > length else { return [0..<frames] }
    var clips = stride(from: 0, through: frames - length, by: length).map { $0..<$0 + length }
    if frames % length > 0 { clips.append(frames - length..<frames) }
    return clips
  }
}
