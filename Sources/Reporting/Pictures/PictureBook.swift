import Foundation
import History
import MetricCatalog
import Scores
import Video

/// How many pictures a page holds.
public enum Media: String, Sendable, CaseIterable {
  case none, small, full

  /// Bytes of a page that its pictures may take.
  public var bytes: Int {
    switch self {
    case .none: 0
    case .small: 1_500_000
    case .full: 7_500_000
    }
  }

  /// Videos of a set, generated sets beside a real one, pairs of each kind, slices, and videos with their flow.
  var limits: (videos: Int, methods: Int, pairs: Int, slices: Int, flows: Int) {
    switch self {
    case .none: (0, 0, 0, 0, 0)
    case .small: (3, 4, 2, 0, 1)
    case .full: (8, 6, 4, 4, 4)
    }
  }
}

/// The videos of runs, from the previews that they kept when they were scored: what is shown is of the run, whatever lies in its
/// folders by now. Each picture is in the page once, however often it is shown.
struct PictureBook {
  struct Strip {
    let label: String
    /// For those who do not see it.
    let what: String
    let isReal: Bool
    let picture: Picture
    /// How far the flow is brought towards white, so that its colours are those of its plate; 0 for other pictures.
    var pale = 0.0
  }

  /// Pictures that belong together.
  struct Plate {
    var title: String?
    var strips: [Strip]
  }

  struct Sheet {
    enum Kind: String { case plates, pairs, cuts, flows }

    let title: String
    let kind: Kind
    var notes: [String] = []
    var plates: [Plate] = []
  }

  /// One in the page's style.
  struct Picture {
    let place: Int
    let width: Int
    let height: Int
    /// Beside each other; 1 for what does not play.
    let frames: Int
  }

  let runs: [RunRecord]
  let names: RunNames
  let media: Media
  /// nil: there is no history, and no pictures.
  let files: KeptFiles?

  private(set) var sheets: [Sheet] = []
  /// What could not be shown, and how much is.
  private(set) var notes: [String] = []
  /// A class for each picture: `.p0 { background-image: url(...) }`.
  private(set) var style = ""

  private var known: [String: Picture] = [:]
  private var bytes = 0
  private var drafts: [Draft] = []

  init(runs: [RunRecord], names: RunNames, media: Media, files: KeptFiles?) {
    (self.runs, self.names, self.media, self.files) = (runs, names, media, files)
    let measured = runs.filter { $0.origin == .measured && $0.previews?.isEmpty == false }
    guard media != .none, files != nil else { return }
    let groups = Self.byRealSet(measured)
    for group in groups { addContactSheet(group) }
    for run in groups.flatMap(shown) { addPairs(run) }
    for run in groups.flatMap(shown) { addWorst(run) }
    for group in groups { addFlows(group) }
    for group in groups { addSlices(group) }
    let left = admit()
    if sheets.contains(where: { $0.kind == .flows }) { style += ".wheel{background-image:\(Self.wheel)}\n" }
    let bare = runs.filter { $0.origin == .measured && $0.previews?.isEmpty != false }.map { names[$0] }
    if !bare.isEmpty {
      let few = Words.list(Array(unique(bare).prefix(3))) + (unique(bare).count > 3 ? " and others" : "")
      notes.append("no pictures of \(few): \(bare.count == 1 ? "its run has" : "their runs have") kept none")
    }
    guard !known.isEmpty || left > 0 else { return }
    var told =
      "\(count(known.count, "picture")), \(NumberText.memory(bytes)) of at most \(NumberText.memory(media.bytes))"
    if left > 0 { told += "; \(count(left, "more group")) of pictures \(left == 1 ? "is" : "are") left out" }
    switch media {
    case .small: told += "; `--media full` shows more of what the runs have kept"
    case .full, .none: break
    }
    notes.append(told)
  }

