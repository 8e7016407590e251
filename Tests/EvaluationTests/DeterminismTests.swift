import Evaluation
import Foundation
import Synchronization
import Testing

/// A score is the same bits whatever the threads, the cache and the history of the run.
@Suite struct DeterminismTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for video in 0..<12 { try folder.writeArray("real/v\(video).npy", [1, 9, 10, 12, 3], seed: UInt32(video)) }
    for video in 0..<7 { try folder.writeArray("fake/v\(video).npy", [1, 9, 10, 12, 3], seed: UInt32(100 + video)) }
  }

  private func request(threads: Int = 1, clips: String = "all") throws -> ScoreRequest {
    var made = try EvaluationTests.request(folder.file("real"), folder.file("fake"), [("clips", clips)])
    made.scores[0].framesAreGiven = true
    made.threads = threads
    return made
  }

  @Test func threadsDoNotCount() throws {
    let scores = try [1, 2, 4, 16].map { try evaluate(request(threads: $0)).scores[0] }
    #expect(scores[0].real?.clips == 24 && scores[0].fake?.clips == 14)
    #expect(Set(scores.map(\.value.bitPattern)).count == 1)
    #expect(Set(scores.map(\.real?.digest)).count == 1)
  }

  @Test func coldAndWarmCache() throws {
    let network = FakeNetwork()
    let cache = folder.file("cache")
    let bare = try evaluate(request(), network)
    #expect(network.computed.exchange(0, ordering: .relaxed) == 38)
    let cold = try evaluate(request(threads: 2), network, cache: cache)
    #expect(network.computed.exchange(0, ordering: .relaxed) == 38)
    let warm = try evaluate(request(), network, cache: cache)
    #expect(network.computed.load(ordering: .relaxed) == 0)
    #expect(Set([bare, cold, warm].map { $0.scores[0].value.bitPattern }).count == 1)
    #expect(warm.circumstances.clipsCached == 38 && warm.circumstances.clipsComputed == 0)
    #expect(cold.scores[0].warnings.map(\.code) == warm.scores[0].warnings.map(\.code))
  }

  /// A cache filled by another choice of clips serves those that are equal, and only those.
  @Test func partlyWarmCache() throws {
    let network = FakeNetwork()
    let cache = folder.file("cache")
    _ = try evaluate(request(clips: "all"), network, cache: cache)
    network.computed.store(0, ordering: .relaxed)
    let mixed = try evaluate(request(clips: "3"), network, cache: cache)
    let bare = try evaluate(request(clips: "3"))
    #expect(mixed.scores[0].value.bitPattern == bare.scores[0].value.bitPattern)
    #expect((mixed.circumstances.clipsCached ?? 0) + network.computed.load(ordering: .relaxed) == 57)
    #expect(mixed.circumstances.clipsCached ?? 0 > 0)
  }

  /// What was computed before an interruption is not computed again, and the score is that of a run in one piece.
  @Test func anInterruptedRunGoesOn() throws {
    let network = FakeNetwork()
    let cache = folder.file("cache")
    var evaluation = try Evaluation(request: request(), cache: CacheFolder(path: cache)) { _ in network }
    evaluation.isInterrupted = { network.computed.load(ordering: .relaxed) >= 20 }
    #expect(
      message { _ = try evaluation.run() } == "interrupted after 20 of 38 clips\n"
        + "hint: what is done is kept, and the same command goes on from there")
    let resumed = try evaluate(request(), network, cache: cache)
    #expect(resumed.circumstances.clipsCached == 20 && resumed.circumstances.clipsComputed == 18)
    #expect(network.computed.load(ordering: .relaxed) == 38)
    #expect(try resumed.scores[0].value.bitPattern == evaluate(request()).scores[0].value.bitPattern)
  }

  /// What is told as done is what is kept, although other teams finish their clips after the interruption was seen.
  @Test func anInterruptedRunOfSeveralTeamsGoesOn() throws {
    let network = FakeNetwork()
    let cache = folder.file("cache")
    var evaluation = try Evaluation(request: request(threads: 4), cache: CacheFolder(path: cache)) { _ in network }
    evaluation.isInterrupted = { network.computed.load(ordering: .relaxed) >= 20 }
    let text = try #require(message { _ = try evaluation.run() })
    let done = try #require(Int(text.split(separator: " ").dropFirst(2).first ?? ""), "\(text)")
    #expect((20...23).contains(done))
    let resumed = try evaluate(request(threads: 4), network, cache: cache)
    #expect(resumed.circumstances.clipsCached == done && resumed.circumstances.clipsComputed == 38 - done)
    #expect(try resumed.scores[0].value.bitPattern == evaluate(request()).scores[0].value.bitPattern)
  }

  @Test func aSetAgainstItself() throws {
    let network = FakeNetwork()
    var same = try request()
    same.fake = try #require(same.real)
    let document = try evaluate(same, network)
    #expect(abs(document.scores[0].value) < 1e-9)
    #expect(network.computed.load(ordering: .relaxed) == 24, "equal clips are computed once")
    let codes = document.scores[0].warnings.map(\.code)
    #expect(codes.contains("sets-share-files"))
  }

  /// The order of files decides nothing but which come first: renamed videos give the same score to rounding.
  @Test func namesDoNotCount() throws {
    let first = try evaluate(request())
    for video in 0..<12 {
      try FileManager.default.moveItem(
        atPath: folder.file("real/v\(video).npy"), toPath: folder.file("real/w\(50 - video).npy"))
    }
    let second = try evaluate(request())
    #expect(abs(first.scores[0].value - second.scores[0].value) <= 1e-12 * first.scores[0].value)
  }
}
