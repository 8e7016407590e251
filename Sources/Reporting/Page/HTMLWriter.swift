import Files
import Foundation
import History
import MetricCatalog
import Mustache
import ReportAssets
import Scores

/// One page that holds all it shows and needs no network. Its order is that of its readers' questions: what came out, the
/// numbers, how they run, how the videos look, what to be careful of, how to make it again, and all that decided each number.
public struct HTMLWriter: TableWriter {
  public var media = Media.full
  /// Where the runs' previews are; nil: there are none.
  public var files: KeptFiles?
  /// Of this program.
  public var version = ""
  /// When the report is made, as runs have it; nil leaves it out.
  public var moment: String?
  /// Seconds after which the page loads itself anew; nil: it is finished.
  public var reload: Int?

  public init(
    version: String = "", moment: String? = nil, files: KeptFiles? = nil, media: Media = .full, reload: Int? = nil
  ) {
    (self.version, self.moment, self.files) = (version, moment, files)
    (self.media, self.reload) = (media, reload)
  }

  /// - Throws: `ReportError.badTemplate`.
  public func text(_ table: ReportTable, runs: [RunRecord]) throws -> String {
    let shown = shownRuns(table, runs)
    let names = RunNames(runs)
    let charts = ChartBuilder(runs: shown, runNames: names, table: table).all()
    let book = PictureBook(runs: shown, names: names, media: media, files: files)
    let warnings = WarningParts(runs: shown, names: names).context
    let origins = OriginParts(runs: shown, names: names).context
    let answers = Answer(table: table).parts
    var context: [String: Any] = [
      "title": table.title, "style": ReportAssets.style, "script": ReportAssets.script, "version": version,
      "summary": summary(table, shown), "runIDs": shown.map(\.id).joined(separator: " "), "moment": moment ?? "",
      "answers": answers.map(Self.context), "hasAnswer": !answers.isEmpty,
      "charts": charts.map { ["chartTitle": $0.title, "chartNote": $0.note, "kind": $0.kind, "svg": $0.svg] },
      "hasCharts": !charts.isEmpty, "pictureStyle": book.style, "sheets": book.sheets.map(Self.context),
      "pictureNotes": book.notes, "hasPictures": !book.sheets.isEmpty || !book.notes.isEmpty,
      "warnings": warnings, "hasWarnings": !warnings.isEmpty,
      "warningCount": "\(count(warnings.count, "warning")) below, each with its number",
      "origins": origins, "hasOrigins": !origins.isEmpty, "protocols": ProtocolParts(runs: shown).context,
      "runs": shown.map { RunPart(run: $0, names: names).context }, "hasRuns": !shown.isEmpty,
    ]
    context.merge(TablePart(table: table).context) { $1 }
    if let moment { context["date"] = Words.date(moment).prefix(16) + " UTC" }
    if let reload { context["follows"] = "\(reload)" }
    let places = [
      ("charts", "Charts", !charts.isEmpty), ("pictures", "Videos", !book.sheets.isEmpty),
      ("warnings", "Warnings", !warnings.isEmpty), ("reproduce", "How to reproduce", !origins.isEmpty),
      ("numbers", "Behind the numbers", !shown.isEmpty),
    ].filter(\.2)
    context["places"] = places.map { ["place": $0.0, "placeName": $0.1] }
    context["hasPlaces"] = places.count > 1
    do {
      return try MustacheTemplate(string: ReportAssets.page).render(Self.clean(context))
    } catch { throw ReportError.badTemplate(reason: "\(error)") }
  }

  /// Gives a page that is followed the time of now; what is not there or is something else stays as it is.
  public static func renew(_ path: String) {
    guard let page = try? String(contentsOfFile: path, encoding: .utf8),
      let found = page.firstMatch(of: #/<body [^>]*data-written="([^"]*)"/#)
    else { return }
    try? WholeFile.write(
      page.replacingCharacters(in: found.output.1.startIndex..<found.output.1.endIndex, with: RunRecord.now()), to: path
    )
  }

  /// Runs that have a number in the table.
  private func shownRuns(_ table: ReportTable, _ runs: [RunRecord]) -> [RunRecord] {
    let byID = Dictionary(runs.map { ($0.id, $0) }) { first, _ in first }
    return table.rows.flatMap(\.runs).compactMap { byID[$0] }
  }

  private func summary(_ table: ReportTable, _ runs: [RunRecord]) -> String {
    var parts = [count(runs.count { $0.origin == .measured }, "measured run")]
    let published = table.rows.count { $0.origin == .published }
    if published > 0 { parts.append(count(published, "published row")) }
    let imported = table.rows.count { $0.origin == .imported }
    if imported > 0 { parts.append(count(imported, "imported row")) }
    if !table.failures.isEmpty { parts.append("\(table.failures.count) failed") }
    return parts.joined(separator: " · ")
  }

  private static func context(_ part: Answer.Part) -> [String: Any] {
    var context: [String: Any] = [
      "sentences": part.sentences.map { sentence -> [String: Any] in
        [
          "tone": sentence.tone.rawValue,
          "pieces": sentence.pieces.map { piece -> [String: Any] in
            switch piece {
            case .words(let text): ["words": text]
            case .strong(let text): ["strong": text]
            }
          },
        ]
      }
    ]
    if let about = part.about { context["about"] = about }
    return context
  }

  private static func context(_ sheet: PictureBook.Sheet) -> [String: Any] {
    [
      "sheetTitle": sheet.title, "sheetKind": sheet.kind.rawValue, "sheetNotes": sheet.notes,
      "hasWheel": sheet.kind == .flows,
      "plates": sheet.plates.map { plate -> [String: Any] in
        var context: [String: Any] = [
          "strips": plate.strips.map { strip -> [String: Any] in
            // Flow is looked at beside its frames, and stands.
            let (picture, plays) = (strip.picture, strip.picture.frames > 1 && sheet.kind != .flows)
            var shape = picture.frames > 1 ? "--n:\(picture.frames);" : ""
            if plays { shape += "--f:var(--f\(picture.frames),0);" }
            shape += "--w:\(picture.width);--h:\(picture.height)"
            if strip.pale > 0 { shape += ";--pale:\(fixed(strip.pale, digits: 4))" }
            return [
              "label": strip.label, "what": strip.what, "isReal": strip.isReal,
              "pictureClass": "\(plays ? "film " : "")p\(picture.place)",
              "shape": shape,
            ]
          }
        ]
        if let title = plate.title { context["plateTitle"] = title }
        return context
      },
    ]
  }

  /// Without characters that no document may hold.
  static func clean(_ value: Any) -> Any {
    switch value {
    case let text as String:
      guard text.unicodeScalars.contains(where: isForbidden) else { return text }
      return String(String.UnicodeScalarView(text.unicodeScalars.map { isForbidden($0) ? "\u{fffd}" : $0 }))
    case let list as [Any]: return list.map(clean)
    case let keys as [String: Any]: return keys.mapValues(clean)
    default: return value
    }
  }

  private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 ? ![9, 10, 13].contains(scalar.value) : (0x7f...0x9f).contains(scalar.value)
  }
}
