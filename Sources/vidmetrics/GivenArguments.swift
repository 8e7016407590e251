import ArgumentParser

/// What the parser takes without a word, and nobody can mean: an option of one value that is given twice, of which it keeps the
/// last, and a value that is empty.
enum GivenArguments {
  /// A table may stand without words over it.
  private static let mayBeEmpty = ["title", "caption"]

  /// - Parameter arguments: of the program, without its name.
  /// - Throws: `ValidationError`.
  static func check(_ arguments: [String], of program: any ParsableCommand.Type) throws {
    try checkAreNotEmpty(arguments)
    try checkAreGivenOnce(Array(arguments.prefix { $0 != "--" }), of: program)
  }

  private static func checkAreNotEmpty(_ arguments: [String]) throws {
    for (place, argument) in arguments.enumerated() where argument.isEmpty {
      let before = place > 0 && arguments[place - 1].hasPrefix("--") ? arguments[place - 1].dropFirst(2) : ""
      if mayBeEmpty.contains(String(before)) { continue }
      throw ValidationError(before.isEmpty ? "an argument is empty" : "--\(before) is empty")
    }
  }

  private static func checkAreGivenOnce(_ given: [String], of program: any ParsableCommand.Type) throws {
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
