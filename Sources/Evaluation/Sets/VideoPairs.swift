import MetricCatalog
import Scores
import Video

/// The real and the fake videos of the same name.
struct VideoPairs {
  struct Pair: Sendable {
    let name: String
    let real: SurveyedVideo
    let fake: SurveyedVideo

    /// Frames that both have.
    var frames: Int { min(real.facts.frameCount, fake.facts.frameCount) }

    /// - Throws: `EvaluationError.pairSizes`.
    func checkSizes() throws {
      let sizes = [real, fake].map { "\($0.facts.width)x\($0.facts.height)" }
      guard sizes[0] == sizes[1] else { throw EvaluationError.pairSizes(name: name, real: sizes[0], fake: sizes[1]) }
    }
  }

  /// In natural order of their names.
  let all: [Pair]
  /// What is said of those that are left over.
  let warnings: [ScoreWarning]

  /// Says that pairs differ in length, where some do.
  var lengthNotes: [ScoreWarning] {
    let cut = all.count { $0.real.facts.frameCount != $0.fake.facts.frameCount }
    guard cut > 0 else { return [] }
    return [
      ScoreWarning(
        code: "pair-lengths-differ",
        text: "\(count(cut, "pair")) of \(all.count) differ in length: the frames that both have are compared")
    ]
  }

  /// - Throws: `EvaluationError.needsVideos`, `.notPaired`, `.samePairName`, and what the rule of pairs throws.
  init(_ computation: ScoreComputation, _ metric: Metric) throws {
    let (fake, real) = (try computation.videos(computation.fake), try computation.videos(computation.real))
    let rule = computation.request.pairBy ?? .stem
    let realNames = try PairNames(real.set, with: fake.set, by: rule)
    let fakeNames = try PairNames(fake.set, with: real.set, by: rule)
    func named(_ plan: SetPlan, _ role: Role, _ names: PairNames) throws -> [String: SurveyedVideo] {
      var found: [String: SurveyedVideo] = [:]
      for video in plan.scored(computation.samples.limit(role)) {
        let name = names[video.item.name]
        guard found.updateValue(video, forKey: name) == nil else {
          throw EvaluationError.samePairName(path: plan.set.path, name: name)
        }
      }
      return found
    }
    let (reals, fakes) = (try named(real, .real, realNames), try named(fake, .fake, fakeNames))
    // The partner of a video that was skipped has nothing to be compared with.
    func skipped(_ plan: SetPlan, _ role: Role, _ names: PairNames) -> Set<String> {
      Set(plan.leftOut(computation.samples.limit(role)).map { names[$0.name] })
    }
    let a = Set(reals.keys).subtracting(skipped(fake, .fake, fakeNames))
    let b = Set(fakes.keys).subtracting(skipped(real, .real, realNames))
    guard b.isSubset(of: a), !b.isEmpty else {
      throw EvaluationError.notPaired(
        metric: metric.name, onlyReal: b.isDisjoint(with: a) ? a.subtracting(b).sorted() : [],
        onlyFake: b.subtracting(a).sorted())
    }
    all = b.sortedNaturally().compactMap { name in
      guard let real = reals[name], let fake = fakes[name] else { return nil }
      return Pair(name: name, real: real, fake: fake)
    }
    let unmatched = a.subtracting(b).count
    warnings =
      unmatched == 0
      ? []
      : [
        ScoreWarning(
          code: "unpaired-videos",
          text: "\(count(unmatched, "real video")) of \(a.count) have no fake one of their name")
      ]
  }
}
