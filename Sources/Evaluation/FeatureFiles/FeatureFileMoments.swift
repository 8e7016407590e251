import Distances
import Files
import Foundation
import Scores

extension FeatureFile {
  /// Of moments: `.safetensors` with the tensors `mean` [K][D] and `scatter` [K][D·(D + 1)/2] (upper triangles, row by row) of
  /// float64, one row for each node of the tree; `__metadata__` has `schema`, `recipe` (as of features), `set` (a JSON object:
  /// listing, videos, block, skipped), `nodes` (a JSON array of [level, index, samples]), `card` of a published set (a JSON
  /// object) and `digest`.
  public static let schemaOfMoments = "vidmetrics.moments/1"

  private enum Field {
    static let schema = "schema"
    static let recipe = "recipe"
    static let set = "set"
    static let nodes = "nodes"
    static let card = "card"
    static let digest = "digest"
  }

  /// Writes moments. One set has one sequence of bytes.
  ///
  /// - Parameter replacing: a file that is there is replaced.
  /// - Throws: `FilesError`.
  public static func write(_ moments: MomentsSet, to path: String, replacing: Bool = false) throws {
    let (nodes, columns) = (moments.tree.nodes, moments.columns)
    var metadata = metadata(of: moments)
    metadata[Field.digest] = digest(of: moments, metadata)
    let head = try Safetensors.header(
      [
        ("mean", .float64, [nodes.count, columns]),
        ("scatter", .float64, [nodes.count, FeatureMoments.triangle(columns: columns)]),
      ], metadata: metadata, path: path)
    guard head.count - 8 <= largestHeader else {
      throw FilesError.unwritable(
        path: path, reason: "what was skipped takes more than the \(largestHeader) bytes of a header")
    }
    try WholeFile.write(path, replacing: replacing) { writer in
      try head.withUnsafeBytes { try writer.write($0) }
      for values in nodes.map(\.moments.mean) + nodes.map(\.moments.scatter) {
        try littleEndianBytes(of: values) { try writer.write($0) }
      }
    }
  }

  /// As it stands in their file.
  public static func digest(of moments: MomentsSet) -> String { digest(of: moments, metadata(of: moments)) }