  /// One run of each name, the newest; the last so many names.
  private func shown(_ runs: [RunRecord]) -> [RunRecord] {
    var newest: [String: RunRecord] = [:]
    for run in runs where newest[names[run]].map({ $0.date < run.date }) ?? true { newest[names[run]] = run }
    return Array(unique(runs.map { names[$0] }).compactMap { newest[$0] }.suffix(media.limits.methods))
  }

  /// By the content of the real set where that is known; those that have none are together.
  private static func byRealSet(_ runs: [RunRecord]) -> [[RunRecord]] {
    var order: [String] = []
    var groups: [String: [RunRecord]] = [:]
    for run in runs {
      let real = run.scores.lazy.filter { $0.fake != nil }.compactMap(\.real).first
      let set = real.map { $0.digest ?? $0.path } ?? "of \(run.dataset ?? "nothing")"
      if groups[set] == nil { order.append(set) }
      groups[set, default: []].append(run)
    }
    return order.compactMap { groups[$0] }
  }

  private static func title(_ runs: [RunRecord]) -> String {
    runs[0].dataset ?? runs[0].scores.lazy.compactMap(\.real).first?.path ?? ""
  }

  // MARK: Real beside generated

  /// Videos from where the last method falls behind the first most to where it gains most, by a score that both have of each
  /// video.
  private mutating func addContactSheet(_ all: [RunRecord]) {
    let own = shown(all)
    let count = unique(all.map { names[$0] }).count
    var sheet = Draft(title: Self.title(all), kind: .plates)
    if count > own.count { sheet.notes.append("the last \(own.count) of \(count) generated sets are shown") }
    let values = VideoValues(first: own.first, last: own.last, names: names)
    var plates = plates(.strip, own, values)
    if let values {
      plates.sort { values.gain($0.title) ?? 0 < values.gain($1.title) ?? 0 }
      sheet.notes.append(values.words)
    }
    sheet.plates = plates
    drafts.append(sheet)
  }

  /// Videos with their flow, real above generated, in the colours of one wheel: that of the fastest among them.
  private mutating func addFlows(_ all: [RunRecord]) {
    let own = shown(all.filter { $0.previews?.contains { $0.kind == .flow } == true })
    let title = Self.title(all)
    var sheet = Draft(title: title.isEmpty ? "Optical flow" : "\(title): optical flow", kind: .flows)
    sheet.notes.append(
      "frames, and below each its optical flow to the frame that a score compared it with, in Middlebury's colours: the hue is the "
        + "direction, as on the wheel, the strength is the speed; in pictures below each other the full colour stands for one speed, that "
        + "of the fastest place in them, in pixels of a video's own frames")
    sheet.plates = plates(.flow, own, nil).map { plate in
      let fastest = plate.strips.compactMap(\.preview.value).max() ?? 0
      var plate = plate
      plate.title += ": full colour at \(NumberText.rough(fastest)) pixels a frame"
      plate.strips = plate.strips.map { strip in
        let value = strip.preview.value ?? 0
        return Draft.Strip(
          preview: strip.preview, label: "\(strip.label), at most \(NumberText.rough(value))",
          what: "frames and optical flow of \(strip.what)", pale: fastest > 0 ? 1 - value / fastest : 0)
      }
      return plate
    }
    drafts.append(sheet)
  }

  /// White in the middle, the full colours at the rim.
  private static var wheel: String {
    let colours = FlowWheel.colours.map { colour in
      "#"
        + (0..<3).map { channel in
          let level = Int(colour[channel])
          return (level < 16 ? "0" : "") + String(level, radix: 16)
        }.joined()
    }
    return
      "radial-gradient(closest-side,#fff,#fff0),conic-gradient(from 90deg,\(colours.joined(separator: ",")))"
  }

  private mutating func addSlices(_ all: [RunRecord]) {
    var sheet = Draft(title: "\(Self.title(all)) over time", kind: .cuts)
    sheet.notes.append(
      "x-t slices: the middle column of pixels, followed over time, which goes to the right; slices beside each other have one "
        + "scale")
    sheet.plates = plates(.slice, shown(all), nil)
    drafts.append(sheet)
  }

