import Files

/// One tensor: `values` are row-major over `shape`.
public struct WeightTensor: Sendable, Equatable {
  public let name: String
  public let shape: [Int]
  public let values: [Float]

  /// `values` must fill `shape`.
  public init(name: String, shape: [Int], values: [Float]) {
    precondition(shape.reduce(1, *) == values.count, "WeightTensor: the values must fill the shape")
    self.name = name
    self.shape = shape
    self.values = values
  }
}

extension Safetensors {
  /// Writes tensors, sorted by name.
  package static func write(_ tensors: [String: WeightTensor], metadata: [String: String], to path: String) throws {
    let sorted = tensors.sorted { $0.key < $1.key }.map { ($0.key, $0.value.shape, $0.value.values) }
    try write(sorted, metadata: metadata, to: path)
  }
}

/// The weights of one network under canonical names.
///
/// I3D (`network` "i3d") has TensorFlow's endpoint names: `Conv3d_1a_7x7/kernel` (kT,kH,kW,Cin,Cout), `/beta`,
/// `/moving_mean`, `/moving_variance` (Cout), `/gamma` only where it is not all ones; the head is
/// `Logits/Conv3d_0c_1x1/kernel` and `/bias`. Inception-v3 ("inception-v3") has the layer names of the TensorFlow graph
/// of 2015-12-05 with `/`: `conv/kernel` (kH,kW,Cin,Cout), `mixed_3/tower/conv_1/beta`, ...
///
/// A vision transformer of width C ("vit-dino", "vit-dinov2") has `patches/kernel` (p,p,3,C), `class_token` (C),
/// `positions` (1+grid*grid,C), `blocks/0/norm_1/scale`, `/offset`, `qkv/kernel` (C,3C) and `/bias`, `projection`,
/// `scale_1` (DINOv2), `norm_2`, `mlp_1`, `mlp_2`, `scale_2`, ... and `norm_post`; CLIP's also `norm_pre` and `head/kernel`
/// (C,D). "clip" has such a tower under `image/` and one under `text/` with `tokens` (V,C) in place of patches; the
/// networks of DreamSim have theirs under `dino/`, `clip/`, `open_clip/` and `dinov2/`, the adapter merged. "alexnet" has
/// `conv_1/kernel` (kH,kW,Cin,Cout) and `/bias` to `conv_5`, "lpips-alex" `head_1/kernel` (C) to `head_5`.
public struct NetworkWeights: Sendable {
  /// One of `KnownWeights`, a name the user gave, or "custom:" and the first 12 digits of the fingerprint. A name that has
  /// no known fingerprint (`i3d-rgb-imagenet`, `i3d-dtdb-16`, `i3d-dtdb-32`) is what the user or the file's name says;
  /// `known` is nil then.
  public let name: String
  public let network: String
  /// Over canonical names, shapes and values (`WeightFingerprint`).
  public let fingerprint: Digest
  public let tensors: [String: WeightTensor]
  /// Where they came from, in words for a person.
  public let source: String
  /// Of the file that was imported; nil where nobody publishes that of the file.
  public let fileDigest: Digest?

  public init(name: String, network: String, tensors: [String: WeightTensor], source: String) {
    self.init(
      name: name, network: network, fingerprint: WeightFingerprint.of(tensors), tensors: tensors, source: source)
  }

  init(
    name: String, network: String, fingerprint: Digest, tensors: [String: WeightTensor], source: String,
    fileDigest: Digest? = nil
  ) {
    self.fileDigest = fileDigest
    self.name = name
    self.network = network
    self.fingerprint = fingerprint
    self.tensors = tensors
    self.source = source
  }

  /// What these weights are known as, by their values; nil for weights that nobody has named.
  public var known: KnownWeights? { KnownWeights.with(fingerprint: fingerprint) }

  /// The values of a tensor that must have this shape. Throws `WeightsError.noSuchTensor` or `.wrongShape`.
  public func tensor(_ name: String, shape: [Int]) throws -> [Float] {
    guard let tensor = tensors[name] else { throw WeightsError.noSuchTensor(weights: self.name, tensor: name) }
    guard tensor.shape == shape else {
      throw WeightsError.wrongShape(weights: self.name, tensor: name, wanted: shape, found: tensor.shape)
    }
    return tensor.values
  }
}
