import Files
import MetricCatalog

/// What can be wrong with a suite, a generator or its outputs.
public enum HarnessError: Error, CustomStringConvertible {
  // The suite
  case unreadable(path: String, reason: String)
  case duplicate(Place, what: String, name: String, firstLine: Int?)
  case unknownName(Place, what: String, name: String, nearest: String?, known: [String])
  /// A metric, protocol or field that does not exist, or fields that contradict each other.
  case catalog(Place, reason: String)
  case missingFile(Place, key: String, path: String)
  case noMatch(Place, pattern: String)
  case conflict(Place, first: String, second: String, reason: String)
  case noRealSet(Place, metric: String)
  case nothingToDo(Place, what: String)

  // The command
  case unknownPlaceholder(Place, name: String, nearest: String?)
  case misplacedPlaceholder(Place, name: String, CommandTemplate.Misplacement)
  case noOutput(Place)
  /// The command has the placeholder, and nothing says what goes there.
  case nothingFor(Place, placeholder: String, key: String)
  /// There are several values, and the command takes none.
  case placeholderMissing(Place, placeholder: String, key: String)
  case tooManyCalls(Place, name: String, most: Int)
  case badCondition(path: String, line: Int, reason: String)

  // Running
  case unknownGenerators(names: [String], nearest: String?, known: [String])
  case inUse(folder: String)
  case cannotStart(command: String, reason: String)
  case failed(command: String, ending: String, found: Int, wanted: Int?, errors: [String], log: String)
  case tooFew(found: Int, wanted: Int, folder: String, errors: [String], log: String)
  case unusable(count: Int, total: Int, first: String, folder: String, log: String)
  case unreadableOutputs(folder: String, reason: String, log: String)
  case otherOutputs(folder: String, difference: String)
  /// A share of outputs that an earlier plan made otherwise: the folder of all shares.
  case otherShare(folder: String, difference: String)
  case noOutputs(folder: String)
  /// Outputs that several tasks make, and one has not.
  case noShare(folder: String, share: Int, of: Int)
  case interrupted(hint: String)
  case noCheckpoints(folder: String, pattern: String?)

