import Video

/// The takes of a scene in a real set, and the generated video of it.
///
/// The names of takes hold `take-1` and `take-2`, as a folder or between underscores. What is left when the take is left out is
/// the scene. In the benchmark's own names (`0001_testing-videos_30FPS_perspective-left_take-1_trimmed-x.mp4`) the number, the
/// kind and the rate are left out as well, since they differ from take to take; a generated video may there be called by the
/// first take's number and anything else.
struct TakeNames {
  struct Scene {
    let name: String
    let first: SurveyedVideo
    let second: SurveyedVideo
    let fake: SurveyedVideo
  }

  let all: [Scene]
  /// Scenes of the real set without a generated video.
  let unmatched: Int
  /// Scenes of the real set.
  let found: Int

  /// - Throws: `EvaluationError.noTakes`, `.oneTake`, `.samePairName`, `.notPaired`.
  init(
    real: SetPlan, fake: SetPlan, limits: (real: [SurveyedVideo], fake: [SurveyedVideo]), metric: String,
    lost: Set<String>
  )
    throws
  {
    var takes: [String: [Int: SurveyedVideo]] = [:]
    var numbers: [String: String] = [:]
    for video in limits.real {
      let name = Parsed(video.item.name)
      guard let take = name.take else { continue }
      guard takes[name.scene, default: [:]].updateValue(video, forKey: take) == nil else {
        throw EvaluationError.samePairName(path: real.set.path, name: "\(name.scene), take \(take)")
      }
      if take == 1, let number = name.number { numbers[number] = name.scene }
    }
    guard !takes.isEmpty else { throw EvaluationError.noTakes(path: real.set.path) }
    var scenes: [Scene] = []
    var seen: Set<String> = []
    var missing: [String] = []
    for video in limits.fake {
      let name = Parsed(video.item.name)
      let scene = takes[name.scene] != nil ? name.scene : name.number.flatMap { numbers[$0] } ?? name.scene
      guard seen.insert(scene).inserted else { throw EvaluationError.samePairName(path: fake.set.path, name: scene) }
      guard let own = takes[scene] else {
        if !lost.contains(scene) { missing.append(VideoItem.stem(of: video.item.name)) }
        continue
      }
      guard let first = own[1], let second = own[2] else {
        if lost.contains(scene) { continue }
        throw EvaluationError.oneTake(path: real.set.path, scene: scene, missing: own[1] == nil ? 1 : 2)
      }
      scenes.append(Scene(name: scene, first: first, second: second, fake: video))
    }
    guard missing.isEmpty, !scenes.isEmpty else {
      throw EvaluationError.noScene(metric: metric, path: real.set.path, names: missing.sortedNaturally())
    }
    all = scenes
    found = takes.count
    unmatched = takes.keys.count { !seen.contains($0) }
  }

  /// The scene of a name.
  static func scene(_ name: String) -> String { Parsed(name).scene }

  private struct Parsed {
    private(set) var take: Int?
    private(set) var scene: String
    /// In the benchmark's own names.
    private(set) var number: String?

    init(_ name: String) {
      var folders = VideoItem.stem(of: name).split(separator: "/").map(String.init)
      var parts = (folders.popLast() ?? "").split(separator: "_", omittingEmptySubsequences: false).map(String.init)
      for (index, folder) in folders.enumerated().reversed() {
        guard let take = Self.take(folder) else { continue }
        self.take = take
        folders.remove(at: index)
        break
      }
      if let place = parts.firstIndex(where: { Self.take($0) != nil }) {
        take = Self.take(parts[place])
        parts.remove(at: place)
      }
      if let first = parts.first, first.count == 4, first.allSatisfy({ $0.isASCII && $0.isNumber }), parts.count > 1 {
        number = first
        if parts.contains(where: { $0.hasPrefix("perspective-") }) {
          parts.removeFirst()
          parts.removeAll { $0 == "testing-videos" || $0.wholeMatch(of: /[0-9]+FPS/) != nil }
        }
      }
      scene = (folders + [parts.joined(separator: "_")]).joined(separator: "/")
    }

    private static func take(_ word: String) -> Int? { ["take-1": 1, "take-2": 2][word] }
  }
}
