import Foundation
import ProcessLimits
import Scores
import Video

/// The most memory that a piece of work takes at one time, part by part, estimated before the work.
public struct MemoryNeed: Equatable, Sendable {
  public struct Part: Equatable, Sendable {
    public let what: String
    public let bytes: Int
  }

  public private(set) var parts: [Part] = []

  package init() {}

  package mutating func add(_ what: String, _ bytes: Int) {
    if bytes > 0 { parts.append(Part(what: what, bytes: bytes)) }
  }

  public var total: Int { parts.reduce(0) { $0.addingReportingOverflow($1.bytes).overflow ? .max : $0 + $1.bytes } }

  /// `about 3.4 GB of memory: 2 videos of 512 frames of 1920x1080 (3.3 GB), ...`.
  public var text: String {
    let largest = parts.sorted { $0.bytes > $1.bytes }.map { "\($0.what) (\(Self.size($0.bytes)))" }
    return "about \(Self.size(total)) of memory: \(largest.joined(separator: ", "))"
  }

  /// Bytes as people say them: 1 GB is 10^9.
  static func size(_ bytes: Int) -> String {
    let (value, unit) = bytes >= 1_000_000_000 ? (Double(bytes) / 1e9, "GB") : (Double(bytes) / 1e6, "MB")
    return "\(fixed(value, digits: value < 10 ? 1 : 0)) \(unit)"
  }
}

/// How much memory a run may take, and who hears how much it will take.
public struct MemoryAllowance: Sendable {
  public var bytes: Int
  /// Told before work that takes a gigabyte or more.
  public var tell: @Sendable (MemoryNeed) -> Void

  private static let worthTelling = 1_000_000_000

  /// - Parameter bytes: nil for all that the machine, or the process's control group, has.
  public init(bytes: Int? = nil, tell: @escaping @Sendable (MemoryNeed) -> Void = { _ in }) {
    self.bytes = bytes ?? ProcessLimits.memory
    self.tell = tell
  }

  /// What networks that compute side by side may have together: half, for there is other work beside them.
  public var ofNetworks: Int { bytes / 2 }

  /// - Throws: `EvaluationError.memory` for work that takes more.
  package func demand(_ need: MemoryNeed) throws {
    guard need.total <= bytes else { throw EvaluationError.memory(need, allowed: bytes) }
    if need.total >= Self.worthTelling { tell(need) }
  }

  /// `8G`, `800M`, `1500000000`; nil for what is not such a number.
  public static func bytes(_ text: String) -> Int? {
    let units = ["K": 1_000, "M": 1_000_000, "G": 1_000_000_000, "T": 1_000_000_000_000]
    let unit = text.last.flatMap { units[$0.uppercased()] }
    guard let number = Double(unit == nil ? text : String(text.dropLast())), number > 0,
      text.allSatisfy({ $0.isASCII && ($0.isNumber || $0.isLetter || $0 == ".") })
    else { return nil }
    return Int(exactly: (number * Double(unit ?? 1)).rounded())
  }
}

extension VideoFacts {
  /// Bytes while windows of this video are read in one pass: the windows that are open at one time, and what the decoder holds.
  ///
  /// - Parameter windows: by rising start.
  func memory(reading windows: [FrameWindow], holdsFloats: Bool) -> Int {
    let frame = width * height * 3 * (holdsFloats ? 4 : 1)
    var most = 0
    for (index, window) in windows.enumerated() {
      let open = windows[...index].reversed().prefix { $0.last >= window.start }
      most = max(most, open.reduce(0) { $0 + $1.count })
    }
    return frame.multipliedReportingOverflow(by: most + Self.decoderFrames).overflow
      ? .max : frame * (most + Self.decoderFrames)
  }

  /// Frames that a decoder and the conversion to RGB hold: 16 references of H.264 and HEVC at half of three bytes a pixel, and
  /// two frames of RGB.
  private static let decoderFrames = 10
}
