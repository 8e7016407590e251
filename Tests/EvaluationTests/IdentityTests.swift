import Evaluation
import Files
import Foundation
import Kernels
import MetricCatalog
import Networks
import Synchronization
import Testing
import Vocabulary
import Weights

/// What makes features the same: kept ones are taken for the very recipe, frames and bytes that they were computed from, and
/// for nothing else. Which fields those are is `StageTests`'.
@Suite struct IdentityTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.writeArray("real.npy", [6, 4, 12, 20, 3], seed: 1)
    try folder.writeArray("fake.npy", [6, 4, 12, 20, 3], seed: 2)
  }

  /// Samples that were in the cache, and the score.
  private func run(
    _ metric: String, _ name: String? = nil, _ settings: [(String, String)] = [], network: (any FeatureNetwork)? = nil
  ) throws -> (cached: Int, computed: Int, value: Double) {
    let wanted = try wanted(metric, name, settings)
    let own: any FeatureNetwork =
      wanted.evaluationProtocol.definition.sample == .clip ? FakeNetwork() : FakeFrameNetwork()
    let request = ScoreRequest(real: folder.file("real.npy"), fake: folder.file("fake.npy"), scores: [wanted])
    let document = try Evaluation(request: request, cache: CacheFolder(path: folder.file("cache"))) { _ in
      network ?? own
    }.run()
    let facts = document.circumstances
    return (try #require(facts.clipsCached), try #require(facts.clipsComputed), document.scores[0].value)
  }

  /// Whatever happens to pixels before the network, and whatever the network is, is part of what features are kept under.
  @Test(arguments: [
    ("resize", "tf1-bilinear", true), ("crop", "center", true), ("crop", "torchvision-center", true),
    ("aspect-crop", "1:1", true), ("loader-resize", "antialias-bilinear", false), ("batch-norm-eps", "0.5", false),
    ("endpoint", "mixed-5c-mean", false), ("weights-fingerprint", "sha256:" + String(repeating: "b", count: 64), false),
  ])
  func featuresOfOtherFieldsAreNotTaken(_ field: String, _ value: String, _ changesPixels: Bool) throws {
    let four = [("frames", "4")]
    let settings = field == "loader-resize" ? [("loader-resolution", "16")] : []
    let first = try run("fvd", nil, four)
    #expect(first.computed == 12)
    let other = try run("fvd", nil, four + [(field, value)] + settings)
    #expect(other.cached == 0 && other.computed == 12)
    #expect((other.value != first.value) == changesPixels)
    let again = try run("fvd", nil, four)
    #expect(again.cached == 12 && again.value == first.value)
    // What is computed from the same features takes them: other distances, other names, other scales.
    let more = [("ddof", "1"), ("scale-factor", "3"), ("weights", "x"), ("group-by", "regex:(npy)")]
    for setting in more { #expect(try run("fvd", nil, four + [setting]).cached == 12, "\(setting)") }
    #expect(try run("prdc", nil, four + [("neighbours", "2")]).cached == 12)
  }

  @Test func scalingIsPartOfTheRecipe() throws {
    let first = try run("fid")
    #expect(first.computed == 48)
    #expect(try run("fid", nil, [("input-scaling", "unit")]).cached == 0)
    #expect(try run("kid", "clean").cached == 48)
    #expect(try run("fid").value == first.value)
  }

  /// The frames of a clip are part of it.
  @Test func otherFramesAreOtherFeatures() throws {
    _ = try run("fvd", nil, [("frames", "2")])
    #expect(try run("fvd", nil, [("frames", "3")]).cached == 0)
    #expect(try run("fvd", nil, [("frames", "2"), ("stride", "2")]).cached == 0)
    #expect(try run("fvd", nil, [("frames", "2"), ("skip-first", "1")]).cached < 12)
    #expect(try run("fvd", nil, [("frames", "2"), ("seed", "0")]).cached == 12)
  }

  /// Networks as they are, without computing anything: what decides their bits is in their identity, and with it in the
  /// recipe of their features.
  @Test func identitiesOfNetworks() throws {
    let table = KernelTable(.baseline)
    let absent: @Sendable () throws -> NetworkWeights = { throw EvaluationError.noFeatures(metric: "a test") }
    let (a, b) = ("sha256:a", "sha256:b")
    let fvd = try EvaluationProtocol.named("stylegan-v", metric: "fvd")
    func network(
      _ kind: NetworkKind, _ weights: String, _ table: KernelTable,
      _ set: (inout NetworkKind.Options) -> Void = { _ in }
    ) throws -> any FeatureNetwork {
      var options = NetworkKind.Options()
      set(&options)
      return try EmbeddingNetwork(kind, fingerprint: weights, options: options, table: table, weights: absent)
    }
    func i3d(_ weights: String, _ epsilon: Float, _ endpoint: I3D.Endpoint) throws -> any FeatureNetwork {
      try network(.i3d, weights, table) { ($0.epsilon, $0.endpoint) = (epsilon, endpoint) }
    }
    func inception(_ weights: String, _ epsilon: Float) throws -> any FeatureNetwork {
      try network(.inceptionV3, weights, table) { $0.epsilon = epsilon }
    }
    func clip(_ weights: String, _ activation: ValueFunction.Kind) throws -> any FeatureNetwork {
      try network(.clipImage, weights, table) { $0.activation = activation }
    }
    let networks = try [
      i3d(a, 1e-3, .logitsMean), i3d(a, 1e-5, .logitsMean), i3d(a, 1e-3, .mixed5cMean),
      i3d(b, 1e-3, .logitsMean), inception(a, 1e-3), inception(a, 1e-5), inception(b, 1e-3),
      network(.dreamSimEnsemble, a, table), network(.dreamSimEnsemble, b, table), network(.dreamSimDINO, a, table),
      network(.dreamSimDINOv2, a, table), network(.dino, a, table), network(.dinov2Large, a, table),
      clip(a, .quickGELU), clip(a, .gelu), clip(b, .quickGELU),
    ]
    #expect(Set(networks.map(\.identity)).count == networks.count)
    let recipes = networks.map { FeatureSource(fvd, of: .real, network: $0, frames: 16).recipe }
    #expect(Set(recipes).count == networks.count)
    #expect(try i3d(a, 1e-3, .logitsMean).identity == networks[0].identity, "one network, one identity")
    if KernelTable(.widest).name != table.name {
      let wide = try network(.i3d, a, KernelTable(.widest))
      #expect(wide.identity != networks[0].identity, "kernels decide bits")
    }
  }

  /// The only pack of a cache, and the bytes of each of its entries: name (32), length (4), payload, checksum (32).
  private func pack(_ cache: String) throws -> (path: String, bytes: [UInt8], entries: [Range<Int>]) {
    let folder = folder.file(cache + "/packs")
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(".pack") })
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
    var entries: [Range<Int>] = []
    let number = bytes.suffix(24).prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    var place = 16
    for _ in 0..<number {
      let length = bytes[place + 32..<place + 36].reversed().reduce(0) { $0 << 8 | Int($1) }
      entries.append(place..<place + 68 + length)
      place += 68 + length
    }
    return (folder + "/" + name, bytes, entries)
  }

  /// An entry that lies under another key's name, or under that of another kind, is not taken for it.
  @Test func anEntryUnderAnotherKeyIsNotTaken() throws {
    let (one, other) = (SHA256.digest(of: "one"), SHA256.digest(of: "other"))
    CacheFolder(path: folder.file("entries")).write("features", one, [1, 2, 3])
    #expect(CacheFolder(path: folder.file("entries")).read("features", one) == [1, 2, 3])
    for (kind, key) in [("features", other), ("videos", one)] {
      #expect(CacheFolder(path: folder.file("entries")).read(kind, key) == nil)
      CacheFolder(path: folder.file("other")).write(kind, key, [4, 5, 6])
      var (path, bytes, entries) = try pack("other")
      let own = try pack("entries")
      bytes.replaceSubrange(entries[0].dropFirst(32), with: own.bytes[own.entries[0].dropFirst(32)])
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      #expect(CacheFolder(path: folder.file("other")).read(kind, key) == nil)
      try FileManager.default.removeItem(atPath: folder.file("other"))
    }
  }

  /// In the program itself: features swapped between two clips are computed again.
  @Test func swappedFeaturesAreComputedAgain() throws {
    let first = try run("fvd", nil, [("frames", "4")])
    var (path, bytes, entries) = try pack("cache")
    // The features are written last.
    let (a, b) = (entries[entries.count - 2], entries[entries.count - 1])
    #expect(a.count == b.count)
    let (ofA, ofB) = (Array(bytes[a.dropFirst(32)]), Array(bytes[b.dropFirst(32)]))
    bytes.replaceSubrange(a.dropFirst(32), with: ofB)
    bytes.replaceSubrange(b.dropFirst(32), with: ofA)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let again = try run("fvd", nil, [("frames", "4")])
    #expect(again.computed == 2 && again.value == first.value)
  }
}