  /// The real video of each title before those of the runs.
  private func plates(_ kind: Preview.Kind, _ runs: [RunRecord], _ values: VideoValues?) -> [Draft.Plate] {
    func previews(_ run: RunRecord, _ side: Preview.Side) -> [Preview] {
      (run.previews ?? []).filter { $0.kind == kind && $0.side == side }
    }
    // By the flow of a real video others may be warped, and have none of their own.
    let titles = unique(
      runs.flatMap { run in (previews(run, .fake) + (kind == .flow ? previews(run, .real) : [])).map(\.title) })
    let most = kind == .slice ? media.limits.slices : kind == .flow ? media.limits.flows : media.limits.videos
    return titles.prefix(most).map { title in
      let real = runs.lazy.flatMap { previews($0, .real) }.first { $0.title == title }
      let fakes = runs.compactMap { run -> Draft.Strip? in
        let value = values?.text(run, title).map { "  \($0)" } ?? ""
        return previews(run, .fake).first { $0.title == title }.map {
          Draft.Strip(preview: $0, label: names[run] + value, what: title)
        }
      }
      return Draft.Plate(
        title: title, strips: (real.map { [Draft.Strip(preview: $0, label: "real", what: title)] } ?? []) + fakes)
    }
  }

  // MARK: Nearest and farthest, worst groups and windows

  private mutating func addPairs(_ run: RunRecord) {
    guard let (score, _, isDistance) = VideoValues.ordered(run) else { return }
    let previews = run.previews ?? []
    var sheet = Draft(
      title:
        "\(names[run])\(run.dataset.map { " on \($0)" } ?? ""): \(isDistance ? "nearest and farthest" : "highest and lowest")",
      kind: .pairs)
    let title = ScoreName.title(score.metric)
    sheet.notes.append(
      isDistance
        ? "by the distance to the nearest real \(score.sample ?? "sample"), in the \(score.features.map { "\($0) " } ?? "")features of "
          + "\(title); beside each video the real one that holds it"
        : "by \(title) of each video")
    let isRising = isDistance || score.direction == .lower
    for (kind, word) in [
      (Preview.Kind.best, isDistance ? "nearest" : isRising ? "lowest" : "highest"),
      (.worst, isDistance ? "farthest" : isRising ? "highest" : "lowest"),
    ] {
      for preview in previews.filter({ $0.kind == kind }).prefix(media.limits.pairs) {
        let value = preview.value.map { " \(NumberText.rough($0))" } ?? ""
        var plate = Draft.Plate(
          title: "\(word)\(value)",
          strips: [Draft.Strip(preview: preview, label: preview.video, what: "\(word)\(value)")])
        let real = previews.first { $0.kind == .nearest && $0.title == preview.video }
        if let real {
          plate.strips.append(
            Draft.Strip(preview: real, label: "real: \(real.video)", what: "nearest real video"))
        }
        sheet.plates.append(plate)
      }
    }
    drafts.append(sheet)
  }

  private mutating func addWorst(_ run: RunRecord) {
    for (kind, words) in [(Preview.Kind.group, "worst groups"), (.window, "frames of the worst windows")] {
      var sheet = Draft(title: "\(names[run]): \(words)", kind: .pairs)
      for preview in (run.previews ?? []).filter({ $0.kind == kind }).prefix(media.limits.pairs) {
        let value = preview.value.map { "  \(NumberText.rough($0))" } ?? ""
        sheet.plates.append(
          Draft.Plate(
            title: preview.title + value,
            strips: [Draft.Strip(preview: preview, label: preview.video, what: preview.title)]))
      }
      drafts.append(sheet)
    }
  }

  // MARK: Into the page

  /// What would be shown of a sheet if there were room for all of it.
  private struct Draft {
    struct Strip {
      let preview: Preview
      let label: String
      let what: String
      var pale = 0.0
    }
    struct Plate {
      var title: String
      var strips: [Strip]
    }

    let title: String
    let kind: Sheet.Kind
    var notes: [String] = []
    var plates: [Plate] = []

