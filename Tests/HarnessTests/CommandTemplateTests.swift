import Files
import Foundation
import Harness
import Testing

@Suite struct CommandTemplateTests {
  private let place = Place(file: "suite.yaml", line: 7)

  @Test func valuesArePutInAsWords() throws {
    let template = try CommandTemplate("./g --out={output}/x -n {count} ${HOME} '{print}'", at: place)
    #expect(template.placeholders == [.output, .count])
    #expect(
      template.command([.output: "/tmp/a b", .count: "16"]) == "./g --out='/tmp/a b'/x -n 16 ${HOME} '{print}'")
    #expect(template.command([:]) == "./g --out=''/x -n '' ${HOME} '{print}'")
  }

  /// What the shell hands on is what was put in, byte for byte.
  @Test(arguments: [
    "it's $(touch /tmp/never) `id` \"quoted\" \\ back", "two\nlines\n", "-n", "*", "", "'", "''\\''", "'\u{301}é 日本 🎞",
    "~/x", "#no comment", "a;b&c|d>e<f", "!!", "$HOME ${HOME}", "{seed}", "\ttab\r",
  ])
  func wordsArriveIntact(value: String) throws {
    let template = try CommandTemplate("printf %s {prompt}; : {output}", at: place)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", template.command([.prompt: value, .output: "x"])]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(bytes == Data(value.utf8))
  }

  @Test func wrongTemplatesAreRefused() {
    func message(_ text: String) -> String {
      do {
        _ = try CommandTemplate(text, at: place)
        return "none"
      } catch { return "\(error)" }
    }
    #expect(
      message("./g {outptu}") == "suite.yaml:7: nothing is put in for `{outptu}`\nhint: did you mean `{output}`?")
    #expect(
      message("./g {output} {video}")
        == "suite.yaml:7: nothing is put in for `{video}`\nhint: there is {output} {seed} {count} {checkpoint} {step} "
        + "{prompt} {class} {image}")
    #expect(
      message("./g \"{output}\"")
        == "suite.yaml:7: `{output}` stands within quotation marks\nhint: leave them out: a value is put in as one word, "
        + "whatever it holds")
    #expect(
      message("./g {seed}")
        == "suite.yaml:7: the command has no `{output}`, the folder that it writes its videos to")
  }

  @Test(
    arguments: [
      ("ckpt/step_1000.pt", 1000), ("epoch=3-step=1200.ckpt", 1200), ("model_v2_5000.pth", 5000),
      ("checkpoint-250", 250),
      ("steps-0010.pt", 10), ("final.pt", nil),
    ] as [(String, Int?)])
  func stepsAreInNames(path: String, step: Int?) {
    #expect(Checkpoint.step(inName: path) == step)
  }
}
