/// A run for people.
public struct RunText {
  let run: RunRecord

  public init(_ run: RunRecord) { self.run = run }

  public var text: String {
    let facts = run.circumstances
    var lines = entries([
      ("run", run.id), ("date", Words.date(run.date) + " UTC"),
      ("origin", run.origin == .measured ? nil : run.origin.rawValue), ("name", run.name), ("suite", run.suite),
      ("generator", run.generator), ("checkpoint", run.checkpoint), ("step", run.step.map(String.init)),
      ("dataset", run.dataset), ("tags", run.tags.isEmpty ? nil : run.tags.joined(separator: ", ")),
      ("source", run.source), ("note", run.note), ("command", facts.command), ("folder", facts.workingFolder),
      ("commit", facts.gitCommit.map { $0 + (facts.gitIsDirty == true ? " (with changes)" : "") }),
      ("machine", joined([facts.host, facts.os, facts.processor])),
      ("program", joined([facts.version.map { "vidmetrics \($0)" }, facts.isa, facts.decoder])),
      ("time", time), ("generated", generation),
    ])
    for score in run.scores { lines += [""] + words(score) }
    if !run.skipped.isEmpty {
      lines += ["", "skipped"]
      lines += run.skipped.map(ScoreText.line)
    }
    if !run.artefacts.isEmpty {
      lines += ["", "files"]
      lines += run.artefacts.map { "  \($0.kind)  \($0.path)" + ($0.bytes.map { "  (\($0) bytes)" } ?? "") }
    }
    return lines.joined(separator: "\n")
  }

  private func joined(_ parts: [String?]) -> String? {
    let known = parts.compactMap { $0 }
    return known.isEmpty ? nil : known.joined(separator: ", ")
  }

  private func entries(_ entries: [(String, String?)]) -> [String] {
    entries.compactMap { name, value in
      value.map { "\(name)\(String(repeating: " ", count: 12 - name.count))\($0)" }
    }
  }

  private var time: String? {
    let facts = run.circumstances
    guard let total = facts.totalSeconds else { return nil }
    var text = "\(fixed(total, digits: 1)) s"
    if let threads = facts.threads { text += " on \(count(threads, "thread"))" }
    if let computed = facts.clipsComputed, let cached = facts.clipsCached {
      text += ", \(computed) samples computed, \(cached) from the cache"
    }
    return text
  }

  private var generation: String? {
    guard let made = run.generation else { return nil }
    return joined([
      made.samples.map { "\($0) samples" }, made.seconds.map { "\(fixed($0, digits: 1)) s" },
      made.secondsPerSample.map { "\(significant($0)) s a sample" },
      made.peakMemory.map { "at most \(NumberText.memory($0))" }, made.seed.map { "seed \($0)" },
      made.command,
    ])
  }

  private func words(_ score: ScoreRecord) -> [String] {
    let distances = score.distances.map { ["distances of \(count($0.count, "video"))"] } ?? []
    return ScoreText.lines(score) + distances + score.warnings.flatMap { ScoreText.lines($0, of: nil) }
  }
}