  public var description: String {
    switch self {
    case .unreadable(let path, let reason): return "\(path): \(reason)"
    case .duplicate(let place, let what, let name, let line):
      return "\(place): there are two \(what) `\(name)`" + (line.map { ", the first in line \($0)" } ?? "")
    case .unknownName(let place, let what, let name, let nearest, let known):
      return "\(place): there is no \(what) `\(name)`\nhint: "
        + (nearest.map { "did you mean `\($0)`?" } ?? "there is \(known.joined(separator: ", "))")
    case .catalog(let place, let reason): return "\(place): \(reason)"
    case .missingFile(let place, let key, let path): return "\(place): `\(key)`: there is no file or folder `\(path)`"
    case .noMatch(let place, let pattern): return "\(place): no file is called `\(pattern)`"
    case .conflict(let place, let first, let second, let reason):
      return "\(place): `\(first)` and `\(second)` do not go together: \(reason)"
    case .noRealSet(let place, let metric):
      return "\(place): \(metric) compares with real videos, and the suite has no `data`"
    case .nothingToDo(let place, let what): return "\(place): \(what)"
    case .unknownPlaceholder(let place, let name, let nearest):
      let all = CommandTemplate.Placeholder.allCases.map { "{\($0.rawValue)}" }.joined(separator: " ")
      return "\(place): nothing is put in for `{\(name)}`\nhint: "
        + (nearest.map { "did you mean `{\($0)}`?" } ?? "there is \(all)")
    case .misplacedPlaceholder(let place, let name, let misplacement):
      return "\(place): `{\(name)}` \(misplacement.words(of: name))"
    case .noOutput(let place):
      return "\(place): the command has no `{output}`, the folder that it writes its videos to"
    case .nothingFor(let place, let placeholder, let key):
      return "\(place): the command has `{\(placeholder)}`, and nothing says what goes there\nhint: add `\(key)`"
    case .placeholderMissing(let place, let placeholder, let key):
      return "\(place): `\(key)` is given, and the command has no `{\(placeholder)}`"
    case .tooManyCalls(let place, let name, let most):
      return "\(place): `\(name)` has more than \(most) calls (seeds x checkpoints x prompts, classes or pictures)"
    case .badCondition(let path, let line, let reason): return "\(path):\(line): \(reason)"
    case .unknownGenerators(let names, let nearest, let known):
      return "the suite has no generator \(names.map { "`\($0)`" }.joined(separator: ", "))\nhint: "
        + (nearest.map { "did you mean `\($0)`?" } ?? "it has \(known.joined(separator: ", "))")
    case .inUse(let folder): return "`\(folder)` is in use by another vidmetrics: wait for it, or end it"
    case .cannotStart(let command, let reason): return "`\(command)` cannot be started: \(reason)"
    case .failed(_, let ending, let found, let wanted, let errors, let log):
      return "the command \(ending) after \(found)\(wanted.map { " of \($0)" } ?? "") videos" + Self.tail(errors, log)
    case .tooFew(let found, let wanted, let folder, let errors, let log):
      return "the command ended well, but wrote \(found) of \(wanted) videos to `\(folder)`" + Self.tail(errors, log)
    case .unusable(let count, let total, let first, let folder, let log):
      return "\(count) of \(total) videos in `\(folder)` cannot be used\n  \(first)\n  logs: \(log)"
    case .unreadableOutputs(let folder, let reason, let log):
      return "the command ended well, but what it wrote to `\(folder)` is no set of videos: \(reason)"
        + (reason.contains("--") ? "; --include and the like are keys of a suite and of a generator" : "")
        + "\n  logs: \(log)"
    case .otherOutputs(let folder, let difference):
      return "`\(folder)` was made otherwise: \(difference)"
        + "\nhint: --force makes it again; another name or `outputs` keeps both"
    case .otherShare(let folder, let difference):
      return
        "a share in `\(folder)` was made otherwise: \(difference)\nhint: remove that folder, and all shares are made anew"
    case .noOutputs(let folder): return "`\(folder)` holds no finished outputs: run without --score-only first"
    case .noShare(let folder, let share, let shares):
      return "share \(share + 1) of \(shares) of `\(folder)` was not made"
    case .interrupted(let hint): return "interrupted\nhint: \(hint)"
    case .noCheckpoints(let folder, let pattern):
      return "`\(folder)` holds no checkpoints"
        + (pattern.map { " called `\($0)`" } ?? "\nhint: --pattern says what they are called, as in --pattern 'step-*'")
    }
  }

  private static func tail(_ errors: [String], _ log: String) -> String {
    (errors.isEmpty ? "\n  it wrote nothing to stderr" : errors.map { "\n  stderr: \($0)" }.joined())
      + "\n  logs: \(log)"
  }
}

extension CommandTemplate.Misplacement {
  /// What is said of a placeholder, and the way out.
  fileprivate func words(of name: String) -> String {
    switch self {
    case .quotes:
      "stands within quotation marks\nhint: leave them out: a value is put in as one word, whatever it holds"
    case .hereDocument:
      "stands in a here-document\nhint: printf '%s\\n' {\(name)} > FILE writes it, whatever it holds"
    case .comment: "stands in a comment\nhint: leave it out there"
    case .backquotes: "stands within backquotes\nhint: $(...) does the same, and takes placeholders"
    case .expansion: "stands within ${...}\nhint: X={\(name)} gives the value to a variable first"
    case .arithmetic:
      "stands within $((...)), which takes numbers only: {seed}, {count}, {step}, {shard}, {shards} and {first}"
    case .reader(let word):
      "is given to `\(word)`, which would read it as commands\nhint: give it to a program as an argument or a file"
    }
  }
}
