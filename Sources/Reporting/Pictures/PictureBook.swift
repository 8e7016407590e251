import Foundation
import History
import MetricCatalog
import Scores

/// Contact sheets, x-t slices and the best and worst samples of runs, from the previews that they kept when they were scored: what
/// is shown is of the run, whatever lies in its folders by now.
struct PictureBook {
  /// Strips or slices that belong together.
  struct Plate {
    /// The video's name.
    let title: String
    var rows: [(label: String, uri: String)]
  }

  struct Sheet {
    let title: String
    var contact: [Plate] = []
    var slices: [Plate] = []
    /// What could not be shown, and why.
    var notes: [String] = []
  }

  struct Extremes {
    let title: String
    let note: String
    var best: [(label: String, uri: String)] = []
    var worst: [(label: String, uri: String)] = []
  }

  let runs: [RunRecord]
  let names: RunNames
  let limits: PictureLimits
  /// nil: there is no history, and no pictures.
  let files: KeptFiles?

  private var measured: [RunRecord] { runs.filter { $0.origin == .measured } }

  /// The real set that a run was scored against, by its content where that is known.
  private static func realSet(_ run: RunRecord) -> String? {
    let set = run.scores.lazy.filter { $0.fake != nil }.compactMap(\.real).first
    return set.map { $0.digest ?? $0.path }
  }

  // MARK: Sheets

  func sheets() -> [Sheet] {
    var order: [String] = []
    var groups: [String: [RunRecord]] = [:]
    for run in measured {
      guard let set = Self.realSet(run) else { continue }
      if groups[set] == nil { order.append(set) }
      groups[set, default: []].append(run)
    }
    return order.compactMap { set in groups[set].map(sheet) }
  }

  private func sheet(_ all: [RunRecord]) -> Sheet {
    let own = Array(all.suffix(limits.methods))
    let path = own[0].scores.lazy.compactMap(\.real).first?.path
    var sheet = Sheet(title: own[0].dataset ?? path ?? "")
    if all.count > own.count { sheet.notes.append("the last \(own.count) of \(all.count) generated sets are shown") }
    let shown = own.filter { run in
      let isKept = run.previews?.contains { $0.kind == .strip } ?? false
      if !isKept { sheet.notes.append("no pictures of \(names[run]): its run has kept none") }
      return isKept
    }
    sheet.contact = plates(.strip, shown, &sheet.notes)
    sheet.slices = plates(.slice, shown, &sheet.notes)
    return sheet
  }

  /// The real video of each title above those of the runs.
  private func plates(_ kind: Preview.Kind, _ runs: [RunRecord], _ notes: inout [String]) -> [Plate] {
    var plates: [Plate] = []
    func add(_ preview: Preview, _ label: String) {
      guard let uri = uri(preview, label, &notes) else { return }
      if let place = plates.firstIndex(where: { $0.title == preview.title }) {
        if preview.side == .fake || !plates[place].rows.contains(where: { $0.label == label }) {
          plates[place].rows.append((label, uri))
        }
      } else {
        plates.append(Plate(title: preview.title, rows: [(label, uri)]))
      }
    }
    func previews(_ run: RunRecord, _ side: Preview.Side) -> [Preview] {
      (run.previews ?? []).filter { $0.kind == kind && $0.side == side }
    }
    for run in runs { for preview in previews(run, .real) { add(preview, "real") } }
    for run in runs { for preview in previews(run, .fake) { add(preview, names[run]) } }
    return plates
  }

  private func uri(_ preview: Preview, _ label: String, _ notes: inout [String]) -> String? {
    guard let path = files?.found(preview.digest, .previews), let bytes = FileManager.default.contents(atPath: path)
    else {
      let words = "no picture of \(label): its files are not beside the history"
      if !notes.contains(words) { notes.append(words) }
      return nil
    }
    return "data:image/jpeg;base64,\(bytes.base64EncodedString())"
  }

  // MARK: Best and worst

  func extremes() -> (shown: [Extremes], notes: [String]) {
    var notes: [String] = []
    let shown = measured.suffix(limits.methods).compactMap { run -> Extremes? in
      guard let (score, _, isDistance) = Self.ordered(run) else { return nil }
      let what =
        isDistance
        ? "distance to the nearest real \(score.sample ?? "sample"), in the \(score.features.map { "\($0) " } ?? "")features of "
          + ScoreName.title(score.metric)
        : "\(ScoreName.title(score.metric)) of each video"
      var found = Extremes(title: names[run], note: what)
      func strips(_ kind: Preview.Kind) -> [(label: String, uri: String)] {
        (run.previews ?? []).filter { $0.kind == kind }.compactMap { preview in
          uri(preview, names[run], &notes).map {
            ("\(preview.video)  \(preview.value.map(NumberText.short) ?? "")", $0)
          }
        }
      }
      found.best = strips(.best)
      found.worst = strips(.worst)
      return found.best.isEmpty && found.worst.isEmpty ? nil : found
    }
    return (shown, notes)
  }

  /// The first score that says something of single videos, its videos from best to worst.
  static func ordered(_ run: RunRecord) -> (ScoreRecord, [VideoValue], isDistance: Bool)? {
    if let score = run.scores.first(where: { !($0.distances ?? []).isEmpty }), let values = score.distances {
      return (score, values.sorted { ($0.value, $0.name) < ($1.value, $1.name) }, true)
    }
    guard let score = run.scores.first(where: { !($0.videos ?? []).isEmpty }), let values = score.videos else {
      return nil
    }
    let sign: Double = score.direction == .lower ? 1 : -1
    return (score, values.sorted { (sign * $0.value, $0.name) < (sign * $1.value, $1.name) }, false)
  }
}
