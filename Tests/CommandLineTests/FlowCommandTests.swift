import Testing

/// `vidmetrics flow`, `dynamic-degree` and `motion-smoothness`, from outside, as far as they go without weights.
@Suite struct FlowCommandTests {
  private let workplace: Workplace

  init() throws { workplace = try Workplace() }

  private static let absent = """
    error: weights `raft-things` are not on this machine
    hint: `vidmetrics weights import FILE` takes models/raft-things.pth in \
    https://dl.dropboxusercontent.com/s/4j4z58wuv8o0mfz/models.zip

    """

  @Test func withoutWeights() throws {
    let video = try workplace.writeArray("a.npy", frames: 4, side: 128, values: [0])
    let flow = try workplace.program.run("flow", video, "--out", workplace.file("flow"))
    #expect(flow.status == 2 && flow.output.isEmpty && flow.errors == Self.absent)
    let degree = try workplace.program.run("dynamic-degree", video, "--no-record")
    #expect(degree.status == 2 && degree.output.isEmpty && degree.errors == Self.absent)
    let smoothness = try workplace.program.run("motion-smoothness", video, "--no-record")
    #expect(
      smoothness.status == 2
        && smoothness.errors == """
          error: weights `amt-s` are not on this machine
          hint: `vidmetrics weights fetch amt-s` gets them, `vidmetrics weights import amt-s.pth` takes the published files

          """,
      "\(smoothness.errors)")
  }

  @Test func videosThatHaveNoFlow() throws {
    let small = try workplace.writeArray("small.npy", frames: 4, side: 64, values: [0])
    let tooSmall = try workplace.program.run("flow", small, "--out", workplace.file("flow"))
    #expect(
      tooSmall.errors
        == "error: `small.npy[0]` is 64x64, and optical flow needs frames of 121x121 at least\n")
    let video = try workplace.writeArray("a.npy", frames: 4, side: 128, values: [0])
    let tooFew = try workplace.program.run("flow", video, "--out", workplace.file("flow"), "--interval", "4")
    #expect(
      tooFew.status == 2
        && tooFew.errors
          == "error: `a.npy[0]` has too few frames: 4, of which one in 4 is taken, and at least 2 are needed\n"
    )
    let none = try workplace.program.run("flow", video, "--out", workplace.file("flow"), "--iterations", "0")
    #expect(none.errors.hasPrefix("error: --iterations 0: a whole number from 1 to 100 is expected\n"))
  }
}
