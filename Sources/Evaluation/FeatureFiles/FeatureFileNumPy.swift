import Distances
import Foundation
import Video
import Weights

extension FeatureFile {
  /// A set from a .npy of two axes.
  static func readNPY(_ path: String) throws -> FeatureSet {
    let array = try translating(path) { try NumPyArray(ByteRegion(OpenFile(path)), part: "features", path: path) }
    guard array.shape.count == 2 else {
      throw FeatureFileError.shape(path: path, part: "features", shape: array.shape, wanted: "[N, D]")
    }
    return anonymous(try matrix(array.values.map(Float.init), array.shape, path: path))
  }

  static func readNPZ(_ path: String) throws -> StoredFeatures {
    let archive = try translating(path) { try Archive(path) }
    let names = archive.members.map { $0.name.hasSuffix(".npy") ? String($0.name.dropLast(4)) : $0.name }
    func region(_ name: String) throws -> ByteRegion {
      guard let index = names.firstIndex(of: name) else {
        throw FeatureFileError.missing(path: path, part: name, found: names)
      }
      let bytes = try archive.open(index).allBytes()
      guard archive.members[index].checksum == bytes.withUnsafeBytes({ CRC32.ieee.of($0) }) else {
        throw FeatureFileError.damaged(path: path, reason: "the checksum of `\(name)` is wrong")
      }
      return ByteRegion(bytes)
    }
    return try translating(path) {
      let mean = try NumPyArray(region("mu"), part: "mu", path: path)
      let covariance = try NumPyArray(region("sigma"), part: "sigma", path: path)
      guard mean.shape.count == 1, mean.shape[0] > 0 else {
        throw FeatureFileError.shape(path: path, part: "mu", shape: mean.shape, wanted: "[D]")
      }
      guard covariance.shape.count == 2, covariance.shape[0] == covariance.shape[1] else {
        throw FeatureFileError.shape(path: path, part: "sigma", shape: covariance.shape, wanted: "[D, D]")
      }
      let columns = mean.values.count
      guard covariance.shape[0] == columns else {
        throw FeatureFileError.sizes(path: path, mean: columns, covariance: covariance.shape[0])
      }
      try check(mean, part: "mu", path: path)
      try check(covariance, part: "sigma", path: path)
      let count = names.contains("count") ? try NumPyArray.integer(region("count"), part: "count", path: path) : nil
      return .statistics(
        mean: mean.values, covariance: try symmetric(covariance.values, order: columns, path: path), count: count)
    }
  }

  private static func check(_ array: NumPyArray, part: String, path: String) throws {
    guard let index = array.values.firstIndex(where: { !$0.isFinite }) else { return }
    let place = array.shape.count == 1 ? [index] : [index / array.shape[1], index % array.shape[1]]
    throw FeatureFileError.notFinite(path: path, part: part, place: place, value: "\(array.values[index])")
  }

  /// What float32 sums may lose, of the larger of the two variances.
  private static let asymmetry = 1e-4

  /// The mean of a matrix and its mirror image, which is the matrix itself where it is symmetric to the bit.
  private static func symmetric(_ matrix: [Double], order: Int, path: String) throws -> [Double] {
    if let column = (0..<order).first(where: { matrix[$0 * order + $0] < 0 }) {
      throw FeatureFileError.negativeVariance(path: path, column: column, value: matrix[column * order + column])
    }
    var result = matrix
    for row in 0..<order {
      for column in row + 1..<max(order, row + 1) {
        let (value, mirrored) = (matrix[row * order + column], matrix[column * order + row])
        if value == mirrored { continue }
        let scale = max(matrix[row * order + row], matrix[column * order + column])
        guard abs(value - mirrored) <= asymmetry * scale else {
          throw FeatureFileError.asymmetric(path: path, row: row, column: column, value: value, mirrored: mirrored)
        }
        let mean = value / 2 + mirrored / 2
        result[row * order + column] = mean
        result[column * order + row] = mean
      }
    }
    return result
  }

