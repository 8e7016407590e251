import Foundation
import Testing

/// What the program says of itself: help, version, manual page, completions.
@Suite struct HelpTests {
  private struct Command: Decodable {
    struct Argument: Decodable {
      struct Name: Decodable { let name: String }
      let names: [Name]?
      let shouldDisplay: Bool
    }
    let commandName: String
    let shouldDisplay: Bool
    let arguments: [Argument]?
    let subcommands: [Command]?

    /// Itself and those below, with their words, as far as help shows them.
    func all(_ words: [String] = []) -> [(path: String, command: Command)] {
      guard shouldDisplay, commandName != "help" else { return [] }
      let path = words + [commandName]
      return [(path.joined(separator: " "), self)] + (subcommands ?? []).flatMap { $0.all(path) }
    }
  }
  private struct Dump: Decodable { let command: Command }

  private let place: Workplace
  private var program: Program { place.program }

  init() throws { place = try Workplace() }

  private func commands() throws -> [(path: String, command: Command)] {
    let dump = try program.run("--experimental-dump-help")
    return try JSONDecoder().decode(Dump.self, from: Data(dump.output.utf8)).command.all()
  }

  /// A newcomer finds the first steps on the first screen, each on one line of 80 columns, and no hidden command.
  @Test func theFirstScreen() throws {
    let help = try program.run([])
    #expect(help.status == 0)
    let lines = help.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let screen = lines.prefix(24).joined(separator: "\n")
    for step in [
      "demo  ", "inspect generated/  ", "weights fetch i3d-kinetics400  ", "fvd real/ generated/  ", "guide  ",
    ] {
      #expect(screen.contains("\n  vidmetrics \(step)"), "\(step)")
    }
    #expect(screen.contains("about every metric\n\nNumbers go to stdout"))
    #expect(lines.filter { $0.hasSuffix(" SUBCOMMANDS:") }.count == 6)
    #expect(!help.output.contains("\n  manual "))
  }

