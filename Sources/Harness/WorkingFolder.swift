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
    if let commit = git(["rev-parse", "--verify", "HEAD"], in: folder) {
      facts.gitCommit = commit
      facts.gitIsDirty = git(["status", "--porcelain", "--untracked-files=no"], in: folder).map { !$0.isEmpty }
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

  /// What git prints; nil where it is not there or has nothing to say.
  private static func git(_ arguments: [String], in folder: String) -> String? {
    let searchPath = ProcessInfo.processInfo.environment["PATH"] ?? ""
    guard let program = ChildProcess.executable("git", in: searchPath) else { return nil }
    return ChildProcess.output(of: [program, "--no-optional-locks", "-C", folder] + arguments)?
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
