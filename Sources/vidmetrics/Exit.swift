import ArgumentParser
import Files
import Foundation
import MetricCatalog

/// Exit statuses and the words that go with them.
enum Exit {
  static let worse: Int32 = 1
  static let usageOrInput: Int32 = 2
  static let notComparable: Int32 = 3
  static let skipped: Int32 = 4
  /// A measured change is beyond what is allowed, its interval is not.
  static let notShown: Int32 = 5
  /// A worker of a cluster was stopped and kept what it had done (EX_TEMPFAIL: try again).
  static let stopped: Int32 = 75

  /// Ends the program: prints help to stdout, or `error: ...` to stderr.
  static func with(_ error: any Error) -> Never {
    if let code = error as? ExitCode { exit(code.rawValue) }
    if Vidmetrics.exitCode(for: error) == .success {
      // `vidmetrics help WORD`, which ArgumentParser answers with another command's help.
      if asksForHelp, let unknown = unknownCommand {
        Terminal.write(text(of: unknown) + "\n")
        exit(usageOrInput)
      }
      Output.print(Vidmetrics.fullMessage(for: error))
      exit(0)
    }
    if Interruption.isRequested {
      Terminal.write("error: \(error)\n")
      exit(Interruption.status)
    }
    Terminal.write(text(of: error) + "\n")
    exit(usageOrInput)
  }

  /// Errors of the parser bring their usage along; all others say what they have to say themselves.
  private static func text(of error: any Error) -> String {
    guard !(error is ValidationError), Vidmetrics.exitCode(for: error) == .validationFailure else {
      return "error: \(words(of: error))"
    }
    let full = Vidmetrics.fullMessage(for: error)
    let text = full.hasPrefix("Error: ") ? "error: " + full.dropFirst("Error: ".count) : full
    guard let unknown = unknownCommand else { return text }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines[0] = Self.text(of: unknown)
    return lines.joined(separator: "\n")
  }

  /// Errors of this program are their own words; those of Foundation would print as dumps of their fields.
  private static func words(of error: any Error) -> String {
    switch error {
    case let error as DecodingError:
      switch error {
      case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
        .dataCorrupted(let context):
        return words(context)
      @unknown default: return "the file does not hold what it should"
      }
    case let error as CocoaError:
      let reason = (error.underlying as? POSIXError).map { systemMessage($0.code.rawValue) }
      return "`\(error.filePath ?? "a file")` cannot be used: \(reason ?? error.localizedDescription)"
    case let error as POSIXError: return systemMessage(error.code.rawValue)
    default: return "\(error)"
    }
  }

  private static func words(_ context: DecodingError.Context) -> String {
    let place = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    return "`\(place.isEmpty ? "the JSON" : place)` is not what it should be: \(context.debugDescription)"
  }

  private typealias UnknownCommand = (word: String, nearest: String?, known: [String])

  private static func text(of unknown: UnknownCommand) -> String {
    let hint =
      unknown.nearest.map { "did you mean `\($0)`?" } ?? "the commands are \(unknown.known.joined(separator: ", "))"
    return "error: there is no command `\(unknown.word)`\nhint: \(hint)"
  }

  private static var asksForHelp: Bool { CommandLine.arguments.dropFirst().first == "help" }

  /// The word in the place of a command that is not a command.
  private static var unknownCommand: UnknownCommand? {
    var group: any ParsableCommand.Type = Vidmetrics.self
    for word in CommandLine.arguments.dropFirst(asksForHelp ? 2 : 1) {
      let commands = group.configuration.subcommands.filter { $0.configuration.shouldDisplay }
      if commands.isEmpty || word.hasPrefix("-") { return nil }
      guard let next = commands.first(where: { name(of: $0) == word }) else {
        let known = commands.map(name)
        return (word, NearestName.of(word, among: known), known)
      }
      group = next
    }
    return nil
  }

  private static func name(of command: any ParsableCommand.Type) -> String {
    command.configuration.commandName ?? "\(command)".lowercased()
  }
}
