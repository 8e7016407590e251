import ArgumentParser
import Foundation
import MetricCatalog

/// Exit statuses and the words that go with them.
enum Exit {
  static let usageOrInput: Int32 = 2
  static let skipped: Int32 = 4
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
    guard "\(type(of: error))" == "CommandError" else { return "error: \(error)" }
    let full = Vidmetrics.fullMessage(for: error)
    let text = full.hasPrefix("Error: ") ? "error: " + full.dropFirst("Error: ".count) : full
    guard let suggestion = unknownSubcommand(text) else { return text }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines.insert("hint: did you mean `\(suggestion)`?", at: 1)
    return lines.joined(separator: "\n")
  }

  /// The subcommand that was probably meant by the first word, where that word is none.
  private static func unknownSubcommand(_ text: String) -> String? {
    var names = Vidmetrics.configuration.subcommands.compactMap { $0.configuration.commandName ?? "\($0)".lowercased() }
    var words = CommandLine.arguments.dropFirst().filter { !$0.hasPrefix("-") }
    guard let first = words.first else { return nil }
    if let group = Vidmetrics.configuration.subcommands.first(where: { $0.configuration.commandName == first }),
      !group.configuration.subcommands.isEmpty
    {
      names = group.configuration.subcommands.compactMap { $0.configuration.commandName ?? "\($0)".lowercased() }
      words.removeFirst()
    }
    guard let word = words.first, !names.contains(word), text.contains("'\(word)'") else { return nil }
    return NearestName.of(word, among: names)
  }
}
