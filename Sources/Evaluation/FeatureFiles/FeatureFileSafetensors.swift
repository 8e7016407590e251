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
    try checkValues(of: set.features, path: path)
    try write(Content(set), to: path, replacing: replacing)
  }

  /// Writes a set whose rows are made one after the other, and are never all in memory.
  ///
  /// - Parameters:
  ///   - row: of an index; indices rise, and each is asked for several times.
  ///   - values: of some rows, which are finite numbers, into the buffer; each row is asked for once, in order.
  /// - Throws: `FilesError`.
  package static func write(
    rows: Int, columns: Int, recipe: [String: String], to path: String, row: @escaping (Int) -> FeatureSet.Row,
    values: @escaping (Range<Int>, UnsafeMutableBufferPointer<Float>) -> Void
  ) throws {
    let content = Content(
      rows: rows, columns: columns, recipe: recipe, origin: nil, appendText: { RowsText.append(row($0), to: &$1) },
      forEachPiece: { body in
        let most = max(1, (1 << 20) / columns)
        let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: most * columns)
        defer { buffer.deallocate() }
        for start in stride(from: 0, to: rows, by: most) {
          let piece = start..<min(start + most, rows)
          let part = UnsafeMutableBufferPointer(rebasing: buffer[..<(piece.count * columns)])
          values(piece, part)
          try body(UnsafeBufferPointer(part))
        }
      })
    try write(content, to: path, replacing: true)
  }

  /// What stands in the file of a set as its digest, by which a set is known wherever it lies.
  public static func digest(of set: FeatureSet) -> String { Content(set).digest.description }

  /// What a file holds, piece by piece: a set, or several on their way to one.
  struct Content {
    let rows: Int
    let columns: Int
    let recipe: [String: String]
    let origin: FeatureOrigin?
    /// The text of the row of that index, behind what is there.
    let appendText: (Int, inout [UInt8]) -> Void
    /// All values in order, in pieces of whole rows.
    let forEachPiece: ((UnsafeBufferPointer<Float>) throws -> Void) throws -> Void

    /// Bytes of the text of the rows.
    fileprivate var lengthOfRows: Int {
      var length = 0
      forEachPieceOfRows { length += $0.count }
      return length
    }

    fileprivate func forEachPieceOfRows(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
      try RowsText.forEachPiece(count: rows, append: appendText, body)
    }

    /// SHA-256 over the schema, the texts of recipe, rows and origin, N and D, each with a newline behind it, and the features
    /// as little-endian float32.
    fileprivate var digest: Digest {
      let texts = Texts(self)
      var hasher = texts.begunDigest(of: self)
      // Reading features that are in memory, or were read before, does not fail.
      try? forEachPiece { values in hasher.update(littleEndian: values) }
      return hasher.finish()
    }
  }

  static func write(_ content: Content, to path: String, replacing: Bool) throws {
    let texts = Texts(content)
    var tensors: [(name: String, type: ElementType, shape: [Int])] = [
      ("features", .float32, [content.rows, content.columns])
    ]
    var metadata = [Field.schema: texts.schema, Field.recipe: texts.recipe]
    metadata[Field.origin] = texts.origin
    if texts.areRowsApart {
      tensors.append((Field.rows, .uint8, [texts.lengthOfRows]))
    } else {
      var text: [UInt8] = []
      content.forEachPieceOfRows { text += $0 }
      metadata[Field.rows] = String(decoding: text, as: UTF8.self)
    }
    func head(_ digest: Digest) throws -> [UInt8] {
      metadata[Field.digest] = digest.description
      let head = try Safetensors.header(tensors, metadata: metadata, path: path)
      guard head.count - 8 <= largestHeader else {
        throw FilesError.unwritable(
          path: path, reason: "what was skipped takes more than the \(largestHeader) bytes of a header")
      }
      return head
    }
    try WholeFile.write(path, replacing: replacing) { writer in
      // A file gets the digest of what was written once it is known; what cannot be gone back in is gone through twice.
      let isRewritten = writer.canRewrite
      let first = try head(isRewritten ? SHA256.digest(of: "") : content.digest)
      try first.withUnsafeBytes { try writer.write($0) }
      var hasher = texts.begunDigest(of: content)
      try content.forEachPiece { values in
        if isRewritten { hasher.update(littleEndian: values) }
        try writer.writeLittleEndian(values)
      }
      if texts.areRowsApart { try content.forEachPieceOfRows { try writer.write($0) } }
      let digest = hasher.finish()
      guard isRewritten else { return }
      let last = try head(digest)
      precondition(last.count == first.count, "FeatureFile: a digest has one length")
      try last.withUnsafeBytes { try writer.rewrite($0, at: 0) }
    }
  }

  /// What a file says about its features. One set has one spelling.
  private struct Texts {
    let schema: String
    let recipe: String
    let lengthOfRows: Int
    let areRowsApart: Bool
    let origin: String?

    init(_ content: Content) {
      recipe = JSONValue.object(content.recipe.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }).line
      lengthOfRows = content.lengthOfRows
      areRowsApart = lengthOfRows > FeatureFile.largestRowsInHeader
      origin = content.origin.map { OriginFields.json($0).line }
      schema =
        areRowsApart
        ? FeatureFile.schemaOfRowsApart : origin == nil ? FeatureFile.oldSchema : FeatureFile.schema
    }

    func begunDigest(of content: Content) -> SHA256 {
      FeatureFile.begunDigest(schema, recipe, origin, content.rows, content.columns) { body in
        content.forEachPieceOfRows(body)
      }
    }
  }

  /// The digest before the features, see `Content.digest`.
  private static func begunDigest(
    _ schema: String, _ recipe: String, _ origin: String?, _ rows: Int, _ columns: Int,
    textOfRows: ((UnsafeRawBufferPointer) -> Void) -> Void
  ) -> SHA256 {
    var hasher = SHA256()
    hasher.update("\(schema)\n\(recipe)\n")
    textOfRows { hasher.update($0) }
    hasher.update("\n" + (origin.map { $0 + "\n" } ?? "") + "\(rows) \(columns)\n")
    return hasher
  }

  static func readSafetensors(_ path: String) throws -> StoredFeatures {
    let (tensors, metadata) = try Safetensors.read(MappedBytes(mapping: path).all, limit: largestHeader)
    if metadata[Field.schema] == schemaOfMoments { return .moments(try moments(tensors, metadata, path: path)) }
    return .set(try features(tensors, metadata, path: path))
  }

  private static func features(
    _ tensors: [String: StoredTensor], _ metadata: [String: String], path: String
  ) throws -> FeatureSet {
    guard let tensor = tensors["features"] else {
      throw FeatureFileError.missing(path: path, part: "features", found: tensors.keys.sorted())
    }
    let areRowsApart = metadata[Field.schema] == schemaOfRowsApart
    let others = tensors.keys.filter { $0 != "features" && !(areRowsApart && $0 == Field.rows) }
    guard others.isEmpty else { throw FeatureFileError.unexpected(path: path, tensors: others.sorted()) }
    guard tensor.type == .float32 || tensor.type == .float64 else {
      throw FeatureFileError.elementType(path: path, part: "features", type: tensor.type.rawValue)
    }
    let features = try matrix(tensor, path: path)
    if metadata.keys.allSatisfy({ !Field.all.contains($0) }) {
      try checkValues(of: features, path: path)
      return anonymous(features)
    }
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
    let rowsText: ByteSlice
    if areRowsApart {
      guard let tensor = tensors[Field.rows] else {
        throw FeatureFileError.missing(path: path, part: Field.rows, found: tensors.keys.sorted())
      }
      guard tensor.type == .uint8 else {
        throw FeatureFileError.elementType(path: path, part: Field.rows, type: tensor.type.rawValue)
      }
      rowsText = tensor.content
    } else {
      rowsText = MappedBytes(label: path, copying: Array(try field(Field.rows).utf8)).all
    }
    guard let rows = RowsText.Table(rowsText) else {
      throw FilesError.malformed(path: path, .nonsense(part: "its field `\(Field.rows)`", at: 8))
    }
    let recipe = try decode([String: String].self, recipeText, Field.recipe, path: path)
    guard rows.count == features.rows else {
      throw FeatureFileError.rowCount(path: path, named: rows.count, features: features.rows)
    }
    var hasher = begunDigest(found, recipeText, originText, features.rows, features.columns) {
      rowsText.forEachPiece($0)
    }
    try forEachPiece(of: features, path: path) { hasher.update(littleEndian: $0) }
    let digest = hasher.finish().description
    let expected = try field(Field.digest)
    guard digest == expected else { throw FeatureFileError.digest(path: path, expected: expected, found: digest) }
    let origin = try originText.map { try decode(OriginFields.self, $0, Field.origin, path: path).origin }
    return FeatureSet(features: features, rows: FeatureSet.Rows(rows), recipe: recipe, origin: origin)
  }

  static func decode<T: Decodable>(_ type: T.Type, _ text: String, _ field: String, path: String) throws -> T {
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw FilesError.malformed(path: path, .nonsense(part: "its field `\(field)`", at: 8))
    }
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

extension FeatureFile.Content {
  init(_ set: FeatureSet) {
    self.init(
      rows: set.rows.count, columns: set.features.columns, recipe: set.recipe, origin: set.origin,
      appendText: { set.rows.appendText(of: $0, to: &$1) },
      forEachPiece: { body in
        try set.features.forEachBlock(of: set.features.rowsOfBlock) { _, values in try body(values) }
      })
  }
}

extension SHA256 {
  /// The values as they lie in a file.
  mutating func update(littleEndian values: UnsafeBufferPointer<Float>) {
    #if _endian(little)
      update(UnsafeRawBufferPointer(values))
    #else
      values.map { $0.bitPattern.littleEndian }.withUnsafeBytes { update($0) }
    #endif
  }
}