  /// All but the digest.
  private static func metadata(of moments: MomentsSet) -> [String: String] {
    let nodes = moments.tree.nodes
    var metadata = [
      Field.schema: schemaOfMoments,
      Field.recipe: JSONValue.object(moments.recipe.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
        .line,
      Field.set: JSONValue.object([
        ("listing", .string(moments.listing)), ("videos", .integer(moments.videos)),
        ("block", .integer(MomentsSet.videosOfBlock)),
        ("skipped", .array(moments.skipped.map { .array([.string($0.video), .string($0.reason)]) })),
      ]).line,
      Field.nodes: JSONValue.array(
        nodes.map { .array([.integer($0.level), .integer($0.index), .integer($0.moments.count)]) }
      ).line,
    ]
    metadata[Field.card] = moments.card.map { json($0).line }
    return metadata
  }

  /// SHA-256 over the schema, recipe, set, nodes and card, each with a newline behind it, and the tensors as they lie in the file.
  private static func digest(of moments: MomentsSet, _ metadata: [String: String]) -> String {
    var hasher = SHA256()
    for field in [Field.schema, Field.recipe, Field.set, Field.nodes, Field.card] {
      if let text = metadata[field] { hasher.update(text + "\n") }
    }
    let nodes = moments.tree.nodes
    for values in nodes.map(\.moments.mean) + nodes.map(\.moments.scatter) {
      littleEndianBytes(of: values) { hasher.update($0) }
    }
    return hasher.finish().description
  }

  private static func littleEndianBytes(
    of values: [Double], _ body: (UnsafeRawBufferPointer) throws -> Void
  ) rethrows {
    #if _endian(little)
      try values.withUnsafeBytes(body)
    #else
      try values.map { $0.bitPattern.littleEndian }.withUnsafeBytes(body)
    #endif
  }

  /// A card in the order in which it is printed.
  public static func json(_ card: SetCard) -> JSONValue {
    .object([
      ("title", .string(card.title)), ("url", .string(orNull: card.url)), ("licence", .string(orNull: card.licence)),
      ("note", .string(orNull: card.note)), ("command", .string(card.command)), ("version", .string(card.version)),
    ])
  }

  private struct SetFields: Decodable {
    let listing: String
    let videos: Int
    let block: Int
    let skipped: [[String]]
  }

  /// - Throws: `FeatureFileError`, `FilesError`.
  static func moments(_ tensors: [String: StoredTensor], _ metadata: [String: String], path: String) throws
    -> MomentsSet
  {
    func field(_ name: String) throws -> String {
      guard let text = metadata[name] else {
        throw FeatureFileError.missing(path: path, part: name, found: metadata.keys.sorted())
      }
      return text
    }
    func nonsense(_ field: String) -> FilesError {
      FilesError.malformed(path: path, .nonsense(part: "its field `\(field)`", at: 8))
    }
    func tensor(_ name: String) throws -> StoredTensor {
      guard let tensor = tensors[name] else {
        throw FeatureFileError.missing(path: path, part: name, found: tensors.keys.sorted())
      }
      guard tensor.type == .float64 else {
        throw FeatureFileError.elementType(path: path, part: name, type: tensor.type.rawValue)
      }
      return tensor
    }
    let others = tensors.keys.filter { $0 != "mean" && $0 != "scatter" }
    guard others.isEmpty else { throw FeatureFileError.unexpected(path: path, tensors: others.sorted()) }
    let recipe = try decode([String: String].self, field(Field.recipe), Field.recipe, path: path)
    let set = try decode(SetFields.self, field(Field.set), Field.set, path: path)
    let places = try decode([[Int]].self, field(Field.nodes), Field.nodes, path: path)
    let card = try metadata[Field.card].map { try decode(SetCard.self, $0, Field.card, path: path) }
    let (mean, scatter) = (try tensor("mean"), try tensor("scatter"))
    guard mean.shape.count == 2, mean.shape[0] == places.count, (1...1 << 15).contains(mean.shape[1]) else {
      throw FeatureFileError.shape(path: path, part: "mean", shape: mean.shape, wanted: "[\(places.count), D]")
    }
    let columns = mean.shape[1]
    let triangle = FeatureMoments.triangle(columns: columns)
    guard scatter.shape == [places.count, triangle] else {
      throw FeatureFileError.shape(
        path: path, part: "scatter", shape: scatter.shape, wanted: "[\(places.count), \(triangle)]")
    }
    guard set.block == MomentsSet.videosOfBlock, (1...1 << 40).contains(set.videos),
      set.skipped.allSatisfy({ $0.count == 2 })
    else { throw nonsense(Field.set) }
    var moments = MomentsSet(
      videos: set.videos, columns: columns, listing: set.listing, recipe: recipe,
      skipped: set.skipped.map { FeatureOrigin.Skipped(video: $0[0], reason: $0[1]) })
    let (means, scatters) = (mean.doubles(), scatter.doubles())
    for (values, part, width) in [(means, "mean", columns), (scatters, "scatter", triangle)] {
      if let index = values.firstIndex(where: { !$0.isFinite }) {
        throw FeatureFileError.notFinite(
          path: path, part: part, place: [index / width, index % width], value: "\(values[index])")
      }
    }
    for (row, place) in places.enumerated() {
      guard place.count == 3, (0..<40).contains(place[0]), (0...1 << 40).contains(place[1]),
        (0...1 << 48).contains(place[2])
      else { throw nonsense(Field.nodes) }
      let node = MomentsTree.Node(
        level: place[0], index: place[1],
        moments: FeatureMoments(
          count: place[2], mean: Array(means[row * columns..<(row + 1) * columns]),
          scatter: Array(scatters[row * triangle..<(row + 1) * triangle])))
      guard node.blocks.lowerBound < moments.tree.blocks, !moments.tree.overlaps(node) else {
        throw nonsense(Field.nodes)
      }
      moments.tree.add(node)
    }
    // Nodes that could be joined are not written.
    guard moments.tree.nodes.count == places.count, moments.videosThere >= 0 else { throw nonsense(Field.nodes) }
    moments.card = card
    let (expected, found) = (try field(Field.digest), digest(of: moments, metadata))
    guard found == expected else { throw FeatureFileError.digest(path: path, expected: expected, found: found) }
    return moments
  }
}
