import Distances
import Files
import Foundation
import Scores

extension FeatureFile {
  /// What the safetensors programs allow for a header.
  static let largestHeader = 100_000_000
  /// Rows whose text is longer stand in a tensor of their own: the header has no room for a million of them.
  static let largestRowsInHeader = 8 << 20

  private enum Field {
    static let schema = "schema"
    static let recipe = "recipe"
    static let rows = "rows"
    static let origin = "origin"
    static let digest = "digest"
    static let all = [schema, recipe, rows, origin, digest]
  }

  /// Writes a set, in the order of its rows. One set has one sequence of bytes.
  ///
  /// - Parameter replacing: a file that is there is replaced.
  /// - Throws: `FeatureFileError`, `FilesError`.
  public static func write(_ set: FeatureSet, to path: String, replacing: Bool = false) throws {
    let features = try matrix(set.features.values, [set.features.rows, set.features.columns], path: path)
    let texts = Texts(set)
    var metadata = [
      Field.schema: texts.schema, Field.recipe: texts.recipe, Field.digest: digest(texts.all, features).description,
    ]
    metadata[Field.origin] = texts.origin
    var tensors: [(name: String, type: ElementType, shape: [Int])] = [
      ("features", .float32, [features.rows, features.columns])
    ]
    if texts.areRowsApart {
      tensors.append((Field.rows, .uint8, [texts.rows.utf8.count]))
    } else {
      metadata[Field.rows] = texts.rows
    }
    let head = try Safetensors.header(tensors, metadata: metadata, path: path)
    guard head.count - 8 <= largestHeader else {
      throw FilesError.unwritable(
        path: path, reason: "what was skipped takes more than the \(largestHeader) bytes of a header")
    }
    try WholeFile.write(path, replacing: replacing) { writer in
      try head.withUnsafeBytes { try writer.write($0) }
      try writer.writeLittleEndian(features.values)
      guard texts.areRowsApart else { return }
      var rows = texts.rows
      try rows.withUTF8 { try writer.write(UnsafeRawBufferPointer($0)) }
    }
  }

  /// What stands in the file of a set as its digest, by which a set is known wherever it lies.
  public static func digest(of set: FeatureSet) -> String { digest(Texts(set).all, set.features).description }

  /// What a file says about its features. One set has one spelling.
  private struct Texts {
    let schema: String
    let recipe: String
    let rows: String
    let areRowsApart: Bool
    let origin: String?

    init(_ set: FeatureSet) {
      recipe = JSONValue.object(set.recipe.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }).line
      rows = RowsText.text(set.rows)
      areRowsApart = rows.utf8.count > FeatureFile.largestRowsInHeader
      origin = set.origin.map { OriginFields.json($0).line }
      schema =
        areRowsApart
        ? FeatureFile.schemaOfRowsApart : origin == nil ? FeatureFile.oldSchema : FeatureFile.schema
    }

