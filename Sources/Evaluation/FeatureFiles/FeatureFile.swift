import Distances
import Files
import Foundation
import Video

/// What a file of features holds.
public enum StoredFeatures: Sendable, Equatable {
  case set(FeatureSet)
  case moments(MomentsSet)
  /// Mean [D] and covariance [D][D], symmetric to the bit; `count` is the number of features, where the file says it.
  case statistics(mean: [Double], covariance: [Double], count: Int?)
}

/// Features on disk, by the end of the file's name:
///
/// - `.safetensors`: a set. Tensor `features` [N][D] float32 (float64 is read too); `__metadata__` has `schema`, `recipe`
///   (a JSON object), `rows` (a JSON array of [video, digest, start, count, stride]; a tensor of its own where it is long), `origin`
///   where it is known (`FeatureOrigin` as a JSON object) and `digest`. A foreign file that has
///   `features` and none of these is a set whose rows are called `row 0`, ..., with 0 for what is unknown of them, and
///   whose recipe is empty. Or moments, see `schemaOfMoments`.
/// - `.npy`: a set likewise, float32 or float64 [N][D].
/// - `.npz`: statistics, `mu` [D] and `sigma` [D][D] as pytorch-fid and clean-fid write them; float64 or float32.
public enum FeatureFile {
  public static let schema = "vidmetrics.features/2"
  /// Of sets with so many rows that they stand in the tensor `rows`, UTF-8.
  static let schemaOfRowsApart = "vidmetrics.features/3"
  /// Of version 0.1.0: without an origin.
  static let oldSchema = "vidmetrics.features/1"

  /// Whether a file is one of features as far as its name and its first bytes tell; false for what cannot be read.
  public static func isFeatureFile(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    switch Kind(path) {
    case .safetensors:
      // What cannot be read is said by the reader of features; tensors of four and more axes are videos.
      guard let file = try? MappedBytes(mapping: path).all,
        let tensors = try? Safetensors.read(file, limit: largestHeader).tensors
      else { return true }
      return tensors["features"] != nil || tensors["scatter"] != nil || !tensors.values.contains { $0.shape.count >= 4 }
    case .npz:
      guard let members = try? Archive(path).members.map(\.name) else { return false }
      return members.contains("mu.npy") && members.contains("sigma.npy")
    case .npy:
      guard let header = try? NPYHeader(ByteRegion(OpenFile(path)), path: path) else { return false }
      return header.shape.count == 2 && header.element.map(floats.contains) == true
    case nil: return false
    }
  }

  /// The paths of a folder's files of features, by several networks or protocols: .safetensors, in natural order; nil for what
  /// is not a folder and for a folder without one.
  ///
  /// - Parameter filter: which names are looked at.
  /// - Throws: `FeatureFileError.mixedFolder` where there is something else beside them, `FilesError`.
  public static func paths(inFolder folder: String, filter: NameFilter) throws -> [String]? {
    guard FileStatus(folder)?.kind == .folder else { return nil }
    let names = try FileStatus.names(in: folder).filter { !$0.hasPrefix(".") && filter.judge($0).isTaken }
    let features = NaturalOrder.sorted(
      names.filter { Kind($0) == .safetensors && isFeatureFile("\(folder)/\($0)") })
    guard let first = features.first else { return nil }
    if let other = Set(names).subtracting(features).min() {
      throw FeatureFileError.mixedFolder(path: folder, features: first, other: other)
    }
    return features.map { "\(folder)/\($0)" }
  }

  /// Reads a file. Its digest is compared and its values are seen to be finite in one pass; the float32 of a .safetensors and of
  /// a .npy stay where they lie, and so do the names of rows.
  ///
  /// - Throws: `FeatureFileError`, `FilesError`.
  public static func read(_ path: String) throws -> StoredFeatures {
    switch Kind(path) {
    case .safetensors: try readSafetensors(path)
    case .npy: .set(try readNPY(path))
    case .npz: try readNPZ(path)
    case nil: throw FeatureFileError.unknownKind(path: path)
    }
  }

  private enum Kind: String {
    case safetensors, npz, npy
    init?(_ path: String) { self.init(rawValue: URL(fileURLWithPath: path).pathExtension.lowercased()) }
  }

  /// How features and statistics are kept.
  static let floats: Set<ElementType> = [.float32, .float64]

  /// A set of which nothing but the values is known.
  static func anonymous(_ features: FeatureMatrix) -> FeatureSet {
    FeatureSet(features: features, rows: FeatureSet.Rows(numbered: features.rows), recipe: [:])
  }

  /// N×D values of a tensor: where they lie, if they are float32 of a file; a copy of others. Whether they are finite is not
  /// looked at.
  static func matrix(_ tensor: StoredTensor, path: String) throws -> FeatureMatrix {
    let shape = tensor.shape
    guard shape.count == 2, shape[1] > 0 else {
      throw FeatureFileError.shape(path: path, part: "features", shape: shape, wanted: "[N, D]")
    }
    if let memory = StoredRows(tensor) { return FeatureMatrix(rows: shape[0], columns: shape[1], in: memory) }
    return FeatureMatrix(rows: shape[0], columns: shape[1], values: tensor.values())
  }

  /// - Throws: `FeatureFileError.notFinite`.
  static func checkValues(of features: FeatureMatrix, path: String) throws {
    if let found = features.firstNonFinite {
      throw FeatureFileError.notFinite(
        path: path, part: "features", place: [found.row, found.column], value: "\(found.value)")
    }
  }

  /// All values in order, in pieces of whole rows, each once it is seen to be finite.
  ///
  /// - Throws: `FeatureFileError.notFinite`, and what `body` throws.
  static func forEachPiece(
    of features: FeatureMatrix, path: String, _ body: (UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    try features.forEachBlock(of: features.rowsOfBlock) { rows, values in
      if let index = FeatureMatrix.firstNonFinite(values) {
        let place = [rows.lowerBound + index / features.columns, index % features.columns]
        throw FeatureFileError.notFinite(path: path, part: "features", place: place, value: "\(values[index])")
      }
      try body(values)
    }
  }
}

/// Floats of a file where they lie; `bytes` keeps them there.
private final class StoredRows: RowMemory, @unchecked Sendable {
  let base: UnsafePointer<Float>
  let count: Int
  private let bytes: ByteSlice

  /// nil for what is not float32 as this processor has it, in the order of rows.
  init?(_ tensor: StoredTensor) {
    #if _endian(little)
      guard tensor.type == .float32, tensor.strides == StoredTensor.rowMajor(tensor.shape) else { return nil }
      let bytes = tensor.content
      let place = bytes.withBytes { $0.baseAddress }
      guard let place, Int(bitPattern: place) % MemoryLayout<Float>.alignment == 0, tensor.count > 0 else { return nil }
      base = place.assumingMemoryBound(to: Float.self)
      count = tensor.count
      self.bytes = bytes
    #else
      return nil
    #endif
  }

  func release(_ values: Range<Int>) {
    bytes.region.release(bytes.offset + values.lowerBound * 4, values.count * 4)
  }
}
