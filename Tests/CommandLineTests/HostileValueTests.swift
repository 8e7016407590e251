import Files
import Foundation
import Testing

/// Prompts, classes, pictures and checkpoints that a shell would like to run, in every place of a command: none is run, and
/// each arrives byte for byte.
@Suite struct HostileValueTests {
  /// `touch TRAP` leaves a file wherever it is run.
  private static let values = [
    "$(touch TRAP)", "`touch TRAP`", "; touch TRAP", "| touch TRAP", "&& touch TRAP", "|| touch TRAP", "& touch TRAP &",
    "\ntouch TRAP\n", "'; touch TRAP; '", "\"; touch TRAP; \"", "'$(touch TRAP)'", "\"$(touch TRAP)\"",
    "$((`touch TRAP`))", "${x:-$(touch TRAP)}", "${x:=`touch TRAP`}", "> TRAP", ">> TRAP", "&> TRAP", "< TRAP",
    "<(touch TRAP)", "<<END\n$(touch TRAP)\nEND", "END\ntouch TRAP\n", "#\ntouch TRAP", "# $(touch TRAP)",
    "\\$(touch TRAP)", "\\\ntouch TRAP", "\\\\`touch TRAP`", "(touch TRAP)", "{ touch TRAP; }", "x=1 touch TRAP",
    "$'\\ntouch TRAP'", "$IFS$(touch${IFS}TRAP)", ";;esac;touch TRAP", "done;touch TRAP", "\\", "'", "\"", "`", "$",
    "!!", "*", "?", "[a-z]*", "~", "-n", "-e \\n", "--help", "%s%n%d", "{output}", "{prompt} {seed}",
    "$VIDMETRICS_PROMPT",
    "$0 $1 $@", "a  b\t c ", " both ", "a\r\nb", "é🎞️\u{202E}x", "'\u{301}; touch TRAP", "\u{1B}[2J\u{7}", "\u{1}\u{7F}",
    "=1+1", "${PATH}",
  ]

  /// Each place that takes a value, and writes it down with `log`. A dot stands behind it where a shell would drop its last line
  /// breaks.
  private static func places(_ value: String, variable: String) -> [String] {
    [
      "log \(value)", "log \(value) | cat", "echo x | log \(value)", "(log \(value))", "{ log \(value); }",
      "X=\(value); log \"$X\"", "X=\(value) sh -c '. ./log.sh; log \"$X\"'",
      "Y=$(printf '%s.' \(value)); log \"${Y%.}\"", "Y=\"$(printf '%s.' \(value))\"; log \"${Y%.}\"",
      "for x in \(value); do log \"$x\"; done", "case \(value) in *) log \(value);; esac",
      "[ \(value) = \(value) ] && log \(value)", "set -- \(value); log \"$1\"", "if true; then log \(value); fi",
      "log \(value) & wait", "! log \(value)", "log \(value) # a comment", "log \(value) 2>/dev/null",
      "f() { log \"$1\"; }; f \(value)", "while log \(value); do break; done", "\n\nlog \(value)",
      "log \"$\(variable)\"", "sh -c '. ./log.sh; log \"$1\"' sh \(value)", "sh -c '. ./log.sh; log \"$\(variable)\"'",
      "cat <<'END' >/dev/null\nx\nEND\nlog \(value)", "env X=\(value) sh -c '. ./log.sh; log \"$X\"'",
    ]
  }

  private let place: Workplace
  /// The folder's own name reaches a command as a part of paths.
  private let folder: String

