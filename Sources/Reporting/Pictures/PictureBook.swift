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

  /// Videos of a set, generated sets beside a real one, pairs of each kind, and slices.
  var limits: (videos: Int, methods: Int, pairs: Int, slices: Int) {
    switch self {
    case .none: (0, 0, 0, 0)
    case .small: (3, 4, 2, 0)
    case .full: (8, 6, 4, 4)
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
  }

  /// Pictures that belong together.
  struct Plate {
    var title: String?
    var strips: [Strip]
  }

  struct Sheet {
    enum Kind: String { case plates, pairs, cuts }

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
  private var left = 0

  init(runs: [RunRecord], names: RunNames, media: Media, files: KeptFiles?) {
    (self.runs, self.names, self.media, self.files) = (runs, names, media, files)
    let measured = runs.filter { $0.origin == .measured && $0.previews?.isEmpty == false }
    guard media != .none, files != nil else { return }
    let groups = Self.byRealSet(measured)
    for group in groups { addContactSheet(group) }
    for run in shown(measured) { addPairs(run) }
    for run in shown(measured) { addWorst(run) }
    for group in groups { addSlices(group) }
    let bare = runs.filter { $0.origin == .measured && $0.previews?.isEmpty != false }.map { names[$0] }
    if !bare.isEmpty {
      let few = Words.list(Array(unique(bare).prefix(3))) + (unique(bare).count > 3 ? " and others" : "")
      notes.append("no pictures of \(few): \(bare.count == 1 ? "its run has" : "their runs have") kept none")
    }
    guard !known.isEmpty || left > 0 else { return }
    var told =
      "\(count(known.count, "picture")), \(NumberText.memory(bytes)) of at most \(NumberText.memory(media.bytes))"
    if left > 0 { told += "; \(left) more are left out" }
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

  /// By the content of the real set where that is known.
  private static func byRealSet(_ runs: [RunRecord]) -> [[RunRecord]] {
    var order: [String] = []
    var groups: [String: [RunRecord]] = [:]
    for run in runs {
      guard let real = run.scores.lazy.filter({ $0.fake != nil }).compactMap(\.real).first else { continue }
      let set = real.digest ?? real.path
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
    var sheet = Sheet(title: Self.title(all), kind: .plates)
    if count > own.count { sheet.notes.append("the last \(own.count) of \(count) generated sets are shown") }
    let values = VideoValues(first: own.first, last: own.last, names: names)
    var plates = plates(.strip, own, values)
    if let values {
      plates.sort { values.gain($0.title) ?? 0 < values.gain($1.title) ?? 0 }
      sheet.notes.append(values.words)
    }
    sheet.plates = plates
    if !plates.isEmpty { sheets.append(sheet) }
  }

  private mutating func addSlices(_ all: [RunRecord]) {
    var sheet = Sheet(title: "\(Self.title(all)) over time", kind: .cuts)
    sheet.notes.append(
      "x-t slices: the middle column of pixels, followed over time, which goes to the right; slices beside each other have one "
        + "scale")
    sheet.plates = plates(.slice, shown(all), nil)
    if !sheet.plates.isEmpty { sheets.append(sheet) }
  }

  /// The real video of each title before those of the runs.
  private mutating func plates(_ kind: Preview.Kind, _ runs: [RunRecord], _ values: VideoValues?) -> [Plate] {
    func previews(_ run: RunRecord, _ side: Preview.Side) -> [Preview] {
      (run.previews ?? []).filter { $0.kind == kind && $0.side == side }
    }
    let titles = unique(runs.flatMap { run in previews(run, .fake).map(\.title) })
    return titles.prefix(kind == .slice ? media.limits.slices : media.limits.videos).compactMap { title in
      var plate = Plate(title: title, strips: [])
      let real = runs.lazy.flatMap { previews($0, .real) }.first { $0.title == title }
      if let real, let strip = strip(real, "real", title) { plate.strips.append(strip) }
      for run in runs {
        guard let preview = previews(run, .fake).first(where: { $0.title == title }) else { continue }
        let value = values?.text(run, title).map { "  \($0)" } ?? ""
        if let strip = strip(preview, names[run] + value, title) { plate.strips.append(strip) }
      }
      return plate.strips.isEmpty ? nil : plate
    }
  }

  // MARK: Nearest and farthest, worst groups and windows

  private mutating func addPairs(_ run: RunRecord) {
    guard let (score, _, isDistance) = VideoValues.ordered(run) else { return }
    let previews = run.previews ?? []
    var sheet = Sheet(
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
        guard let own = strip(preview, preview.video, "\(word)\(value)") else { continue }
        var plate = Plate(title: "\(word)\(value)", strips: [own])
        let real = previews.first { $0.kind == .nearest && $0.title == preview.video }
        if let real, let strip = strip(real, "real: \(real.video)", "nearest real video") { plate.strips.append(strip) }
        sheet.plates.append(plate)
      }
    }
    if !sheet.plates.isEmpty { sheets.append(sheet) }
  }

  private mutating func addWorst(_ run: RunRecord) {
    for (kind, words) in [(Preview.Kind.group, "worst groups"), (.window, "frames of the worst windows")] {
      var sheet = Sheet(title: "\(names[run]): \(words)", kind: .pairs)
      for preview in (run.previews ?? []).filter({ $0.kind == kind }).prefix(media.limits.pairs) {
        let value = preview.value.map { "  \(NumberText.rough($0))" } ?? ""
        if let strip = strip(preview, preview.video, preview.title) {
          sheet.plates.append(Plate(title: preview.title + value, strips: [strip]))
        }
      }
      if !sheet.plates.isEmpty { sheets.append(sheet) }
    }
  }

  // MARK: Into the page

  private mutating func strip(_ preview: Preview, _ label: String, _ what: String) -> Strip? {
    picture(preview, label).map {
      Strip(
        label: label, what: "\(preview.kind == .slice ? "x-t slice of " : "")\(label), \(what)",
        isReal: preview.side == .real, picture: $0)
    }
  }

  /// nil where there is no whole file, or no room for it.
  private mutating func picture(_ preview: Preview, _ label: String) -> Picture? {
    if let own = known[preview.digest] { return own }
    guard let data = files?.preview(preview.digest), let size = JPEGSize(data) else {
      let words = "some pictures are not shown: their files are not beside the history, or are damaged"
      if !notes.contains(words) { notes.append(words) }
      return nil
    }
    let text = data.base64EncodedString()
    guard bytes + text.utf8.count <= media.bytes else {
      left += 1
      return nil
    }
    let frames = max(1, preview.frames ?? 1)
    let picture = Picture(place: known.count, width: size.width / frames, height: size.height, frames: frames)
    known[preview.digest] = picture
    bytes += text.utf8.count
    style += ".p\(picture.place){background-image:url(data:image/jpeg;base64,\(text))}\n"
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
