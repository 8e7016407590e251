import MetricCatalog
import Tensors
import Video

/// One of the two sets on its way to clips.
struct SetPlan {
  enum Role: String {
    case real
    case fake
  }

  let role: Role
  let set: VideoSet
  let limit: Limit
  /// The videos within the limit.
  let items: [VideoItem]
  private(set) var surveyed: [Result<SurveyedVideo, any Error>] = []
  private(set) var planned: [PlannedVideo] = []
  private(set) var skipped: [SkippedVideo] = []

  /// Opens a set; nothing is decoded yet.
  init(role: Role, path: String, fields: ProtocolFields, valueRange: ValueRange?) throws {
    self.role = role
    limit = role == .real ? fields.maxVideosReal : fields.maxVideosFake
    let range = fields.valueRange == .network ? ValueRange.network : valueRange
    set = try VideoSet.open(path, options: VideoSetOptions(valueRange: range))
    items = Array(set.videos.prefix(limit.maximum ?? set.videos.count))
    for item in items where (item.valueRange == .network) != (fields.valueRange == .network) {
      throw EvaluationError.networkRange(name: item.name, range: item.valueRange.rawValue)
    }
  }

  mutating func take(_ results: [Result<SurveyedVideo, any Error>]) { surveyed = results }

  /// The clip length that the rows of arrays in this set ask for: a row is a clip by itself. nil without arrays.
  func arrayFrames(_ fields: ProtocolFields, skipsUnusable: Bool) throws -> (name: String, frames: Int)? {
    var found: (name: String, frames: Int)?
    for case .success(let video) in surveyed where video.item.isArrayRow {
      let length = video.facts.frameCount - fields.skipFirst
      guard length > 0 else {
        if skipsUnusable { continue }
        throw EvaluationError.arrayTooShort(
          name: video.item.name, frames: video.facts.frameCount, skipFirst: fields.skipFirst)
      }
      let frames = (length - 1) / fields.stride + 1
      if let found, found.frames != frames {
        throw EvaluationError.arrayLengthsDiffer(
          first: found.name, frames: found.frames, second: video.item.name, otherFrames: frames)
      }
      found = found ?? (video.item.name, frames)
    }
    return found
  }

  /// Places the clips. A video that cannot be used stops with the reasons of all such videos, or is skipped.
  ///
  /// - Throws: `EvaluationError.unusableVideos`, or `.frameSize` for frames that need a resize and get none: that is
  ///   the protocol's doing and never skipped.
  mutating func plan(_ fields: ProtocolFields, side: Int, skipsUnusable: Bool) throws {
    for case .success(let video) in surveyed where fields.resize == .none {
      guard video.facts.width == side, video.facts.height == side else {
        throw EvaluationError.frameSize(
          name: video.item.name, width: video.facts.width, height: video.facts.height, side: side)
      }
    }
    let sampler = fields.sampler(offset: role == .real ? fields.offsetReal : fields.offsetFake)
    var reasons: [String] = []
    for (item, result) in zip(items, surveyed) {
      do {
        let video = try result.get()
        let windows = try sampler.windows(frameCount: video.facts.frameCount, videoName: item.name)
        planned.append(PlannedVideo(item: item, facts: video.facts, stamp: video.stamp, windows: windows))
      } catch {
        reasons.append(reason(error))
        skipped.append(SkippedVideo(path: path(of: item), reason: reason(error)))
      }
    }
    if !skipsUnusable, !reasons.isEmpty { throw EvaluationError.unusableVideos(path: set.path, reasons: reasons) }
  }

  /// Takes out the videos that turned out to be unreadable, by index in `planned`.
  mutating func drop(_ failures: [(video: Int, error: any Error)], skipsUnusable: Bool) throws {
    guard !failures.isEmpty else { return }
    if !skipsUnusable {
      throw EvaluationError.unusableVideos(path: set.path, reasons: failures.map { reason($0.error) })
    }
    let failed = Set(failures.map(\.video))
    skipped += failures.map { SkippedVideo(path: path(of: planned[$0.video].item), reason: reason($0.error)) }
    planned = planned.enumerated().filter { !failed.contains($0.offset) }.map(\.element)
  }

  func checkCount(least: Int) throws {
    let clips = planned.reduce(0) { $0 + $1.windows.count }
    guard clips >= least else {
      throw EvaluationError.tooFewClips(
        role: role.rawValue, path: set.path, clips: clips, least: least, skipped: skipped.count)
    }
  }

  /// The item's name below the set's path; names of rows and of single files begin with the set's own file name.
  private func path(of item: VideoItem) -> String {
    let last = set.path.split(separator: "/").last.map(String.init) ?? set.path
    guard item.name == last || item.name.hasPrefix(last + "[") else { return set.path + "/" + item.name }
    return String(set.path.dropLast(last.count)) + item.name
  }

  /// The message without its hints, which are for the one who meets it alone.
  private func reason(_ error: any Error) -> String {
    "\(error)".split(separator: "\n").filter { !$0.hasPrefix("hint: ") }.joined(separator: "\n")
  }
}