  init() throws {
    place = try Workplace()
    folder = place.file("a'b; touch TRAP; $(touch TRAP) \"c")
    for name in ["pictures", "ckpt"] {
      try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: true)
    }
    try write("log.sh", "log() { printf '%s\\0' \"$1\" >> \"$LOG\"; }\n")
  }

  private func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
  }

  private static func json(_ value: some Encodable) throws -> String {
    String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
  }

  /// Writes the value down at every place, and makes a video.
  private static func command(_ placeholder: String) -> String {
    let lines = places("{\(placeholder)}", variable: "VIDMETRICS_" + placeholder.uppercased())
    let copy = "cp '\(Workplace.fixtures)/clips/real/spin/disc.mp4' {output}"
    return (["LOG=log-\(placeholder); export LOG; . ./log.sh"] + lines + [copy]).joined(separator: "\n")
  }

  /// As a block of a suite.
  private static func block(_ placeholder: String) -> String {
    let lines = command(placeholder).split(separator: "\n", omittingEmptySubsequences: false)
    return "|\n" + lines.map { "      \($0)\n" }.joined()
  }

  private func expectLogged(_ placeholder: String, _ values: [String]) throws {
    let log = try Data(contentsOf: URL(fileURLWithPath: folder + "/log-" + placeholder))
    var counts: [Data: Int] = [:]
    for word in log.split(separator: 0, omittingEmptySubsequences: false).dropLast() {
      counts[Data(word), default: 0] += 1
    }
    let each = Self.places("", variable: "").count
    #expect(counts == Dictionary(uniqueKeysWithValues: values.map { (Data($0.utf8), each) }), "\(placeholder)")
  }

  private func expectNoneIsRun() throws {
    let all = try FileManager.default.subpathsOfDirectory(atPath: place.path)
    #expect(!all.contains { $0.split(separator: "/").last == "TRAP" })
    #expect(!FileManager.default.fileExists(atPath: FileManager.default.currentDirectoryPath + "/TRAP"))
  }

  @Test func valuesOfASuite() throws {
    let values = Self.values
    #expect(values.count >= 40)
    try write(
      "prompts.csv",
      "prompt\n" + values.map { "\"\($0.replacing("\"", with: "\"\""))\"\n" }.joined())
    try write("classes.jsonl", try values.map { try Self.json(["class": $0]) + "\n" }.joined())
    let picture = try Data(contentsOf: URL(fileURLWithPath: Workplace.fixtures + "/golden/video/pictures/rgb.png"))
    for name in values {
      try picture.write(to: URL(fileURLWithPath: "\(folder)/pictures/\(name).png"))
      try picture.write(to: URL(fileURLWithPath: "\(folder)/ckpt/\(name)"))
    }
    try write(
      "suite.yaml",
      """
      metrics: [temporal-flickering]
      generators:
        - name: prompts
          prompts: prompts.csv
          command: \(Self.block("prompt"))
        - name: classes
          classes: classes.jsonl
          command: \(Self.block("class"))
        - name: pictures
          images: pictures
          command: \(Self.block("image"))
        - name: checkpoints
          checkpoints: [ckpt/*]
          command: \(Self.block("checkpoint"))
      """)
    let result = try place.program.run(
      "run", folder + "/suite.yaml", "--generate-only", "--no-record", "--jobs", "4", "--quiet")
    #expect(result.status == 0, "\(result.errors.suffix(2000))")
    try expectLogged("prompt", values)
    try expectLogged("class", values)
    try expectLogged("image", values.map { "\(folder)/pictures/\($0).png" })
    try expectLogged("checkpoint", values.map { "\(folder)/ckpt/\($0)" })
    try expectNoneIsRun()
  }

  @Test func checkpointsThatAreWatched() throws {
    for name in Self.values { try write("ckpt/" + name, "weights") }
    let result = try place.program.run(
      "watch", "ckpt", "--generate", Self.command("checkpoint"), "--metrics", "temporal-flickering", "--pattern", "*",
      "--once", "--settle", "0", "--generate-only", "--no-record", "--quiet", in: folder)
    #expect(result.status == 0, "\(result.errors.suffix(2000))")
    try expectLogged("checkpoint", Self.values.map { "\(folder)/ckpt/\($0)" })
    try expectNoneIsRun()
  }
  /// A folder that was cloned brings a project's file and links: they may not say that a file is made outside it.
  @Test func aFolderOfSomebodyElse() throws {
    let files = FileManager.default
    for name in ["home", "repository"] {
      try files.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: true)
    }
    let (home, repository) = (folder + "/home", folder + "/repository")
    try files.createSymbolicLink(atPath: repository + "/link", withDestinationPath: "../home")
    try files.createSymbolicLink(atPath: repository + "/history", withDestinationPath: "../home/keys")
    for history in ["../home/keys", home + "/keys", "link/keys", "below/../../home/keys"] {
      try write("repository/vidmetrics.yaml", "history: \"\(history.replacing("\"", with: "\\\""))\"\n")
      let result = try place.program.run("runs", in: repository)
      #expect(result.status == 2, "\(history)")
      #expect(
        result.errors.contains("is not a value of `history`: a file in the folder of vidmetrics.yaml or below it"),
        "\(result.errors)")
    }
    try files.removeItem(atPath: repository + "/vidmetrics.yaml")
    let clip = Workplace.fixtures + "/clips/real/spin/disc.mp4"
    let result = try place.program.run("temporal-flickering", clip, "--db", "history", in: repository)
    #expect(result.status == 2)
    #expect(
      result.errors.contains("`history` is a link to `../home/keys`, which is not there, and no history is made"),
      "\(result.errors)")
    #expect(try files.contentsOfDirectory(atPath: home).isEmpty)
    // One in the folder, and a link to a history that is there, are as ever.
    try write("repository/vidmetrics.yaml", "history: own.sqlite\n")
    #expect(try place.program.run("temporal-flickering", clip, in: repository).status == 0)
    try files.createSymbolicLink(atPath: repository + "/other", withDestinationPath: place.program.history)
    #expect(try place.program.run("temporal-flickering", clip, "--db", "other", in: repository).status == 0)
  }
}
