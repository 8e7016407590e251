import Foundation
import History
import MetricCatalog
import Mustache
import ReportAssets
import Scores

/// One page that holds all it shows and needs no network: table, charts, pictures, and the fields behind each number.
public struct HTMLWriter: TableWriter {
  public var limits = PictureLimits()
  /// Where the runs' previews are; nil: there are none.
  public var files: KeptFiles?
  /// Of this program.
  public var version = ""
  /// When the report is made, ISO 8601; nil leaves it out.
  public var date: String?

  public init(version: String = "", date: String? = nil, files: KeptFiles? = nil) {
    self.files = files
    self.version = version
    self.date = date
  }

  /// - Throws: `ReportError.badTemplate`.
  public func text(_ table: ReportTable, runs: [RunRecord]) throws -> String {
    let shown = shownRuns(table, runs)
    let names = RunNames(runs)
    let charts = ChartBuilder(runs: shown, runNames: names).all()
    let book = PictureBook(runs: shown, names: names, limits: limits, files: files)
    var context: [String: Any] = [
      "title": table.title, "style": ReportAssets.style, "script": ReportAssets.script, "version": version,
      "table": TablePart(table: table).context,
      "charts": charts.map { ["chartTitle": $0.title, "chartNote": $0.note, "kind": $0.kind, "svg": $0.svg] },
      "hasCharts": !charts.isEmpty,
      "runs": shown.map { RunPart(run: $0, names: names).context }, "hasRuns": !shown.isEmpty,
      "summary": summary(table, shown),
    ]
    if let date { context["date"] = date }
    add(book, to: &context)
    do {
      return try MustacheTemplate(string: ReportAssets.page).render(Self.clean(context))
    } catch { throw ReportError.badTemplate(reason: "\(error)") }
  }

  /// Runs that have a number in the table.
  private func shownRuns(_ table: ReportTable, _ runs: [RunRecord]) -> [RunRecord] {
    let ids = table.rows.flatMap(\.runs)
    return ids.compactMap { id in runs.first { $0.id == id } }
  }

  private func summary(_ table: ReportTable, _ runs: [RunRecord]) -> String {
    var parts = [count(runs.count { $0.origin == .measured }, "measured run")]
    let published = table.rows.count { $0.origin == .published }
    if published > 0 { parts.append(count(published, "published row")) }
    let imported = table.rows.count { $0.origin == .imported }
    if imported > 0 { parts.append(count(imported, "imported row")) }
    let warnings = runs.flatMap(\.scores).reduce(0) { $0 + $1.warnings.count }
    if warnings > 0 { parts.append(count(warnings, "warning")) }
    return parts.joined(separator: " · ")
  }

  private func add(_ book: PictureBook, to context: inout [String: Any]) {
    func rows(_ rows: [(label: String, uri: String)]) -> [[String: Any]] {
      rows.map { ["label": $0.label, "uri": $0.uri, "isReal": $0.label == "real"] }
    }
    func plates(_ plates: [PictureBook.Plate]) -> [[String: Any]] {
      plates.map { ["plateTitle": $0.title, "strips": rows($0.rows)] }
    }
    let sheets = book.sheets()
    context["sheets"] = sheets.map { sheet -> [String: Any] in
      [
        "sheetTitle": sheet.title, "plates": plates(sheet.contact), "hasPlates": !sheet.contact.isEmpty,
        "slices": plates(sheet.slices), "hasSlices": !sheet.slices.isEmpty,
        "pictureNotes": sheet.notes,
      ]
    }
    context["hasSheets"] = !sheets.isEmpty
    let (extremes, notes) = book.extremes()
    context["extremes"] = extremes.map { found -> [String: Any] in
      [
        "extremeTitle": found.title, "extremeNote": found.note, "best": rows(found.best), "worst": rows(found.worst),
      ]
    }
    context["hasExtremes"] = !extremes.isEmpty || !notes.isEmpty
    context["extremeNotes"] = notes
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
