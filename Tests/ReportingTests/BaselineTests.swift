import ReportAssets
import Testing

@Suite struct BaselineTests {
  @Test func numbersOfThePapers() throws {
    func value(_ paper: String, _ method: String, _ dataset: String?, _ metric: String) throws -> [Double?] {
      let row = try #require(try Baseline.named(paper).rows.first { $0.method == method })
      let score = try #require(row.scores.first { $0.dataset == dataset && $0.metric == metric })
      return [score.value, score.std]
    }
    #expect(try value("lfdm", "LFDM, 64x64", "NATOPS", "sfvd") == [324.45, 116.21])
    #expect(try value("lfdm", "ImaGINator, 64x64", "MHAD", "cfvd") == [1406.56, 260.70])
    #expect(try value("lvdm", "LVDM, 256x256", "Taichi", "kvd") == [15.3, 0.9])
    #expect(try value("lvdm", "LVDM*, 256x256", "UCF-101", "fvd") == [372, 11])
    #expect(try value("dynamicrafter", "DynamiCrafter", "MSR-VTT", "pic") == [0.5803, nil])
    #expect(try value("dynamicrafter-user-study", "Gen-2", nil, "input-conformity") == [64.77, nil])
    #expect(try value("dynamicrafter-ablation", "DynamiCrafter, w/o VDG", "MSR-VTT", "pic") == [0.6945, nil])
    #expect(try value("generative-image-dynamics", "Endo et al.", nil, "kid") == [0.19, nil])
    #expect(try value("generative-image-dynamics-ablation", "Repeat I0", nil, "fvd") == [237.5, nil])
    #expect(try value("pix2gif", "I2VGen-XL", "MSR-VTT", "fvd") == [278.62, nil])
  }

  private static let whole = """
    name: mine
    version: 1
    paper: "Somebody: Something (2026)"
    short: "Mine"
    table: "Table 1"
    protocol: {name: stylegan-v, version: 1}
    settings: "as given"
    layout:
      datasets: [A]
      columns:
        - {metric: fvd, label: FVD, digits: 2}
    rows:
      - method: "m"
        scores:
          - {dataset: A, metric: fvd, value: 1.5}

    """

  @Test func itReads() throws {
    let baseline = try Baseline.parse(Self.whole, file: "mine.yaml")
    #expect(baseline.rows[0].scores[0].direction == .lower && baseline.rows[0].certainty == .paper)
  }

  @Test(arguments: [
    ("value: 1.5}", "std: 1.5}", "mine.yaml:15: a score needs the key `value`"),
    ("value: 1.5}", "valu: 1.5}", "mine.yaml:15: a score has no key `valu`\nhint: did you mean `value`?"),
    ("value: 1.5}", "value: 1.5, sdt: 2}", "mine.yaml:15: a score has no key `sdt`\nhint: did you mean `std`?"),
    ("value: 1.5}", "value: low}", "mine.yaml:15: `low` is not a value of `value`: a number is expected"),
    (
      "value: 1.5}", "value: 1.5, std: -1}",
      "mine.yaml:15: `-1.0` is not a value of `std`: a number that is not negative is expected"
    ),
    ("metric: fvd, value", "metric: votes, value", "mine.yaml:15: a score needs the key `direction`"),
    (
      "metric: fvd, value", "metric: fvd, direction: higher, value",
      "mine.yaml:15: `higher` is not a value of `direction`: `lower` is expected"
    ),
    (
      "version: 1}", "version: one}",
      "mine.yaml:6: `one` is not a value of `version`: a whole number or `unknown` is expected"
    ),
    ("settings: \"as given\"\n", "", "mine.yaml:1: a file of published rows needs the key `settings`"),
    (
      "value: 1.5}", "value: 1.5}\n      - {dataset: A, metric: fvd, value: 2}",
      "mine.yaml:16: `m` has two values of `fvd` on A"
    ),
  ])
  func wrongFilesAreNamed(_ from: String, _ to: String, _ words: String) {
    let text = Self.whole.replacing(from, with: to)
    #expect(message { _ = try Baseline.parse(text, file: "mine.yaml") } == words)
  }

  @Test func unknownNames() {
    #expect(
      message { _ = try Baseline.named("lfdn") } == "there are no published rows `lfdn`\nhint: did you mean `lfdm`?")
    #expect(message { _ = try Baseline.parse("", file: "e.yaml") } == "e.yaml: the file is empty")
  }
}
