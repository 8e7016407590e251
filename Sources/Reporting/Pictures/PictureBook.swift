import History
import MetricCatalog
import Scores
import Tensors
import Video

/// Contact sheets, x-t slices and the best and worst samples of runs, read from the videos on disk.
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
  let limits: PictureLimits

  private var measured: [RunRecord] { runs.filter { $0.origin == .measured } }

  private static func sides(_ run: RunRecord) -> (real: String, fake: String, range: ValueRange?)? {
    for score in run.scores {
      guard let real = score.real?.path, let fake = score.fake?.path else { continue }
      let range = score.settings?.fields["value-range"].flatMap { ValueRange(rawValue: "\($0)") }
      return (real, fake, range)
    }
    return nil
  }

  // MARK: Sheets

  func sheets() -> [Sheet] {
    var order: [String] = []
    var groups: [String: [RunRecord]] = [:]
    for run in measured {
      guard let sides = Self.sides(run) else { continue }
      let place = Footage.resolve(sides.real, run.circumstances.workingFolder)
      if groups[place] == nil { order.append(place) }
      if !groups[place, default: []].contains(where: { Self.sides($0)?.fake == sides.fake }) {
        groups[place, default: []].append(run)
      }
    }
    return order.compactMap { place in groups[place].map { sheet($0) } }
  }

  private func sheet(_ all: [RunRecord]) -> Sheet {
    let own = Array(all.suffix(limits.methods))
    let sides = Self.sides(own[0])
    let name = own[0].dataset ?? sides?.real ?? ""
    var sheet = Sheet(title: name)
    if all.count > own.count { sheet.notes.append("the last \(own.count) of \(all.count) generated sets are shown") }
    guard let sides, let real = open(sides.real, own[0], sides.range, &sheet.notes) else { return sheet }
    let fakes = own.compactMap { run -> (label: String, footage: Footage)? in
      guard let sides = Self.sides(run), let found = open(sides.fake, run, sides.range, &sheet.notes) else {
        return nil
      }
      return (TableBuilder.name(of: run), found)
    }
    for index in real.spread(limits.videos) {
      let plate = plate(index, real, fakes, &sheet.notes) { try FilmStrip.uri($0, limits: limits) }
      if !plate.rows.isEmpty { sheet.contact.append(plate) }
    }
    for index in real.spread(limits.slices) {
      let plate = slicePlate(index, real, fakes, &sheet)
      if !plate.rows.isEmpty { sheet.slices.append(plate) }
    }
    return sheet
  }

  private func open(_ path: String, _ run: RunRecord, _ range: ValueRange?, _ notes: inout [String]) -> Footage? {
    do { return try Footage(path, of: run, range: range) } catch {
      let reason = (error as? Footage.Missing)?.reason ?? "\(error)"
      let words = "no pictures of \(path): \(reason)"
      if !notes.contains(words) { notes.append(words) }
      return nil
    }
  }

  private func plate(
    _ index: Int, _ real: Footage, _ fakes: [(label: String, footage: Footage)], _ notes: inout [String],
    _ picture: (VideoItem) throws -> String
  ) -> Plate {
    let video = real.set.videos[index]
    var plate = Plate(title: video.stem, rows: [])
    let others = fakes.map { ($0.label, $0.footage.counterpart(of: video, at: index)) }
    for (label, item) in [("real", video)] + others {
      guard let item else { continue }
      do { plate.rows.append((label, try picture(item))) } catch {
        notes.append("no picture of \(label): \("\(error)".split(separator: "\n").first ?? "")")
      }
    }
    return plate
  }

  /// The middle column of every video, at one scale: pictures of one height, and as many pixels a frame as suit the real
  /// one.
  private func slicePlate(
    _ index: Int, _ real: Footage, _ fakes: [(label: String, footage: Footage)], _ sheet: inout Sheet
  ) -> Plate {
    let frames = (try? real.set.videos[index].info().frameCount) ?? limits.sliceFrames
    let factor = max(1, 128 / max(1, min(frames, limits.sliceFrames)))
    return plate(index, real, fakes, &sheet.notes) { video in
      let slice = try TimeSlice(video, frames: limits.sliceFrames).picture
      let shown = slice.resized(width: slice.width * factor, height: limits.height)
      return FilmStrip.dataURI(try PictureEncoder.png(shown), "png")
    }
  }

  // MARK: Best and worst

  func extremes() -> (shown: [Extremes], notes: [String]) {
    var notes: [String] = []
    let shown = measured.suffix(limits.methods).compactMap { run -> Extremes? in
      guard let (score, values, isDistance) = Self.ordered(run), let path = score.fake?.path else { return nil }
      let range = score.settings?.fields["value-range"].flatMap { ValueRange(rawValue: "\($0)") }
      guard let footage = open(path, run, range, &notes) else { return nil }
      let what =
        isDistance
        ? "distance to the nearest real \(score.sample ?? "sample"), in the \(score.features.map { "\($0) " } ?? "")features of "
          + ScoreName.title(score.metric)
        : "\(ScoreName.title(score.metric)) of each video"
      var found = Extremes(title: TableBuilder.name(of: run), note: what)
      let count = min(limits.extremes, max(1, values.count / 2))
      found.best = strips(values.prefix(count), footage, &notes)
      found.worst = strips(values.suffix(count).reversed(), footage, &notes)
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

  private func strips(_ values: some Sequence<VideoValue>, _ footage: Footage, _ notes: inout [String])
    -> [(label: String, uri: String)]
  {
    var strips: [(label: String, uri: String)] = []
    for value in values {
      guard let video = footage.video(named: value.name) else {
        notes.append("no picture of `\(value.name)`: it is not in the set any more")
        continue
      }
      do {
        strips.append(("\(value.name)  \(NumberText.short(value.value))", try FilmStrip.uri(video, limits: limits)))
      } catch { notes.append("no picture of `\(value.name)`: \("\(error)".split(separator: "\n").first ?? "")") }
    }
    return strips
  }
}
