import ArgumentParser

/// Writes the manual page; packaging calls it, and help does not show it.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "The manual page, for `man`",
    discussion: "  vidmetrics manual > vidmetrics.1", shouldDisplay: false)

  func run() throws { Output.print(try ManualPage(of: Vidmetrics.self).text, terminator: "") }
}
