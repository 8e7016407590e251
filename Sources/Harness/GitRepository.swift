import Files
import Foundation

/// What git says of a folder. Nothing that the repository's own settings name is run: it may have come with a download.
struct GitRepository {
  private let program: String
  private let folder: String

  /// nil where there is no git.
  init?(_ folder: String) {
    let searchPath = ProcessInfo.processInfo.environment["PATH"] ?? ""
    guard let program = ChildProcess.executable("git", in: searchPath) else { return nil }
    (self.program, self.folder) = (program, folder)
  }

  /// nil outside of repositories, and before the first commit.
  var commit: String? { git(["rev-parse", "--verify", "HEAD"]) }

  /// Whether files that git knows differ from the commit. Of submodules the commits are compared. nil where git does not say,
  /// and where to say it would take a filter of the repository.
  var isDirty: Bool? {
    // 1: there is none.
    guard let filters = own(filters: #"^filter\..*\.(clean|process|smudge)$"#), filters.isEmpty else { return nil }
    let status = ["status", "--porcelain", "--untracked-files=no", "--ignore-submodules=dirty"]
    return git(status).map { !$0.isEmpty }
  }

  /// The settings of the repository itself of such names; nil where git cannot tell whose they are.
  private func own(filters pattern: String) -> [String]? {
    let all = git(["config", "--includes", "--show-scope", "--name-only", "--get-regexp", pattern], allowing: [0, 1])
    return all?.split(separator: "\n").map(String.init).filter {
      !$0.hasPrefix("system\t") && !$0.hasPrefix("global\t")
    }
  }

  /// Settings by which a repository has programs run: a monitor of the file system, hooks, and for submodules.
  private static let settings = [
    "core.fsmonitor=false", "core.hooksPath=/dev/null", "core.sshCommand=false", "status.submoduleSummary=false",
    "log.showSignature=false", "core.pager=cat",
  ]

  /// Objects that are not there are not fetched: what a remote is reached by is a setting, too. Nothing is asked for.
  private static let environment: [String: String?] = [
    "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0",
  ]

  private func git(_ arguments: [String], allowing statuses: Set<Int32> = [0]) -> String? {
    let options = Self.settings.flatMap { ["-c", $0] }
    return ChildProcess.output(
      of: [program, "--no-optional-locks", "-C", folder] + options + arguments, environment: Self.environment,
      allowing: statuses)?.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