    var all: [String] { [schema, recipe, rows] + (origin.map { [$0] } ?? []) }
  }

  static func readSafetensors(_ path: String) throws -> FeatureSet {
    let (tensors, metadata) = try Safetensors.read(MappedBytes(mapping: path).all, limit: largestHeader)
    guard let tensor = tensors["features"] else {
      throw FeatureFileError.missing(path: path, part: "features", found: tensors.keys.sorted())
    }
    let areRowsApart = metadata[Field.schema] == schemaOfRowsApart
    let others = tensors.keys.filter { $0 != "features" && !(areRowsApart && $0 == Field.rows) }
    guard others.isEmpty else { throw FeatureFileError.unexpected(path: path, tensors: others.sorted()) }
    guard tensor.type == .float32 || tensor.type == .float64 else {
      throw FeatureFileError.elementType(path: path, part: "features", type: tensor.type.rawValue)
    }
    let features = try matrix(tensor.values(), tensor.shape, path: path)
    if metadata.keys.allSatisfy({ !Field.all.contains($0) }) { return anonymous(features) }
    func field(_ name: String) throws -> String {
      guard let text = metadata[name] else {
        throw FeatureFileError.missing(path: path, part: name, found: metadata.keys.sorted())
      }
      return text
    }
    let found = try field(Field.schema)
    guard [schema, oldSchema, schemaOfRowsApart].contains(found) else {
      throw FeatureFileError.schema(path: path, found: found)
    }
    let originText = found == schema ? try field(Field.origin) : found == oldSchema ? nil : metadata[Field.origin]
    let recipeText = try field(Field.recipe)
    let rowsText: String
    if areRowsApart {
      guard let tensor = tensors[Field.rows] else {
        throw FeatureFileError.missing(path: path, part: Field.rows, found: tensors.keys.sorted())
      }
      guard tensor.type == .uint8 else {
        throw FeatureFileError.elementType(path: path, part: Field.rows, type: tensor.type.rawValue)
      }
      rowsText = tensor.content.withBytes { String(decoding: $0, as: UTF8.self) }
    } else {
      rowsText = try field(Field.rows)
    }
    guard let rows = RowsText.rows(rowsText) else {
      throw FilesError.malformed(path: path, .nonsense(part: "its field `\(Field.rows)`", at: 8))
    }
    let recipe = try decode([String: String].self, recipeText, Field.recipe, path: path)
    guard rows.count == features.rows else {
      throw FeatureFileError.rowCount(path: path, named: rows.count, features: features.rows)
    }
    let digest = digest([found, recipeText, rowsText] + (originText.map { [$0] } ?? []), features).description
    let expected = try field(Field.digest)
    guard digest == expected else { throw FeatureFileError.digest(path: path, expected: expected, found: digest) }
    let origin = try originText.map { try decode(OriginFields.self, $0, Field.origin, path: path).origin }
    return FeatureSet(features: features, rows: rows, recipe: recipe, origin: origin)
  }

  private static func decode<T: Decodable>(_ type: T.Type, _ text: String, _ field: String, path: String) throws -> T {
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw FilesError.malformed(path: path, .nonsense(part: "its field `\(field)`", at: 8))
    }
  }

  /// SHA-256 over the schema, the texts of recipe, rows and origin, N and D, each with a newline behind it, and the features
  /// as little-endian float32.
  private static func digest(_ lines: [String], _ features: FeatureMatrix) -> Digest {
    var hasher = SHA256()
    for line in lines + ["\(features.rows) \(features.columns)"] { hasher.update(line + "\n") }
    features.withLittleEndianBytes { hasher.update($0) }
    return hasher.finish()
  }

  /// {listing, videos, shards, parts, skipped: [[video, reason]]}
  private struct OriginFields: Decodable {
    let origin: FeatureOrigin

    private enum Key: String, CodingKey { case listing, videos, shards, parts, skipped }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: Key.self)
      let skipped = try fields.decode([[String]].self, forKey: .skipped)
      let shards = try fields.decode(Int.self, forKey: .shards)
      let parts = try fields.decode([Int].self, forKey: .parts)
      let videos = try fields.decode(Int.self, forKey: .videos)
      guard (1...1 << 20).contains(shards), !parts.isEmpty, parts == Set(parts).sorted(),
        parts.allSatisfy({ (1...shards).contains($0) }), videos >= 0, skipped.allSatisfy({ $0.count == 2 })
      else {
        throw DecodingError.dataCorruptedError(
          forKey: .parts, in: fields, debugDescription: "parts are from 1 to shards, each once")
      }
      origin = FeatureOrigin(
        listing: try fields.decode(String.self, forKey: .listing), videos: videos, shards: shards, parts: parts,
        skipped: skipped.map { FeatureOrigin.Skipped(video: $0[0], reason: $0[1]) })
    }

    static func json(_ origin: FeatureOrigin) -> JSONValue {
      .object([
        ("listing", .string(origin.listing)), ("videos", .integer(origin.videos)), ("shards", .integer(origin.shards)),
        ("parts", .array(origin.parts.map { .integer($0) })),
        ("skipped", .array(origin.skipped.map { .array([.string($0.video), .string($0.reason)]) })),
      ])
    }
  }
}

extension FeatureMatrix {
  /// The values as they lie in a file.
  fileprivate func withLittleEndianBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    #if _endian(little)
      try values.withUnsafeBytes(body)
    #else
      try values.map { $0.bitPattern.littleEndian }.withUnsafeBytes(body)
    #endif
  }
}
