/// What can stop a report: facts; `description` writes the words.
public enum ReportError: Error, Equatable, CustomStringConvertible {
  case nothingToShow
  case unwritable(path: String, reason: String)
  case unknownLayout(name: String, nearest: String?, known: [String])
  case badTemplate(reason: String)
  case noVideos

  public var description: String {
    switch self {
    case .nothingToShow:
      "no score fits what was asked for\nhint: `vidmetrics runs` lists what the history holds"
    case .unwritable(let path, let reason): "cannot write `\(path)`: \(reason)"
    case .unknownLayout(let name, let nearest, let known):
      "there is no layout `\(name)`\nhint: "
        + (nearest.map { "did you mean `\($0)`?" } ?? "there are \(known.joined(separator: ", "))")
    case .badTemplate(let reason): "the template of the report cannot be read: \(reason)"
    case .noVideos: "no video to cut through\nhint: `vidmetrics slice real/a.mp4 generated/a.mp4 --out slices.png`"
    }
  }
}
