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
  static let interrupted: Int32 = 130

  /// Ends the program: prints help to stdout, or `error: ...` to stderr.
  static func with(_ error: any Error) -> Never {
    if let code = error as? ExitCode { exit(code.rawValue) }
    if Vidmetrics.exitCode(for: error) == .success {
      print(Vidmetrics.fullMessage(for: error))
      exit(0)
    }
    if Interruption.isRequested {
      Terminal.write("error: \(error)\n")
      exit(interrupted)
    }
    Terminal.write(text(of: error) + "\n")
    exit(usageOrInput)
  }

  /// Errors of the parser bring their usage along; all others say what they have to say themselves.
  private static func text(of error: any Error) -> String {
    guard !(error is ValidationError), Vidmetrics.exitCode(for: error) == .validationFailure else {
      return "error: \(error)"
    }
    let full = Vidmetrics.fullMessage(for: error)
    let text = full.hasPrefix("Error: ") ? "error: " + full.dropFirst("Error: ".count) : full
    guard let unknown = unknownCommand else { return text }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let hint =
      unknown.nearest.map { "did you mean `\($0)`?" } ?? "the commands are \(unknown.known.joined(separator: ", "))"
    lines[0] = "error: there is no command `\(unknown.word)`\nhint: \(hint)"
    return lines.joined(separator: "\n")
  }

  /// The word that stands where a command should and is none.
  private static var unknownCommand: (word: String, nearest: String?, known: [String])? {
    var group: any ParsableCommand.Type = Vidmetrics.self
    for word in CommandLine.arguments.dropFirst() {
      let commands = group.configuration.subcommands.filter { $0.configuration.shouldDisplay }
      if commands.isEmpty || word.hasPrefix("-") { return nil }
      guard let next = commands.first(where: { name(of: $0) == word }) else {
        let known = commands.map(name)
        return word == "help" ? nil : (word, NearestName.of(word, among: known), known)
      }
      group = next
    }
    return nil
  }

  private static func name(of command: any ParsableCommand.Type) -> String {
    command.configuration.commandName ?? "\(command)".lowercased()
  }
}
