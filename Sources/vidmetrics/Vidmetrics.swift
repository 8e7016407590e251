import ArgumentParser

@main
struct Vidmetrics: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Scores video generators")
}
