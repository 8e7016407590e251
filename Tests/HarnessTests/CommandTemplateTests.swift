import Files
import Foundation
import Harness
import Testing

@Suite struct CommandTemplateTests {
  private let place = Place(file: "suite.yaml", line: 7)

  @Test func valuesAreVariables() throws {
    let template = try CommandTemplate("./g --out={output}/x -n {count} ${HOME} '{print}' $(({count} + 1))", at: place)
    #expect(template.placeholders == [.output, .count])
    #expect(
      template.script == "./g --out=\"$VIDMETRICS_OUTPUT\"/x -n \"$VIDMETRICS_COUNT\" ${HOME} '{print}' "
        + "$((${VIDMETRICS_COUNT} + 1))")
    let values: [CommandTemplate.Placeholder: String] = [.output: "/tmp/a b", .count: "16", .seed: "3"]
    #expect(template.command(values) == "./g --out='/tmp/a b'/x -n 16 ${HOME} '{print}' $((16 + 1))")
    #expect(template.command([:]) == "./g --out=''/x -n '' ${HOME} '{print}' $(('' + 1))")
    let environment = template.environment(values)
    #expect(environment.count == CommandTemplate.Placeholder.allCases.count)
    #expect(environment["VIDMETRICS_OUTPUT"] == "/tmp/a b" && environment["VIDMETRICS_COUNT"] == "16")
    #expect(environment["VIDMETRICS_SEED"] == .some(nil) && template.environment([:])["VIDMETRICS_COUNT"] == "")
  }

  /// Texts by which a shell, an expansion or a program's options could be led astray.
  private static let hostile = [
    "$(touch ran)", "`touch ran`", "; touch ran", "& touch ran &", "| touch ran", "|| touch ran", "&& touch ran",
    "\ntouch ran\n", "\r\ntouch ran", "' ; touch ran ; '", "\" ; touch ran ; \"", "'\"'\"$(touch ran)\"'\"'",
    "\\'; touch ran #", "\\", "\\\\", "a\\", "END\ntouch ran\n", "EOF\n$(touch ran)\nEOF", "# touch ran", "{touch,ran}",
    "> ran", ">ran", "< /dev/null > ran", "<(touch ran)", "$VIDMETRICS_OUTPUT", "${VIDMETRICS_OUTPUT:=x}", "$((1+1))",
    "a[$(touch ran)]", "x=$(touch ran)", "-n", "--", "-e\\x41", "*", "?[a-z]*", "~root", "!!", "%s%n%d", "{prompt}",
    "\u{1b}[2J\u{7}", "'\u{301}\u{e9} \u{65e5}\u{672c} \u{1f39e} \u{202e}txt", "\ttab\r", " ", "  two  spaces  ", "",
    String(repeating: "x'\"`$(", count: 5000),
    // Every byte that UTF-8 has, but 0.
    String(String.UnicodeScalarView((1...0x7ff).compactMap(Unicode.Scalar.init))),
  ]

  /// Each place of a command that takes a placeholder, with what it is there: every line writes a value and a byte 0.
  private static let places = """
    # a comment
    printf '%s\\0' {prompt}
    printf '%s\\0' x={prompt}y | cat
    (printf '%s\\0' {prompt}); { printf '%s\\0' {prompt}; }
    printf '%s\\0' "$(printf '%s.' {prompt})" "`printf %s ok`"
    X={prompt}; printf '%s\\0' "$X"; Y={prompt} sh -c 'printf "%s\\0" "$Y"'
    sh -c 'printf "%s\\0" "$1"' sh {prompt}
    case {prompt} in x) ;; *) printf '%s\\0' {prompt};; esac
    if [ {prompt} = {prompt} ]; then printf '%s\\0' {prompt}; fi
    for x in {prompt} {prompt}; do printf '%s\\0' "$x"; done
    f() { printf '%s\\0' "$1"; }; f {prompt}
    cat <<'END' >/dev/null
    $(touch ran) ' "
    END
    printf '%s\\0' {prompt} # and a comment
    printf '%s\\0' {prompt} >{output} && cat {output}
    printf '%s\\0' \\
      {prompt}
    """

  /// None is run, and each arrives byte for byte.
  @Test(arguments: hostile) func hostileValuesArriveAndAreNotRun(value: String) throws {
    let template = try CommandTemplate(Self.places, at: place)
    let folder = NSTemporaryDirectory() + "vidmetrics-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for shell in ["/bin/sh", "/bin/bash"] where FileManager.default.isExecutableFile(atPath: shell) {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: shell)
      process.arguments = ["-c", template.script]
      process.currentDirectoryURL = URL(fileURLWithPath: folder)
      process.environment = ProcessInfo.processInfo.environment.merging(
        template.environment([.prompt: value, .output: "file"]).compactMapValues { $0 }
      ) { $1 }
      let output = Pipe()
      process.standardOutput = output
      try process.run()
      let bytes = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      let words = [
        value, "x=\(value)y", value, value, value + ".", "ok", value, value, value, value, value, value, value, value,
        value, value, value,
      ]
      #expect(bytes == Data(words.flatMap { Array($0.utf8) + [0] }), "\(shell)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["file"], "\(shell)")
    }
  }

  private func message(_ text: String) -> String {
    do {
      _ = try CommandTemplate(text, at: place)
      return "none"
    } catch { return "\(error)" }
  }

  @Test func wrongTemplatesAreRefused() {
    #expect(
      message("./g {outptu}") == "suite.yaml:7: nothing is put in for `{outptu}`\nhint: did you mean `{output}`?")
    #expect(
      message("./g {output} {video}")
        == "suite.yaml:7: nothing is put in for `{video}`\nhint: there is {output} {seed} {count} {checkpoint} {step} "
        + "{prompt} {class} {image} {shard} {shards} {first}")
    #expect(
      message("./g {seed}")
        == "suite.yaml:7: the command has no `{output}`, the folder that it writes its videos to")
  }

  /// Where a value would not be a word: with the line, and the way out.
  @Test(
    arguments: [
      ("\"{prompt}\"", "quotes"), ("'a {prompt}'", "quotes"), ("\"${x:-{prompt}}\"", "expansion"),
      ("\"$(f \"{prompt}\")\"", "quotes"), ("cat <<END\n{prompt}\nEND\n", "hereDocument"),
      ("cat <<-'END' | wc\n\t{prompt}\n\tEND\n", "hereDocument"), ("cat <<A <<B\nA\n{prompt}\nB\n", "hereDocument"),
      ("cat <<{prompt}\nx\n", "hereDocument"), ("f <<END & # x\n$(\n{prompt}", "hereDocument"),
      ("# {prompt}", "comment"), ("f; # it's {prompt}", "comment"), ("`f {prompt}`", "backquotes"),
      ("`f $(g {prompt})`", "backquotes"), ("${x#{prompt}}", "expansion"), ("$(({prompt} + 1))", "arithmetic"),
      ("$((1 + (2) * {image}))", "arithmetic"), ("(({prompt}))", "arithmetic"), ("eval f {prompt}", "reader"),
      ("x=1 eval >&2 {prompt}", "reader"), ("/usr/bin/ssh host f {prompt}", "reader"), ("bash -c {prompt}", "reader"),
      ("trap {prompt} EXIT", "reader"), ("if let {prompt}; then", "reader"), ("[[ {prompt} -eq 1 ]]", "reader"),
      ("x=$(eval {prompt})", "reader"), ("eval $(x) {prompt}", "reader"),
    ] as [(String, String)])
  func placesThatAreNoWordsAreRefused(text: String, kind: String) {
    do {
      _ = try CommandTemplate("./g {output}\n\(text)", at: place)
      Issue.record("`\(text)` is taken")
    } catch HarnessError.misplacedPlaceholder(let place, let name, let misplacement) {
      #expect(place == self.place && ["prompt", "image"].contains(name))
      #expect("\(misplacement)".hasPrefix(kind), "\(misplacement)")
    } catch { Issue.record("\(error)") }
  }

  @Test func misplacementsHaveWords() {
    #expect(
      message("./g \"{output}\"")
        == "suite.yaml:7: `{output}` stands within quotation marks\nhint: leave them out: a value is put in as one word, "
        + "whatever it holds")
    #expect(
      message("cat <<E\n{prompt}\nE\n")
        == "suite.yaml:7: `{prompt}` stands in a here-document\nhint: printf '%s\\n' {prompt} > FILE writes it, whatever it "
        + "holds")
    #expect(
      message("./g {output} # {seed}")
        == "suite.yaml:7: `{seed}` stands in a comment\nhint: leave it out there")
    #expect(
      message("./g `f {output}`")
        == "suite.yaml:7: `{output}` stands within backquotes\nhint: $(...) does the same, and takes placeholders")
    #expect(
      message("./g ${x%{output}}")
        == "suite.yaml:7: `{output}` stands within ${...}\nhint: X={output} gives the value to a variable first")
    #expect(
      message("./g $(({prompt}))")
        == "suite.yaml:7: `{prompt}` stands within $((...)), which takes numbers only: {seed}, {count}, {step}, {shard}, {shards} and {first}"
    )
    #expect(
      message("bash -c {prompt}")
        == "suite.yaml:7: `{prompt}` is given to `bash -c`, which would read it as commands\nhint: give it to a program as "
        + "an argument or a file")
  }

  /// What looks like these places and is none.
  @Test(arguments: [
    "echo a#b {prompt}", "echo \\# {prompt}", "echo $# {prompt}", "echo '#' {prompt}", "cat <<<x {prompt}",
    "echo 'it''s' \"a\" {prompt}", "echo $((1 << 2)) {prompt}", "cat <<E\nx\nE\n./h {prompt}", "(./h {prompt})",
    "echo \"$(basename {prompt})\"", "bash x.sh -c {prompt}; sh -c 'x' {prompt}", "retrieval {prompt}",
    "echo a | ./h {prompt}",
    "case x in a) ./h {prompt};; esac", "echo \"}\" ${x:-\"}\"} {prompt}", "eval x; ./h {prompt}",
  ]) func placesThatAreWordsAreTaken(text: String) {
    #expect(message("./g {output}\n\(text)") == "none")
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