  /// Writes statistics as `np.savez(path, mu=mean, sigma=covariance)` does, float64, not compressed; with `count`, where it
  /// is known, as a third array, which other programs leave alone.
  ///
  /// - Parameters:
  ///   - mean: D values.
  ///   - covariance: D×D values.
  ///   - replacing: a file that is there is replaced.
  /// - Throws: `FeatureFileError`.
  public static func write(
    mean: [Double], covariance: [Double], count: Int?, to path: String, replacing: Bool = false
  ) throws {
    let columns = mean.count
    precondition(covariance.count == columns * columns, "FeatureFile: the covariance has the columns of the mean")
    let (mu, sigma) = (NumPyArray(shape: [columns], mean), NumPyArray(shape: [columns, columns], covariance))
    try check(mu, part: "mu", path: path)
    try check(sigma, part: "sigma", path: path)
    var zip = StoredZip()
    zip.add("mu.npy", mu.file)
    zip.add("sigma.npy", sigma.file)
    if let count { zip.add("count.npy", NumPyArray.file(integer: count)) }
    guard let pieces = zip.finished else {
      throw FeatureFileError.unwritable(path: path, reason: "a covariance of \(columns) columns is too large for a zip")
    }
    try write(path, replacing: replacing) { writer in
      for piece in pieces { try piece.withUnsafeBytes { try writer.write($0) } }
    }
  }
}

/// A .npy array of floats.
private struct NumPyArray {
  let shape: [Int]
  /// Row-major.
  let values: [Double]

  init(shape: [Int], _ values: [Double]) {
    self.shape = shape
    self.values = values
  }

  /// - Throws: `FeatureFileError.elementType`, `.shape`, `.damaged`; `VideoError`.
  init(_ region: ByteRegion, part: String, path: String) throws {
    let header = try NPYHeader(region, path: path)
    let element = try? header.elementInAnyOrder(path: path)
    guard let element, element == .float32 || element == .float64 else {
      throw FeatureFileError.elementType(path: path, part: part, type: header.descriptor)
    }
    guard header.shape.count <= 2 else {
      throw FeatureFileError.shape(path: path, part: part, shape: header.shape, wanted: "one or two axes")
    }
    let bytes = try Self.content(region, header, elementSize: element.size, part: part, path: path)
    shape = header.shape
    let stored: [Double] = bytes.withUnsafeBytes { bytes in
      if element == .float64 {
        return (0..<bytes.count / 8).map {
          Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)))
        }
      }
      return (0..<bytes.count / 4).map {
        Double(
          Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self))))
      }
    }
    guard header.isFortranOrder, shape.count == 2 else {
      values = stored
      return
    }
    let (rows, columns) = (shape[0], shape[1])
    values = [Double](unsafeUninitializedCapacity: rows * columns) { buffer, count in
      for row in 0..<rows {
        for column in 0..<columns { buffer[row * columns + column] = stored[column * rows + row] }
      }
      count = rows * columns
    }
  }

  /// The one integer of an array of int64.
  static func integer(_ region: ByteRegion, part: String, path: String) throws -> Int {
    let header = try NPYHeader(region, path: path)
    guard header.descriptor == "<i8", header.shape.reduce(1, &*) == 1 else {
      throw FeatureFileError.shape(path: path, part: part, shape: header.shape, wanted: "one int64")
    }
    let bytes = try content(region, header, elementSize: 8, part: part, path: path)
    return Int(bytes.withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(as: Int64.self)) })
  }

  /// The bytes of the elements: as many as the shape needs, and no more.
  private static func content(
    _ region: ByteRegion, _ header: NPYHeader, elementSize: Int, part: String, path: String
  ) throws -> [UInt8] {
    var needed = elementSize
    for extent in header.shape {
      let (product, overflow) = needed.multipliedReportingOverflow(by: extent)
      needed = overflow ? .max : product
    }
    let found = region.count - header.dataOffset
    guard needed == found else {
      throw FeatureFileError.damaged(
        path: path, reason: "`\(part)` of shape \(header.shape) needs \(needed) bytes and has \(found)")
    }
    return try region.bytes(at: header.dataOffset, count: needed)
  }

  /// As `np.save` writes it: format version 1, float64, the elements from a multiple of 64 bytes on.
  var file: [UInt8] {
    #if _endian(little)
      Self.head("<f8", shape) + values.withUnsafeBytes(Array.init)
    #else
      Self.head("<f8", shape) + values.map { $0.bitPattern.littleEndian }.withUnsafeBytes(Array.init)
    #endif
  }

  static func file(integer: Int) -> [UInt8] {
    head("<i8", []) + withUnsafeBytes(of: Int64(integer).littleEndian, Array.init)
  }

  private static func head(_ descriptor: String, _ shape: [Int]) -> [UInt8] {
    let extents = shape.map { "\($0)," }.joined(separator: " ")
    let axes = shape.count > 1 ? String(extents.dropLast()) : extents
    var text = Array("{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (\(axes)), }".utf8)
    text += [UInt8](repeating: 0x20, count: 63 - (10 + text.count) % 64) + [0x0A]
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count & 255), UInt8(text.count >> 8)] + text
  }
}
