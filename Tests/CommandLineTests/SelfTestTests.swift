import Foundation
import SelfTest
import Testing

/// `selftest`: what it checks, and its status.
@Suite(.serialized) struct SelfTestTests {
  @Test func verdicts() {
    func verdict(_ outcome: Check.Outcome) -> Check.Verdict {
      Check(group: "", name: "", source: "", outcome).verdict
    }
    #expect(verdict(.number(expected: 100, measured: 100.01, allowed: 1e-4)) == .agrees)
    #expect(verdict(.number(expected: 100, measured: 100.02, allowed: 1e-4)) == .differs)
    #expect(verdict(.number(expected: 100, measured: 99.98, allowed: 1e-4)) == .differs)
    #expect(verdict(.number(expected: 100, measured: .nan, allowed: 1e-4)) == .differs)
    #expect(verdict(.number(expected: .nan, measured: 1, allowed: 1e-4)) == .differs)
    #expect(verdict(.distance(measured: 0, allowed: 0)) == .agrees)
    #expect(verdict(.distance(measured: 1, allowed: 0)) == .differs)
    #expect(verdict(.distance(measured: .nan, allowed: 1)) == .differs)
    #expect(verdict(.text(expected: "ab", measured: "ab")) == .agrees)
    #expect(verdict(.text(expected: "ab", measured: "aB")) == .differs)
    #expect(verdict(.failed("x")) == .notRun && verdict(.leftOut("x")) == .leftOut)
  }

  /// Rows of the table, cells by two spaces.
  private func rows(_ result: Program.Result) -> [[String]] {
    result.output.split(separator: "\n").map { line in
      line.components(separatedBy: "  ").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
  }

  @Test func withoutWeightsItSaysWhatIsMissing() throws {
    let place = try Workplace()
    let result = try place.program.run("selftest")
    #expect(result.status == 2)
    let table = rows(result)
    #expect(table.count { $0.last == "left out" } == 6)
    #expect(table.count { $0.last == "agrees" } >= 7)
    #expect(!result.output.contains("differs"))
    #expect(
      result.errors.hasPrefix(
        "left out: FVD, black against white: the weights i3d-kinetics400 are not on this machine\nerror: 6 of "))
    #expect(
      result.errors.hasSuffix("hint: `vidmetrics weights fetch i3d-kinetics400` gets the weights that they need\n"))
  }

  @Test(.enabled(if: Workplace.hasWeights, Workplace.withoutWeights)) func everythingAgreesHere() throws {
    let place = try Workplace(weights: true)
    let result = try place.program.run("selftest")
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(result.errors.wholeMatch(of: /all \d+ checks agree\n/) != nil)
    let table = rows(result)
    #expect(table.dropFirst().allSatisfy { $0.last == "agrees" })
    let tensorFlow = try #require(table.first { $0.first == "T = 30" })
    #expect(tensorFlow[1...2] == ["TensorFlow", "151.392440"])
    // The page of conformance shows the same table of `make conformance`.
    let page = try String(contentsOfFile: Workplace.fixtures + "/../docs/conformance.md", encoding: .utf8)
    let published = table.filter { row in row.contains { $0.hasPrefix("T = ") } && row.contains("PyTorch") }
    #expect(published.count == 5)
    for row in published {
      #expect(row.contains { page.contains("| this network in PyTorch | \($0) |") }, "\(row)")
    }
  }

  /// Damaged weights say nothing about the machine: nothing differs, and the way out is there.
  @Test(.enabled(if: Workplace.hasWeights, Workplace.withoutWeights)) func damagedWeightsAreNoDifference() throws {
    let place = try Workplace()
    let name = "/i3d-kinetics400.safetensors"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: Workplace.weightsFolder + name))
    bytes[bytes.count - 2] ^= 0x40
    try bytes.write(to: URL(fileURLWithPath: place.file("cache/weights") + name))
    let result = try place.program.run("selftest")
    #expect(result.status == 2)
    let failed = rows(result).count { $0.last == "could not run" }
    #expect(failed >= 2 && !result.output.contains("differs"))
    let total = rows(result).count - 1
    #expect(
      result.errors.wholeMatch(
        of: try Regex(
          "could not run: I3D, instruction sets; FVD, black against white: weights `i3d-kinetics400` in `.*` are "
            + "damaged: expected sha256:.*, found sha256:.*\nhint: `vidmetrics weights fetch i3d-kinetics400` gets them "
            + "again\nerror: \(failed) of \(total) checks could not run, and say nothing about this machine\n")) != nil,
      "\(result.errors)")
  }

  @Test func anUnknownInstructionSetStopsItFirst() throws {
    var program = try Workplace().program
    program.isa = "nosuch"
    let result = try program.run("selftest")
    #expect(result.status == 2 && result.output.isEmpty)
    #expect(
      result.errors == "error: `VIDMETRICS_ISA` is `nosuch`; it can be `baseline`, `avx2`, `avx512`\n")
  }
}