    /// Places of plates by what they tell: from both ends, since the first and the last of an order tell most.
    var byWeight: [Int] { plates.indices.map { $0.isMultiple(of: 2) ? $0 / 2 : plates.count - 1 - $0 / 2 } }
    /// Plates for each one of another sheet: real beside generated is what a page is opened for.
    var share: Int {
      switch kind {
      case .plates: 2
      case .pairs, .cuts, .flows: 1
      }
    }
  }

  /// Gives each sheet its share of the bytes, in turns. A plate is shown whole or not at all.
  ///
  /// - Returns: how many plates there is no room for.
  private mutating func admit() -> Int {
    var shown = drafts.map { _ in [Int: Plate]() }
    var waiting = drafts.map { $0.byWeight[...] }
    var left = 0
    while waiting.contains(where: { !$0.isEmpty }) {
      for (place, draft) in drafts.enumerated() {
        for number in waiting[place].prefix(draft.share) {
          if let plate = plate(draft.plates[number]) { shown[place][number] = plate } else { left += 1 }
        }
        waiting[place] = waiting[place].dropFirst(draft.share)
      }
    }
    sheets = zip(drafts, shown).compactMap { draft, plates in
      let plates = plates.sorted { $0.key < $1.key }.map(\.value).filter { !$0.strips.isEmpty }
      return plates.isEmpty ? nil : Sheet(title: draft.title, kind: draft.kind, notes: draft.notes, plates: plates)
    }
    return left
  }

  /// With the strips whose files are there; nil where there is no room for all of them.
  private mutating func plate(_ draft: Draft.Plate) -> Plate? {
    var new: [String: (data: Data, size: JPEGSize)] = [:]
    for preview in draft.strips.map(\.preview) where known[preview.digest] == nil && new[preview.digest] == nil {
      if let data = files?.preview(preview.digest), let size = JPEGSize(data) {
        new[preview.digest] = (data, size)
      } else {
        let words = "some pictures are not shown: their files are not beside the history, or are damaged"
        if !notes.contains(words) { notes.append(words) }
      }
    }
    let cost = new.values.reduce(0) { $0 + ($1.data.count + 2) / 3 * 4 }
    guard bytes + cost <= media.bytes else { return nil }
    bytes += cost
    return Plate(
      title: draft.title,
      strips: draft.strips.compactMap { strip in
        let preview = strip.preview
        return picture(preview, new[preview.digest]).map {
          Strip(
            label: strip.label, what: "\(preview.kind == .slice ? "x-t slice of " : "")\(strip.label), \(strip.what)",
            isReal: preview.side == .real, picture: $0, pale: strip.pale)
        }
      })
  }

  private mutating func picture(_ preview: Preview, _ file: (data: Data, size: JPEGSize)?) -> Picture? {
    if let own = known[preview.digest] { return own }
    guard let file else { return nil }
    let frames = max(1, preview.frames ?? 1)
    let picture = Picture(
      place: known.count, width: file.size.width / frames, height: file.size.height, frames: frames)
    known[preview.digest] = picture
    style += ".p\(picture.place){background-image:url(data:image/jpeg;base64,\(file.data.base64EncodedString()))}\n"
    return picture
  }

  private func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }
}

/// Width and height of a JPEG file, from its frame header (ITU T.81, B.2.2).
struct JPEGSize: Equatable {
  let width: Int
  let height: Int

  init?(_ file: Data) {
    let bytes = [UInt8](file.prefix(4096))
    var place = 2
    while place + 9 < bytes.count, bytes[place] == 0xff {
      let length = Int(bytes[place + 2]) << 8 | Int(bytes[place + 3])
      // Every start of a frame but the four codes in between that are of tables.
      if (0xc0...0xcf).contains(bytes[place + 1]), ![0xc4, 0xc8, 0xcc].contains(bytes[place + 1]) {
        height = Int(bytes[place + 5]) << 8 | Int(bytes[place + 6])
        width = Int(bytes[place + 7]) << 8 | Int(bytes[place + 8])
        return
      }
      place += 2 + length
    }
    return nil
  }
}
