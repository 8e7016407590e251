import MetricCatalog
import Testing
import Vocabulary

/// Names, titles and directions are the metrics' own: no list of them stands anywhere else.
@Suite struct ScoreNameTests {
  @Test(arguments: [
    ("fvd", "fvd", "FVD"), ("cfvd", "fvd", "cFVD"), ("sfvd", "fvd", "sFVD"), ("fvd/dir", "fvd", "FVD/dir"),
    ("fvd/regex:^([a-z]+)/[0-9]", "fvd", "FVD/regex:^([a-z]+)/[0-9]"), ("kvd/class", "kvd", "KVD/class"),
    ("fvd-infinity", "fvd-infinity", "FVD∞"), ("recall", "prdc", "recall"), ("recall/class", "prdc", "recall/class"),
    ("pic[inception-cosine]", "pic", "PIC[inception-cosine]"), ("dt-fvd", "dt-fvd", "DT-FVD"),
    ("frame-consistency", "frame-consistency", "frame-consistency"), ("rot-err", "camera-error", "RotErr"),
    ("clip-sim/drift", "clip-sim", "CLIP-SIM/drift"), ("physics-mse", "physics-iq", "MSE"),
    ("pic[inception-cosine]/drift", "pic", "PIC[inception-cosine]/drift"),
  ])
  func namesAreTakenApart(_ name: String, _ metric: String, _ title: String) throws {
    let found = try #require(ScoreName(name))
    #expect(found.metric.name == metric && found.title == title && found.description == name)
    #expect(ScoreName.title(name) == title)
  }

  /// What no metric gives is not guessed at.
  @Test(arguments: [
    "", "prdc", "fvdx", "FVD", "cfvd/dir", "fvd/", "fvd/none", "fvd/column:", "fvd[]", "pic[x", "is", "fvd/drift",
    "/drift", "psnr/drift/drift",
    "rot-err/drift", "psnr/class/drift",
  ])
  func otherNamesAreUnknown(_ name: String) {
    #expect(ScoreName(name) == nil && ScoreName.title(name) == name)
  }

  @Test func oneNameForOneThing() {
    let (classes, subjects) = (Grouping.class, Grouping.subject)
    for metric in Metric.all {
      for output in metric.outputs {
        for grouping in [Grouping.none, classes, subjects, .dir, .regex("a(b)"), .column("c")] {
          let name = metric.name(of: output, over: grouping)
          #expect(ScoreName(name.description) == name)
        }
      }
    }
    #expect(Metric.all.first.map { $0.name(of: $0.outputs[0], over: classes).description } == "cfvd")
    let scores = Metric.all.flatMap(\.scores)
    #expect(Set(scores).count == scores.count && Set(Metric.all.map(\.title)).count == Metric.all.count)
  }

  @Test func placesFollowTheCatalog() {
    let names = ["fvd", "cfvd", "sfvd", "kvd", "fid", "precision", "recall", "psnr", "pic", "frame-consistency", "is"]
    let places = names.map(ScoreName.place)
    #expect(places == places.sorted() && Set(places).count == places.count)
    #expect(ScoreName.place("fvd/dir") == ScoreName.place("fvd"))
  }

  /// Of a metric's numbers one may be better the other way; of drift the small one is.
  @Test func directionsOfNumbers() {
    let names = ["psnr", "psnr/drift", "lpips/drift", "physics-iq", "physics-mse", "ate"]
    let found = names.map { ScoreName($0)?.direction }
    #expect(found == [.higher, .lower, .lower, .higher, .lower, .lower])
  }

  /// A file's direction is the metric's.
  @Test func aFileCannotTurnAMetric() throws {
    let turned = ProtocolReaderTests.yaml.replacingOccurrences(of: "direction: lower", with: "direction: higher")
    #expect(
      message { _ = try EvaluationProtocol.parse(turned, file: "x.yaml") }
        == "`higher` is not a value of `direction`: `lower` is expected")
  }
}
