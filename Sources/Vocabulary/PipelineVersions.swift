/// Versions of the computation between files and networks, which has no other name that could tell two of them apart. Like
/// the version of a network's engine, each goes up with a change of code that changes a value.
///
/// They are part of the key of every kept feature. Version 1 is what was computed when the first fingerprints were published
/// and is not written into fingerprints and feature files; a later version is.
public struct PipelineVersions: Sendable, Hashable {
  /// From a file to frames: decoding, colour conversion, rotation, reading of arrays.
  public var decoding: Int
  /// From frames to the values that a network takes: crops, resizes, scaling.
  public var preprocessing: Int

  public init(decoding: Int, preprocessing: Int) {
    self.decoding = decoding
    self.preprocessing = preprocessing
  }

  public static let current = PipelineVersions(decoding: 1, preprocessing: 1)

  /// Those that are not the first, by name, as they stand beside the fields of a protocol.
  ///
  /// - Parameter preprocesses: whether frames are brought to a network's size at all.
  public func later(preprocesses: Bool) -> [(name: String, version: Int)] {
    [("decoding-version", decoding), ("preprocessing-version", preprocesses ? preprocessing : 1)].filter { $0.1 > 1 }
  }
}
