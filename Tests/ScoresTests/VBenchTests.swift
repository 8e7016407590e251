import Scores
import Testing

/// Normalisation and totals against VBench's scripts `cal_final_score.py` and `cal_i2v_final_score.py`, run on these numbers.
@Suite struct VBenchTests {
  private static let quality = [
    "subject_consistency": 0.9, "background_consistency": 0.87, "temporal_flickering": 0.84, "motion_smoothness": 0.81,
    "dynamic_degree": 0.78, "aesthetic_quality": 0.75, "imaging_quality": 0.72,
  ]
  private static let semantics = [
    "object_class": 0.69, "multiple_objects": 0.66, "human_action": 0.63, "color": 0.6, "spatial_relationship": 0.57,
    "scene": 0.54, "appearance_style": 0.51, "temporal_style": 0.48, "overall_consistency": 0.45,
  ]

  private func summary(_ values: [String: Double], isOfImages: Bool = false) -> VBench.Summary {
    VBench.Summary(values.mapValues { VBench.Value(raw: $0) }, isOfImages: isOfImages)
  }

  @Test func totalsOfText() {
    let totals = summary(Self.quality.merging(Self.semantics) { a, _ in a }).totals
    #expect(totals.map(\.title) == ["quality score", "semantic score", "total score"])
    for (total, value) in zip(totals, [0.6910774602872168, 0.9056162206015633, 0.7339852123500862]) {
      #expect(abs((total.value ?? 0) - value) < 1e-12 && total.missing.isEmpty, "\(total.title)")
    }
  }

  @Test func totalsOfImages() {
    let totals = summary(
      [
        "camera_motion": 0.95, "i2v_subject": 0.9, "i2v_background": 0.85, "subject_consistency": 0.8,
        "background_consistency": 0.75, "motion_smoothness": 0.7, "dynamic_degree": 0.65, "aesthetic_quality": 0.6,
        "imaging_quality": 0.55,
      ], isOfImages: true
    ).totals
    #expect(totals.map(\.title) == ["I2V quality score", "I2V score", "I2V total score"])
    for (total, value) in zip(totals, [0.5239356142127936, 0.84512482417228, 0.6845302191925368]) {
      #expect(abs((total.value ?? 0) - value) < 1e-12, "\(total.title)")
    }
  }

  /// VBench's script takes 0 for what is missing. Nothing is claimed of a total here, and what it lacks is named.
  @Test func whatIsMissingIsNamed() {
    let found = summary(["temporal_flickering": 1, "aesthetic_quality": 0.5])
    let quality = found.totals[0]
    #expect(quality.value == nil && abs((quality.partial ?? 0) - 0.75) < 1e-12)
    #expect(
      quality.missing == [
        "subject_consistency", "background_consistency", "motion_smoothness", "imaging_quality", "dynamic_degree",
      ])
    #expect(found.totals[1].partial == nil && found.totals[2].value == nil && found.totals[2].partial == nil)
    #expect(
      found.text == """
        dimension            value      normalised  weight
        temporal_flickering  1.000000   1.000000    1.000000
        aesthetic_quality    0.5000000  0.5000000   1.000000

        quality score  none, since these are missing: subject_consistency, background_consistency, motion_smoothness, \
        imaging_quality, dynamic_degree
          the weighted mean of those that are there is 0.7500000: no published quality score compares with it
        semantic score  none: none of its 9 dimensions is there
        total score  none: it is made of quality score and semantic score

        """)
  }

  @Test func resultFiles() throws {
    var score = ScoreRecord(metric: "subject-consistency", value: 0.5, direction: .higher)
    score.videos = [VideoValue(name: "a.mp4", value: 0.25)]
    let other = ScoreRecord(metric: "fvd", value: 1, direction: .lower)
    #expect(
      VBench.results(of: [score, other].compactMap { VBench.Scored($0, published: "vbench") }).line
        == #"{"subject_consistency": [0.5, [{"video_path": "a.mp4", "video_results": 0.25}]]}"#)
  }
}
