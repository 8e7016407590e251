import Distances
import Files

extension FeatureFile {
  /// A set from a .npy of two axes.
  static func readNPY(_ path: String) throws -> FeatureSet {
    let array = try array(ByteRegion(OpenFile(path)), part: "features", path: path)
    guard array.shape.count == 2 else {
      throw FeatureFileError.shape(path: path, part: "features", shape: array.shape, wanted: "[N, D]")
    }
    let features = try matrix(array, path: path)
    try checkValues(of: features, path: path)
    return anonymous(features)
  }

  static func readNPZ(_ path: String) throws -> StoredFeatures {
    let archive = try Archive(path)
    let names = archive.members.map { $0.name.hasSuffix(".npy") ? String($0.name.dropLast(4)) : $0.name }
    func member(_ name: String) throws -> ByteRegion {
      guard let index = names.firstIndex(of: name) else {
        throw FeatureFileError.missing(path: path, part: name, found: names)
      }
      return ByteRegion(try archive.open(index).whole())
    }
    let mean = try array(member("mu"), part: "mu", path: path)
    let covariance = try array(member("sigma"), part: "sigma", path: path)
    guard mean.shape.count == 1, mean.count > 0 else {
      throw FeatureFileError.shape(path: path, part: "mu", shape: mean.shape, wanted: "[D]")
    }
    guard covariance.shape.count == 2, covariance.shape[0] == covariance.shape[1] else {
      throw FeatureFileError.shape(path: path, part: "sigma", shape: covariance.shape, wanted: "[D, D]")
    }
    let columns = mean.count
    guard covariance.shape[0] == columns else {
      throw FeatureFileError.sizes(path: path, mean: columns, covariance: covariance.shape[0])
    }
    let (mu, sigma) = (mean.doubles(), covariance.doubles())
    try check(mu, mean.shape, part: "mu", path: path)
    try check(sigma, covariance.shape, part: "sigma", path: path)
    let count = names.contains("count") ? try integer(member("count"), part: "count", path: path) : nil
    do {
      return .statistics(
        mean: mu, covariance: try FeatureStatistics.symmetric(sigma, columns: columns), count: count)
    } catch let error as DistanceError {
      throw FeatureFileError.noCovariance(path: path, error)
    }
  }

  /// A .npy array of floats with one or two axes.
  private static func array(_ region: ByteRegion, part: String, path: String) throws -> StoredTensor {
    let header = try NPYHeader(region, path: path)
    guard let element = header.element, floats.contains(element) else {
      throw FeatureFileError.elementType(path: path, part: part, type: header.descriptor)
    }
    guard header.shape.count <= 2 else {
      throw FeatureFileError.shape(path: path, part: part, shape: header.shape, wanted: "one or two axes")
    }
    return try header.array(of: element, in: region, part: part, path: path)
  }

  /// The one integer of an array of int64.
  private static func integer(_ region: ByteRegion, part: String, path: String) throws -> Int {
    let header = try NPYHeader(region, path: path)
    guard header.element == .int64, header.shape.reduce(1, &*) == 1 else {
      throw FeatureFileError.shape(path: path, part: part, shape: header.shape, wanted: "one int64")
    }
    var cursor = ByteCursor(try region.slice(at: header.dataOffset, count: 8, part: part))
    return Int(try cursor.integer(Int64.self, part))
  }

  private static func check(_ values: [Double], _ shape: [Int], part: String, path: String) throws {
    guard let index = values.firstIndex(where: { !$0.isFinite }) else { return }
    let place = shape.count == 1 ? [index] : [index / shape[1], index % shape[1]]
    throw FeatureFileError.notFinite(path: path, part: part, place: place, value: "\(values[index])")
  }

  /// Writes statistics as `np.savez(path, mu=mean, sigma=covariance)` does, float64, not compressed; with `count`, where it
  /// is known, as a third array, which other programs leave alone.
  ///
  /// - Parameters:
  ///   - mean: D values.
  ///   - covariance: D×D values.
  ///   - replacing: a file that is there is replaced.
  /// - Throws: `FeatureFileError`, `FilesError`.
  public static func write(
    mean: [Double], covariance: [Double], count: Int?, to path: String, replacing: Bool = false
  ) throws {
    let columns = mean.count
    precondition(covariance.count == columns * columns, "FeatureFile: the covariance has the columns of the mean")
    try check(mean, [columns], part: "mu", path: path)
    try check(covariance, [columns, columns], part: "sigma", path: path)
    var zip = StoredZip()
    zip.add("mu.npy", NPYHeader.file("<f8", [columns], littleEndian(mean)))
    zip.add("sigma.npy", NPYHeader.file("<f8", [columns, columns], littleEndian(covariance)))
    if let count {
      zip.add("count.npy", NPYHeader.file("<i8", [], withUnsafeBytes(of: Int64(count).littleEndian, Array.init)))
    }
    guard let pieces = zip.finished else {
      throw FilesError.unwritable(path: path, reason: "a covariance of \(columns) columns is too large for a zip")
    }
    try WholeFile.write(path, replacing: replacing) { writer in
      for piece in pieces { try piece.withUnsafeBytes { try writer.write($0) } }
    }
  }

  private static func littleEndian(_ values: [Double]) -> [UInt8] {
    #if _endian(little)
      values.withUnsafeBytes(Array.init)
    #else
      values.map { $0.bitPattern.littleEndian }.withUnsafeBytes(Array.init)
    #endif
  }
}
