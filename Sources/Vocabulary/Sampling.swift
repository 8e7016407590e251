/// A count that may be unlimited: a whole number from 1, or `all`.
public enum Limit: Sendable, Hashable, Codable {
  case all
  case count(Int)

  /// The number, or nil for `all`.
  public var maximum: Int? { if case .count(let count) = self { count } else { nil } }
}

/// Which clips of a video are scored.
public enum ClipSelection: Sendable, Hashable, Codable {
  /// One, where `offset` says.
  case one
  /// Every consecutive clip that fits, none overlapping.
  case all
  case count(Int)
  /// One clip whose frames are spread evenly over the whole video, first and last included.
  case even
}

/// Which frames of the clips that a long video is cut into are looked at.
public enum ClipFrames: String, Sendable, CaseIterable, Codable {
  /// All, in each clip by itself.
  case all
  /// The first of each clip, together as if they were a video.
  case first
}

/// Whether what differs inside the clips of a long video and what differs between them make one value, and which table brings the
/// second to the scale of the first.
public enum BranchFusion: String, Sendable, CaseIterable, Codable {
  /// There is one branch.
  case none
  /// VBench-Long's table of subject consistency.
  case subjectQuantiles = "subject-quantiles"
  /// VBench-Long's table of background consistency.
  case backgroundQuantiles = "background-quantiles"
}

/// Where in a video a clip begins.
public enum ClipOffset: String, Sendable, CaseIterable, Codable { case start, center, random }

/// What a video must hold for its clips to be taken.
public enum ShortestVideo: String, Sendable, CaseIterable, Codable {
  /// One clip: (frames - 1) · stride + 1 frames.
  case clip
  /// frames · stride frames, as StyleGAN-V's data set.
  case wholeStrides = "whole-strides"
}

/// What a series is made of.
public enum SeriesKind: String, Sendable, CaseIterable, Codable {
  case none
  /// One value for each window of `window` frames, `window-step` apart.
  case windows
  /// One value for the first t frames, t = `window`, `window` + `window-step`, ...
  case prefixes
}

/// What the windows of the fake set are compared with.
public enum WindowReference: String, Sendable, CaseIterable, Codable {
  /// The real samples of all windows.
  case all
  /// The real samples of the same window.
  case same
  /// The real clips that the protocol takes without a series.
  case sampled
}

/// By what videos form groups.
public enum Grouping: Sendable, Hashable, Codable {
  case none
  /// The folder right above the video, or the manifest's column `class`.
  case `class`
  /// The manifest's column `subject`, or the folder above the class.
  case subject
  /// The whole folder path.
  case dir
  /// The first capture group of a regular expression on the video's name (the whole match without one).
  case regex(String)
  /// A column of the manifest.
  case column(String)
}

extension Grouping: CustomStringConvertible {
  /// As on the command line; nil for anything else.
  public init?(_ text: String) {
    switch text {
    case "none": self = .none
    case "class": self = .class
    case "subject": self = .subject
    case "dir": self = .dir
    case _ where text.hasPrefix("regex:") && text.count > 6: self = .regex(String(text.dropFirst(6)))
    case _ where text.hasPrefix("column:") && text.count > 7: self = .column(String(text.dropFirst(7)))
    default: return nil
    }
  }

  public var description: String {
    switch self {
    case .none: "none"
    case .class: "class"
    case .subject: "subject"
    case .dir: "dir"
    case .regex(let pattern): "regex:\(pattern)"
    case .column(let name): "column:\(name)"
    }
  }
}
