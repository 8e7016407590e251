import ArgumentParser

/// An option that takes one value and is given twice: the parser would keep the last one and say nothing.
enum RepeatedOption {
  /// - Parameter arguments: of the program, without its name.
  /// - Throws: `ValidationError`.
  static func check(_ arguments: [String], of program: any ParsableCommand.Type) throws {
    let given = arguments.prefix { $0 != "--" }
    let options = given.filter { $0.hasPrefix("--") }.compactMap {
      $0.dropFirst(2).split(separator: "=").first.map(String.init)
    }
    let counts = Dictionary(options.map { ($0, 1) }, uniquingKeysWith: +)
    // What the parser knows of its options takes a while to ask for.
    guard counts.contains(where: { $0.value > 1 }) else { return }
    var command = try CommandDump.of(program)
    for word in given {
      guard let next = command.subcommands?.first(where: { $0.commandName == word }) else { continue }
      command = next
    }
    for argument in command.arguments ?? [] where argument.kind == "option" && !argument.isRepeating {
      guard let name = argument.names?.first(where: { counts[$0.name, default: 0] > 1 })?.name else { continue }
      throw ValidationError("--\(name) is given \(counts[name, default: 0]) times, and takes one value")
    }
  }
}
