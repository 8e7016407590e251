import ArgumentParser
import Foundation

/// What the parser knows of a command; `--experimental-dump-help` prints the same.
struct CommandDump: Decodable {
  struct Argument: Decodable {
    struct Name: Decodable {
      let kind: String
      let name: String
    }

    let abstract: String?
    let isOptional: Bool
    let isRepeating: Bool
    let kind: String
    let names: [Name]?
    let sectionTitle: String?
    let shouldDisplay: Bool
    let valueName: String?

    /// `--frames T`, `real`.
    var usage: String {
      let all = (names ?? []).map { ($0.kind == "short" ? "-" : "--") + $0.name }.joined(separator: ", ")
      switch kind {
      case "flag": return all
      case "option": return "\(all) \(valueName ?? "value")"
      default: return (valueName ?? "argument") + (isRepeating ? "..." : "")
      }
    }

    /// Arguments of one key are the same in all that is printed.
    var key: String { [sectionTitle ?? "", usage, abstract ?? ""].joined(separator: "\n") }
    var isOfEveryCommand: Bool { usage == "-h, --help" || usage == "--version" }
  }

  let commandName: String
  let abstract: String?
  let discussion: String?
  let shouldDisplay: Bool
  let arguments: [Argument]?
  let subcommands: [CommandDump]?

  var shownArguments: [Argument] { (arguments ?? []).filter { $0.shouldDisplay && !$0.isOfEveryCommand } }
  var shownSubcommands: [CommandDump] { (subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" } }

  private struct Dump: Decodable { let command: CommandDump }

  static func of(_ program: any ParsableCommand.Type) throws -> CommandDump {
    try JSONDecoder().decode(Dump.self, from: Data(program._dumpHelp().utf8)).command
  }
}
