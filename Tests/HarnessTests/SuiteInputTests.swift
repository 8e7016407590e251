import Evaluation
import Foundation
import Harness
import Tensors
import Testing
import Video

/// How sets are read, as a suite, a real set and a generator say it.
@Suite struct SuiteInputTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/suite").path

  private func read(_ text: String) throws -> Suite { try Suite.parse(text, file: Self.folder + "/test.yaml") }

  private func message(_ line: String, metrics: String = "[psnr]") -> String {
    do {
      _ = try read(
        "\(line)\nmetrics: \(metrics)\ndata: {r: ../clips/real}\ngenerators: {name: g, outputs: ../clips/real}\n")
      return "none"
    } catch { return "\(error)".replacingOccurrences(of: Self.folder + "/", with: "") }
  }

  /// A set's own key stands in the place of the suite's; the others hold for it.
  @Test func aSetsOwnKeysReplaceTheSuites() throws {
    let suite = try read(
      """
      include: ['*.npy', '*.mp4']
      exclude: preview.png
      value-range: 0..1
      layout: NTHWC
      path-column: video
      pair-by: "regex:([0-9]+)"
      metrics: [psnr]
      data:
        plain: ../clips/real
        own: {path: ../clips/real, include: '*.mp4', value-range: 0..255, path-column: file, layout: NCTHW}
      generators:
        - {name: made, command: "./g {output}"}
        - {name: own, command: "./g {output}", exclude: [a, b], value-range: -1..1}
        - {name: there, outputs: ../clips/real}
      """)
    var common = VideoSetOptions()
    common.filter = NameFilter(include: ["*.npy", "*.mp4"], exclude: ["preview.png"])
    common.valueRange = .unit
    common.layout = ArrayLayout("NTHWC")
    common.pathColumn = "video"
    #expect(suite.data[0].input == common && suite.generators[2].input == common && suite.input.sets == common)
    #expect(suite.input.pairBy == .regex("([0-9]+)"))
    #expect(suite.data[1].input.filter == NameFilter(include: ["*.mp4"], exclude: ["preview.png"]))
    #expect(suite.data[1].input.valueRange == .byte && suite.data[1].input.pathColumn == "file")
    #expect(suite.data[1].input.layout == ArrayLayout("NCTHW"))
    // What a command writes is found in its folder: no table of the user's names it.
    #expect(suite.generators[0].input.pathColumn == nil && suite.generators[0].input.filter == common.filter)
    #expect(suite.generators[1].input.filter == NameFilter(include: ["*.npy", "*.mp4"], exclude: ["a", "b"]))
    #expect(suite.generators[1].input.valueRange == .symmetric)
  }

  @Test func wrongValuesHaveTheirLine() {
    #expect(
      message("value-range: 0..2")
        == "test.yaml:1: `0..2` is not a value of `value-range`: 0..1, -1..1, 0..255, network is expected")
    #expect(
      message("layout: NTH")
        == "test.yaml:1: `NTH` is not a value of `layout`: axes such as NTHWC, NCTHW or NTHW is expected")
    #expect(
      message("pair-by: name")
        == "test.yaml:1: `name` is not a value of `pair-by`: stem, order or regex:PATTERN is expected")
    #expect(message("pair-by: 'regex:('") == "test.yaml:1: `(` is not a regular expression")
    #expect(
      message("pair-by: stem", metrics: "[fvd]")
        == "test.yaml:1: `pair-by` is for metrics of pairs (psnr, ssim, lpips, pic), and none is asked for")
    #expect(message("include: []") == "test.yaml:1: `include` is not a list with something in it")
    #expect(message("exclud: x") == "test.yaml:1: a suite has no key `exclud`\nhint: did you mean `exclude`?")
  }

  @Test func aCommandsOutputsHaveNoTable() {
    do {
      _ = try read(
        "metrics: [psnr]\ndata: {r: ../clips/real}\ngenerators:\n- {name: g, command: './g {output}', path-column: a}")
      Issue.record("it is taken")
    } catch {
      #expect(
        "\(error)".hasSuffix(
          "test.yaml:4: `path-column` and `command` do not go together: what a command writes is found in its folder, and no "
            + "table names it"))
    }
  }
}
