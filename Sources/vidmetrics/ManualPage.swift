import ArgumentParser
import Foundation

/// The manual page, section 1, in the macros of man(7): made of what the commands say of themselves.
///
/// Options that many commands share stand in a section of their own, once.
struct ManualPage {
  /// An argument of that many commands is printed once.
  private static let many = 8

  private let root: CommandDump
  private let groups: [(name: String, commands: [String])]

  init(of program: any ParsableCommand.Type) throws {
    root = try CommandDump.of(program)
    groups = program.configuration.groupedSubcommands.map { group in
      (group.name, group.subcommands.compactMap { $0.configuration.commandName })
    }
  }

  var text: String {
    var lines = [
      #".TH VIDMETRICS 1 "" "vidmetrics \#(Version.text)" "User Commands""#, ".SH NAME",
      Self.escaped("\(root.commandName) - \(root.abstract ?? "")"), ".SH SYNOPSIS", #".B vidmetrics"#,
      #".I command"#, "[arguments] [options]", ".SH DESCRIPTION",
    ]
    lines += Self.prose(root.discussion)
    let shared = shared
    let commands = Dictionary(grouping: root.shownSubcommands, by: \.commandName).compactMapValues(\.first)
    for group in groups {
      lines.append(".SH " + Self.escaped("\(group.name) commands".uppercased()))
      for command in group.commands.compactMap({ commands[$0] }) {
        lines += section(command, path: command.commandName, shared: shared)
      }
    }
    lines += [".SH SHARED OPTIONS", "Of the commands that refer to them."]
    var title: String?
    for argument in shared {
      if argument.sectionTitle != title {
        title = argument.sectionTitle
        lines.append(".SS " + Self.escaped(title ?? ""))
      }
      lines += Self.entry(argument)
    }
    lines += [".SH ENVIRONMENT"] + Self.environment.flatMap { [".TP", ".B " + Self.escaped($0), Self.escaped($1)] }
    lines += [
      ".SH SEE ALSO", Self.escaped("`vidmetrics guide` prints guides to metrics, suites, history and reports."),
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private static let environment = [
    ("VIDMETRICS_CACHE", "Weights and cached features; otherwise $XDG_CACHE_HOME/vidmetrics or ~/.cache/vidmetrics."),
    ("VIDMETRICS_DB", "The history; otherwise vidmetrics.sqlite in the working folder."),
    ("VIDMETRICS_ISA", "A cap on the instruction set: baseline, avx2 or avx512."),
  ]

  /// Options with a section that many commands have, in the order of the first command that has them.
  private var shared: [CommandDump.Argument] {
    var counts: [String: Int] = [:]
    for command in root.shownSubcommands {
      for argument in command.shownArguments where argument.sectionTitle != nil {
        counts[argument.key, default: 0] += 1
      }
    }
    var seen: Set<String> = []
    return root.shownSubcommands.flatMap(\.shownArguments).filter { argument in
      counts[argument.key, default: 0] >= Self.many && seen.insert(argument.key).inserted
    }
  }

  private func section(_ command: CommandDump, path: String, shared: [CommandDump.Argument]) -> [String] {
    let arguments = command.shownArguments
    let keys = Set(shared.map(\.key))
    let own = arguments.filter { !keys.contains($0.key) }
    let places = arguments.filter { $0.kind == "positional" }.map { $0.isOptional ? "[\($0.usage)]" : $0.usage }
    var lines = [".SS " + Self.escaped((["vidmetrics", path] + places).joined(separator: " "))]
    lines.append(Self.escaped((command.abstract ?? "") + "."))
    lines += Self.prose(command.discussion)
    lines += own.flatMap(Self.entry)
    if own.count < arguments.count { lines += [".PP", "Also takes the shared options."] }
    for subcommand in command.shownSubcommands {
      lines += section(subcommand, path: "\(path) \(subcommand.commandName)", shared: shared)
    }
    return lines
  }

  private static func entry(_ argument: CommandDump.Argument) -> [String] {
    [".TP", ".B " + escaped(argument.usage), escaped(argument.abstract ?? "")]
  }

  /// Paragraphs; lines that are indented stay as they are.
  private static func prose(_ text: String?) -> [String] {
    (text ?? "").split(separator: "\n\n").flatMap { paragraph in
      guard paragraph.hasPrefix("  ") else { return [".PP", escaped(paragraph)] }
      return [".PP", ".nf"] + paragraph.split(separator: "\n").map { escaped($0) } + [".fi"]
    }
  }

  /// Backslashes, hyphens, and a point or an apostrophe that would begin a request.
  private static func escaped(_ text: some StringProtocol) -> String {
    var escaped = String(text)
    for (plain, request) in [("\\", "\\e"), ("-", "\\-"), ("\"", "\\(dq")] {
      escaped = escaped.replacingOccurrences(of: plain, with: request)
    }
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
  }
}
