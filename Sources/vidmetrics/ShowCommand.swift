import ArgumentParser
import Evaluation
import Foundation
import Harness
import History

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "All that the history knows of a run",
    discussion: """
      \(RunReference.help)

        vidmetrics show latest
        vidmetrics show tag:main --json > main.json      a document that explain and diff read
      """)

  @Argument(help: ArgumentHelp("The run.", valueName: "run")) var reference: String
  @OptionGroup var database: DatabaseOption
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let run = try database.reading().run(reference)
    Output.print(json ? run.document.text() : RunWords(run).text)
  }
}

enum RunReference {
  static let help = """
    A run is named by its id or the first digits of it, `latest` (measured here), `tag:NAME` (the latest with that tag) or \
    `name:NAME` (the latest of that name).
    """
}

/// A run for people.
struct RunWords {
  let run: Run

  init(_ run: Run) { self.run = run }

  var text: String {
    let facts = run.circumstances
    var lines = entries([
      ("run", run.id), ("date", RunsCommand.date(run.date) + " UTC"),
      ("origin", run.origin == .measured ? nil : run.origin.rawValue), ("name", run.name), ("suite", run.suite),
      ("generator", run.generator), ("checkpoint", run.checkpoint), ("step", run.step.map(String.init)),
      ("dataset", run.dataset), ("tags", run.tags.isEmpty ? nil : run.tags.joined(separator: ", ")),
      ("source", run.source), ("note", run.note), ("command", facts.command), ("folder", facts.workingFolder),
      ("commit", facts.gitCommit.map { $0 + (facts.gitIsDirty == true ? " (with changes)" : "") }),
      ("machine", joined([facts.host, facts.os, facts.processor])),
      ("program", joined([facts.version.map { "vidmetrics \($0)" }, facts.isa, facts.decoder])),
      ("time", time), ("generated", generation),
    ])
    for score in run.scores { lines += [""] + words(of: score) }
    if !run.skipped.isEmpty {
      lines += ["", "skipped"]
      lines += run.skipped.map { "  \($0.path): \($0.reason.split(separator: "\n").first ?? "")" }
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
    if let threads = facts.threads { text += " on \(threads) thread\(threads == 1 ? "" : "s")" }
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
      made.peakMemory.map { "\(fixed(Double($0) / 1e6, digits: 0)) MB at most" }, made.seed.map { "seed \($0)" },
      made.command,
    ])
  }

  private func words(of score: RunScore) -> [String] {
    let std = score.std.map { " ± \(significant($0))" } ?? ""
    var lines = ["\(scoreTitle(score.metric))  \(significant(score.value))\(std)  (\(score.direction) is better)"]
    lines += entries([
      ("protocol", score.settings.map { "\($0.displayName)  (version \($0.version), \($0.fingerprint.prefix(19)))" }),
      ("real", score.real.map { side($0, score) }), ("fake", score.fake.map { side($0, score) }),
      ("interval", score.interval.map(interval)),
      (
        "floor",
        score.floor.map { floor in
          "\(significant(floor.value))  (real halves of \(floor.samples) \(score.sample ?? "sample")s"
            + (floor.scoreAtSamples.map { "; real against fake at that size: \(significant($0))" } ?? "") + ")"
        }
      ),
      ("repeats", score.repeats.map { $0.map(significant).joined(separator: ", ") }),
    ])
    lines += (score.groups ?? []).map {
      "  \($0.label)  \(significant($0.value))  (\($0.realSamples) real, \($0.fakeSamples) fake)"
    }
    lines += (score.series ?? []).map {
      "  frames \($0.start)..<\($0.start + $0.frames)  \(significant($0.value))  "
        + "(\($0.realSamples) real, \($0.fakeSamples) fake)"
    }
    lines += (score.curve ?? []).map { "  N = \($0.samples)  \(significant($0.value))" }
    lines += (score.videos ?? []).map { "  \($0.name)  \(significant($0.value))" }
    if let distances = score.distances { lines.append("distances of \(distances.count) videos") }
    return lines + score.warnings.map { "warning: \($0.text.split(separator: "\n").first ?? "") [\($0.code)]" }
  }

  private func interval(_ interval: RunScore.Interval) -> String {
    "\(significant(interval.low)) ... \(significant(interval.high))  (\(fixed(100 * interval.level, digits: 0)) %, "
      + (interval.resamples.map { "\($0) resamples" } ?? interval.method) + ")"
  }

  private func side(_ side: RunScore.ScoredSide, _ score: RunScore) -> String {
    let counts = joined([
      side.videos.map { "\($0) videos" }, side.clips.map { "\($0) \(score.sample ?? "sample")s" },
      side.rank.flatMap { rank in score.features.map { "rank \(rank) of \($0)" } },
    ])
    return side.path + (counts.map { "  (\($0))" } ?? "")
  }
}
