import Files
import Foundation
import Video
import Yams

/// Reads what the calls of a generator are given: prompts, classes, pictures, or a table of them.
struct Conditions {
  let folder: String
  let keys: YAMLKeys

  private static let kinds = ["prompts", "classes", "images", "inputs"]

  func read() throws -> [Condition] {
    let given = Self.kinds.filter(keys.has)
    if given.count > 1 {
      throw HarnessError.conflict(
        keys.place(given[1]), first: given[0], second: given[1],
        reason: "a table as `inputs` (.csv or .jsonl) holds several columns")
    }
    switch given.first {
    case "prompts": return try values("prompts", column: "prompt").map { Condition(prompt: $0) }
    case "classes":
      let names = try values("classes", column: "class")
      for name in names { try checkClass(name, keys.place("classes")) }
      guard Set(names).count == names.count else {
        throw YAMLError.badValue(
          keys.place("classes"), key: "classes", value: names.joined(separator: ", "), expected: "different names")
      }
      return names.map { Condition(class: $0) }
    case "images": return try images().map { Condition(image: $0) }
    case "inputs": return try table()
    default: return []
    }
  }

  /// A list in the suite, or a file of them.
  private func values(_ key: String, column: String) throws -> [String] {
    guard let node = keys.node(key) else { return [] }
    if node.sequence != nil { return try keys.texts(key) ?? [] }
    let path = try file(key)
    switch path.split(separator: ".").last?.lowercased() {
    case let ending? where Table.endings.contains(ending):
      return try rows(path, demanding: column).map { try nonEmpty($0.columns[column], column, path, $0.line) }
    case "txt":
      return try TextLines.withoutBlankEnd(TextFile.read(path)).map {
        try nonEmpty(String($0.text), column, path, $0.number)
      }
    default:
      throw YAMLError.badValue(
        keys.place(key), key: key, value: path, expected: "a list, or a .txt, .csv, .tsv or .jsonl")
    }
  }

  /// A list of pictures, or a folder of them.
  private func images() throws -> [String] {
    guard let node = keys.node("images") else { return [] }
    if node.sequence != nil {
      return try (keys.texts("images") ?? []).map { name in
        let path = SuitePaths.joined(folder, name)
        guard SuitePaths.exists(path) else {
          throw HarnessError.missingFile(keys.place("images"), key: "images", path: path)
        }
        return SuitePaths.absolute(path)
      }
    }
    let path = try file("images")
    let set: VideoSet
    do { set = try VideoSet.open(path, options: VideoSetOptions(picturesAreImages: true, isOfInputs: true)) } catch {
      throw HarnessError.catalog(keys.place("images"), reason: "\(error)")
    }
    return set.videos.map { SuitePaths.absolute(path + "/" + $0.name) }
  }

  private func table() throws -> [Condition] {
    let path = try file("inputs")
    guard Table.endings.contains(path.split(separator: ".").last?.lowercased() ?? "") else {
      throw YAMLError.badValue(keys.place("inputs"), key: "inputs", value: path, expected: "a .csv, .tsv or .jsonl")
    }
    let above = path.contains("/") ? String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) : "."
    let rows = try rows(path, demanding: nil)
    let columns = ["prompt", "class", "image"].filter { column in rows.contains { $0.columns[column] != nil } }
    guard !columns.isEmpty else {
      throw HarnessError.badCondition(path: path, line: 1, reason: "there is no column `prompt`, `class` or `image`")
    }
    if columns == ["class"] {
      for (line, values) in rows { try checkClass(values["class"] ?? "", Place(file: path, line: line)) }
      let names = rows.compactMap { $0.columns["class"] }
      guard Set(names).count == names.count else {
        throw HarnessError.badCondition(path: path, line: 1, reason: "a class stands in two lines")
      }
    }
    return try rows.map { line, values in
      var condition = Condition()
      for column in columns { _ = try nonEmpty(values[column], column, path, line) }
      condition.prompt = values["prompt"]
      condition.class = values["class"]
      if let image = values["image"] {
        let image = SuitePaths.joined(above, image)
        guard SuitePaths.exists(image) else {
          throw HarnessError.badCondition(path: path, line: line, reason: "there is no picture `\(image)`")
        }
        condition.image = SuitePaths.absolute(image)
      }
      return condition
    }
  }

  private func file(_ key: String) throws -> String {
    let path = SuitePaths.joined(folder, try keys.requiredText(key))
    guard SuitePaths.exists(path) else { throw HarnessError.missingFile(keys.place(key), key: key, path: path) }
    return path
  }

  private func rows(_ path: String, demanding column: String?) throws -> [(line: Int, columns: [String: String])] {
    do {
      let rows = try Manifest.rows(path, demanding: column)
      guard !rows.isEmpty else { throw HarnessError.badCondition(path: path, line: 1, reason: "there is no line") }
      return rows
    } catch let error where error is VideoError || error is FilesError {
      throw HarnessError.catalog(keys.place, reason: "\(error)")
    }
  }

  private func nonEmpty(_ text: String?, _ column: String, _ path: String, _ line: Int) throws -> String {
    guard let text, text.contains(where: { !$0.isWhitespace }) else {
      throw HarnessError.badCondition(path: path, line: line, reason: "the \(column) is empty")
    }
    guard !text.contains("\0") else {
      throw HarnessError.badCondition(path: path, line: line, reason: "the \(column) holds a byte 0")
    }
    return text
  }

  /// A class is a folder of the outputs.
  private func checkClass(_ name: String, _ place: Place) throws {
    guard !name.hasPrefix("."), !name.contains("/"), !name.contains("\0"), name.utf8.count <= 200 else {
      throw YAMLError.badValue(place, key: "class", value: name, expected: "a name that a folder can have")
    }
  }
}