  @Test func theVersionStandsOnALineOfItsOwn() throws {
    let result = try program.run("--version")
    #expect(result.status == 0)
    let lines = result.output.split(separator: "\n")
    #expect(lines[0].wholeMatch(of: /\d+\.\d+\.\d+/) != nil)
    #expect(lines[1].hasPrefix("built with Swift 6."))
    let decoder = /FFmpeg \S+ \(libavformat [\d.]+, libavcodec [\d.]+, libswscale [\d.]+\), libpng [\d.]+, libwebp \S+/
    #expect(lines[2].wholeMatch(of: decoder) != nil)
    #expect(lines[3].wholeMatch(of: /libarchive [\d.]+, SQLite [\d.]+, OpenBLAS [\d.]+/) != nil)
    #expect(lines[4].hasPrefix("kernels of this processor: "))
    var capped = program
    capped.isa = "nosuch"
    let unknown = try capped.run("--version")
    #expect(
      unknown.status == 0
        && unknown.output.hasSuffix("; `VIDMETRICS_ISA` is `nosuch`; it can be `baseline`, `avx2`, `avx512`\n"))
    capped.isa = "baseline"
    #expect(
      try capped.run("--version").output.contains(/; VIDMETRICS_ISA chooses baseline \d+x\d+\n/)
        || lines[4].contains(" baseline "))
  }

  @Test func theManualHasEveryCommandAndOption() throws {
    let manual = try program.run("manual")
    #expect(manual.status == 0)
    let version = try program.run("--version").output.prefix { $0 != "\n" }
    #expect(manual.output.hasPrefix(".TH VIDMETRICS 1 \"\" \"vidmetrics \(version)\" "))
    let text = manual.output.replacingOccurrences(of: "\\-", with: "-")
    let sections = text.components(separatedBy: "\n.SS ")
    let shared = text.components(separatedBy: "\n.SH SHARED OPTIONS\n").last ?? ""
    let all = try commands()
    #expect(all.count > 40)
    for (path, command) in all.dropFirst() {
      #expect(text.contains("\n.SS \(path)\n") || text.contains("\n.SS \(path) "), "\(path)")
      let section = sections.first { $0 == path || $0.hasPrefix(path + "\n") || $0.hasPrefix(path + " ") } ?? ""
      for argument in command.arguments ?? [] where argument.shouldDisplay {
        for name in argument.names ?? [] where !["help", "h", "version"].contains(name.name) {
          let isThere = section.contains("--\(name.name)") || shared.contains("--\(name.name)")
          #expect(isThere, "\(path) --\(name.name)")
        }
      }
    }
    #expect(!text.contains("\n.SS vidmetrics manual"))
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/groff"), "left out: there is no groff"))
  func theManualIsSoundForGroff() throws {
    let file = place.file("vidmetrics.1")
    try program.run("manual").output.write(toFile: file, atomically: true, encoding: .utf8)
    let result = try Self.shell("/usr/bin/groff", ["-man", "-ww", "-Kutf8", "-Tutf8", "-z", file])
    #expect(result == (0, ""))
  }

  private static func shell(_ path: String, _ arguments: [String]) throws -> (Int32, String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  private func script(_ shell: String) throws -> String {
    let file = place.file("completion.\(shell)")
    let result = try program.run("--generate-completion-script", shell)
    #expect(result.status == 0)
    try result.output.write(toFile: file, atomically: true, encoding: .utf8)
    return file
  }

  /// Some words are asked of the program itself.
  private static let programFolder = URL(fileURLWithPath: Program.path).deletingLastPathComponent().path

  /// The line that is begun, and what it can become.
  private static let completions: [(line: String, words: Set<String>)] = [
    ("vidmetrics sel", ["selftest"]), ("vidmetrics manu", []), ("vidmetrics guide hon", ["honesty"]),
    ("vidmetrics fvd a b --protocol tat", ["tats", "tats-128"]),
    ("vidmetrics protocols show kvd/ta", ["kvd/tats", "kvd/tats-128"]),
    ("vidmetrics weights fetch lp", ["lpips-alex"]), ("vidmetrics fvd compl", ["completion.bash", "completion.fish"]),
    ("vidmetrics report --layout lf", ["lfdm"]),
  ]

  /// Those that the script asks of the program. Fish does so in a terminal only.
  private static let lists: [(line: String, words: Set<String>)] = [
    ("vidmetrics score a b --metrics fvd", ["fvd", "fvd-infinity"]),
    ("vidmetrics score a b --metrics fvd,kv", ["fvd,kvd"]),
    ("vidmetrics gate --metric kid,fvd,fv", ["kid,fvd,fvd-infinity"]),
    ("vidmetrics report --baselines lfdm,lv", ["lfdm,lvdm"]),
  ]

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/bin/bash"), "left out: there is no bash"))
  func bashCompletes() throws {
    _ = try script("fish")
    let file = try script("bash")
    for (line, words) in Self.completions + Self.lists {
      let work = """
        PATH='\(Self.programFolder)':$PATH; source '\(file)'; cd '\(place.path)'; COMP_WORDS=(\(line)); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        COMP_LINE='\(line)'; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9
        _vidmetrics vidmetrics "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}" 2>/dev/null
        printf '%s\\n' "${COMPREPLY[@]}"
        """
      let (_, text) = try Self.shell("/bin/bash", ["--norc", "-c", work])
      #expect(Set(text.split(separator: "\n").map(String.init)) == words, "\(line)")
    }
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/fish"), "left out: there is no fish"))
  func fishCompletes() throws {
    _ = try script("bash")
    let file = try script("fish")
    // Fish goes on with words that only hold what was typed, so an end that nothing holds is not among these.
    for (line, words) in Self.completions where !words.isEmpty {
      let work = "function vidmetrics; end; source '\(file)'; cd '\(place.path)'; complete -C '\(line)'"
      let (status, text) = try Self.shell("/usr/bin/fish", ["--no-config", "-c", work])
      let found = text.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
      #expect(status == 0 && words.isSubset(of: found), "\(line): \(text)")
    }
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/zsh"), "left out: there is no zsh"))
  func zshLoads() throws {
    let file = try script("zsh")
    let work =
      "autoload -Uz compinit && compinit -D && source '\(file)'; compdef _vidmetrics vidmetrics && whence -w _vidmetrics"
    let (status, text) = try Self.shell("/usr/bin/zsh", ["-f", "-c", work])
    #expect(status == 0 && text.contains("_vidmetrics: function"), "\(text)")
  }
}
