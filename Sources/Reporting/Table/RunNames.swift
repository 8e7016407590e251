import History
import Scores

/// What runs are called beside each other: a checkpoint's step or file stands behind a name only where the name alone does not
/// tell checkpoints apart. Table, charts and pictures ask it, so that one run has one name.
struct RunNames {
  /// Names that have several checkpoints.
  private let staged: Set<String>

  init(_ runs: [RunRecord]) {
    var checkpoints: [String: Set<String>] = [:]
    for run in runs { checkpoints[Self.key(run), default: []].insert(Self.checkpoint(run) ?? "") }
    staged = Set(checkpoints.filter { $0.value.count > 1 }.keys)
  }

  /// `LFDM`, or `LFDM, step 20000` beside another step of it.
  subscript(_ run: RunRecord) -> String {
    guard staged.contains(Self.key(run)), let checkpoint = Self.checkpoint(run) else { return run.name }
    return "\(run.name), \(checkpoint)"
  }

  private static func key(_ run: RunRecord) -> String { "\(run.origin.rawValue)\u{1}\(run.name)" }

  private static func checkpoint(_ run: RunRecord) -> String? {
    if let step = run.step { return "step \(step)" }
    guard let file = run.checkpoint?.split(separator: "/").last, !run.name.contains(file) else { return nil }
    return String(file)
  }
}
