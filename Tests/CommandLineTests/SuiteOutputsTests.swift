import Foundation
import Testing

/// What a suite's commands leave beside their videos, and what says how that is read.
@Suite struct SuiteOutputsTests {
  private static func copying(_ name: String, _ more: String = "") -> String {
    """
      - name: \(name)
        count: 2
        \(more)
        command: >
          cp '\(SuitePlace.clips)'/real/spin/disc.mp4 '\(SuitePlace.clips)'/real/spin/star.mp4 {output};
          cp '\(Workplace.fixtures)'/golden/video/pictures/rgb.png {output}/preview.png; : {count}
    """
  }

  /// A picture beside videos can be a frame: it is named, and a key says that it is not meant.
  @Test func aPreviewBesideTheVideos() throws {
    let suite = try SuitePlace(Self.copying("unclear") + "\n" + Self.copying("clear", "exclude: preview.png"))
    let result = try suite.run()
    #expect(result.status == 2)
    let failures = suite.errors(result).components(separatedBy: "\nfailed: ").dropFirst()
    #expect(
      failures.map { $0.trimmingCharacters(in: .newlines) } == [
        """
        unclear: the command ended well, but what it wrote to `runs/suite/unclear/seed-0.failed/samples` is no set of videos: \
        folder `runs/suite/unclear/seed-0.failed/samples` holds 1 picture beside `disc.mp4`, `star.mp4`, so it is unclear whether \
        it is one video made of frames
          hint: keep frames in a folder of their own, or say what is meant, such as --include '*.mp4'; --include and the like are \
        keys of a suite and of a generator
          logs: runs/suite/unclear/seed-0.failed/stderr.txt
        """
      ])
    #expect(try suite.runs().map { $0["name"] as? String } == ["clear"])
    #expect(result.output.contains("clear"))
  }

  /// Arrays of floats are no videos until somebody says what black and white are.
  @Test func arraysOfFloats() throws {
    let array = Workplace.fixtures + "/golden/video/arrays/float32.npy"
    let suite = try SuitePlace(
      """
        - {name: untold, command: "cp '\(array)' {output}"}
        - {name: told, command: "cp '\(array)' {output}", value-range: 0..1}
      """)
    let result = try suite.run()
    #expect(result.status == 2)
    #expect(suite.errors(result).contains("untold: failed: the command ended well, but what it wrote to "))
    #expect(suite.errors(result).contains("samples/float32.npy` holds float32, whose range is not known"))
    #expect(try suite.runs().map { $0["name"] as? String } == ["told"])
  }

  /// What nobody can read is not made again in silence.
  @Test func aDamagedRecordOfOutputs() throws {
    let suite = try SuitePlace(
      "  - {name: g, command: \"cp '\(SuitePlace.clips)'/real/spin/disc.mp4 {output}; echo x >> calls\"}")
    #expect(try suite.run().status == 0)
    try suite.write("runs/suite/g/seed-0/generation.json", "{\"schema\": ")
    let result = try suite.run()
    #expect(result.status == 2)
    #expect(
      suite.errors(result).contains(
        "failed: g: runs/suite/g/seed-0/generation.json: it is no record of how outputs were made\n"
          + "  hint: --force makes the outputs again"), "\(suite.errors(result))")
    #expect(suite.text("calls") == "x\n")
    #expect(try suite.run("--force").status == 0)
    #expect(suite.text("calls") == "x\nx\n")
  }
}
