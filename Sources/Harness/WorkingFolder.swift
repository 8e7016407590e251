import Files
import Foundation
import History
import Scores

extension RunRecord.Circumstances {
  /// The command as it was typed, the working folder, and its commit where it lies in a repository and git is at hand.
  public static func ofThisProcess(arguments: [String] = CommandLine.arguments) -> Self {
    var facts = Self()
    facts.command = commandLine(arguments)
    let folder = FileManager.default.currentDirectoryPath
    facts.workingFolder = folder
    if let repository = GitRepository(folder), let commit = repository.commit {
      facts.gitCommit = commit
      facts.gitIsDirty = repository.isDirty
    }
    return facts
  }

  /// One line that a shell takes: the program by its name, words with other characters in quotation marks.
  static func commandLine(_ arguments: [String]) -> String {
    let program = arguments.first.map { URL(fileURLWithPath: $0).lastPathComponent }
    return ((program.map { [$0] } ?? []) + arguments.dropFirst()).map(quoted).joined(separator: " ")
  }

  private static func quoted(_ word: String) -> String {
    let plain = word.unicodeScalars.allSatisfy {
      ($0.isASCII && CharacterSet.alphanumerics.contains($0)) || "_-./:,=+@%".unicodeScalars.contains($0)
        || !$0.isASCII
    }
    return plain && !word.isEmpty ? word : "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }
}
