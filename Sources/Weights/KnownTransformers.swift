import Files

/// CLIP, DINO, DreamSim, LPIPS and LAION's aesthetic head. The fingerprints of those that are in no package index are unknown.
extension KnownWeights {
  /// In the order in which they are listed.
  static let transformers: [KnownWeights] =
    [dreamSimEnsemble, dreamSimDINO, dreamSimCLIP, dreamSimOpenCLIP, dreamSimDINOv2]
    + [
      clipB32, clipB16, clipL14, openCLIPB32, openCLIPB16, clipVocabulary, aestheticL14, musiq, dino, dinov2,
      dinov2Large,
    ]
    + [alexNet, lpipsAlex, raftThings, amtS]

  private static func published(
    _ name: String, _ purpose: String, files: [PublishedFile], likeness: WeightsLikeness, fingerprint: Digest? = nil,
    licence: String
  ) -> KnownWeights {
    KnownWeights(
      name: name, network: likeness.network, fingerprint: fingerprint, purpose: purpose,
      source: files.compactMap(\.url).joined(separator: ", "), package: nil, files: files, likeness: likeness,
      licence: licence)
  }

  // DINO and DINOv2: hubconf.py and dinov2/hub/backbones.py of the repositories.

  private static let dinoFile = PublishedFile(
    url: "https://dl.fbaipublicfiles.com/dino/dino_vitbase16_pretrain/dino_vitbase16_pretrain.pth")
  private static let dinov2File = PublishedFile(
    url: "https://dl.fbaipublicfiles.com/dinov2/dinov2_vitb14/dinov2_vitb14_pretrain.pth")

  public static let dino = published(
    "dino-vitb16", "subject consistency, I2V subject, and what DreamSim's DINO starts from", files: [dinoFile],
    likeness: .transformer("vit-dino", [.image(patch: 16, positions: 197)]), licence: "Apache-2.0")

  public static let dinov2 = published(
    "dinov2-vitb14", "frame consistency with DINOv2, and what DreamSim's DINOv2 starts from", files: [dinov2File],
    likeness: .transformer("vit-dinov2", [.image(patch: 14, positions: 1370)]), licence: "Apache-2.0")

  public static let dinov2Large = published(
    "dinov2-vitl14", "FD-DINOv2",
    files: [
      PublishedFile(url: "https://dl.fbaipublicfiles.com/dinov2/dinov2_vitl14/dinov2_vitl14_pretrain.pth")
    ],
    likeness: .transformer(
      "vit-dinov2", [.init(prefix: "", blocks: 24, width: 1024, input: "14x14 patches", positions: 1370)]),
    licence: "Apache-2.0")

  // CLIP: `_MODELS` of clip/clip.py, whose URLs hold the SHA-256, and open_clip/pretrained.py.

  public static let clipB32 = clip(
    "clip-vit-b-32", "OpenAI's ViT-B/32", patch: 32,
    openAI("ViT-B-32.pt", "40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af"))

  public static let clipB16 = clip(
    "clip-vit-b-16", "OpenAI's ViT-B/16", patch: 16,
    openAI("ViT-B-16.pt", "5806e77cd80f8b59890b7e101eabd078d9fb84e6937f9e85e4ecb61988df416f"))

  public static let clipL14 = published(
    "clip-vit-l-14", "aesthetic quality: OpenAI's ViT-L/14",
    files: [openAI("ViT-L-14.pt", "b8cca3fd41ae0c99ba7e8951adf17d267cdb84cd88be6f7c2e0eca1737a03836")],
    likeness: .transformer(
      "clip",
      [
        .init(prefix: "image/", blocks: 24, width: 1024, input: "14x14 patches", positions: 257),
        .init(prefix: "text/", blocks: 12, width: 768, input: "49408 tokens", positions: 77),
      ]), licence: "MIT")

  /// LAION-AI/aesthetic-predictor, as vbench/aesthetic_quality.py fetches it.
  public static let aestheticL14 = published(
    "aesthetic-vit-l-14", "aesthetic quality: LAION's linear predictor over CLIP ViT-L/14",
    files: [
      PublishedFile(
        url: "https://raw.githubusercontent.com/LAION-AI/aesthetic-predictor/main/sa_0_4_vit_l_14_linear.pth",
        digest: "2cd4e60f4f24ae3bcd57b847b13c1f3ba27edc28cc1a7f9ce74ee9f421243cba", size: 4071)
    ], likeness: .linearHead(768),
    fingerprint: Digest(hex: "4c26db166e33ab651d8e3617f2079c58c0a411fb75b5cc21c114c7798f06e679"), licence: "MIT")

  /// pyiqa's file of Google's weights, as VBench fetches it (vbench/utils.py `init_submodules`).
  public static let musiq = published(
    "musiq-spaq", "imaging quality: MUSIQ of SPAQ's pictures",
    files: [
      PublishedFile(
        url: "https://github.com/chaofengc/IQA-PyTorch/releases/download/v0.1-weights/musiq_spaq_ckpt-358bb6af.pth",
        digest: "358bb6af")
    ], likeness: .musiq(blocks: 14, width: 384, places: 100, scales: 3),
    licence: "Google publishes the original under Apache-2.0; pyiqa's conversion has terms of its own")

  public static let openCLIPB32 = clip(
    "open-clip-vit-b-32", "open_clip's ViT-B/32 (laion400m_e31)", patch: 32,
    openCLIP("vit_b_32-quickgelu-laion400m_e31", "d867053b"))

  public static let openCLIPB16 = clip(
    "open-clip-vit-b-16", "open_clip's ViT-B/16 (laion400m_e31)", patch: 16,
    openCLIP("vit_b_16-laion400m_e31", "00efa78f"))

  private static func openAI(_ file: String, _ digest: String) -> PublishedFile {
    PublishedFile(url: "https://openaipublic.azureedge.net/clip/models/\(digest)/\(file)", digest: digest)
  }

  private static func openCLIP(_ name: String, _ digits: String) -> PublishedFile {
    PublishedFile(
      url: "https://github.com/mlfoundations/open_clip/releases/download/v0.2-weights/\(name)-\(digits).pt",
      digest: digits)
  }

  private static func clip(_ name: String, _ title: String, patch: Int, _ file: PublishedFile) -> KnownWeights {
    let grid = 224 / patch
    let text = WeightsLikeness.Tower(prefix: "text/", blocks: 12, width: 512, input: "49408 tokens", positions: 77)
    return published(
      name, "CLIP similarities\(name == "clip-vit-b-32" ? ", background consistency" : ""): \(title)", files: [file],
      likeness: .transformer("clip", [.image("image/", patch: patch, positions: 1 + grid * grid), text]),
      licence: "MIT")
  }

  /// CLIP's byte pair encoding, the same file in every package that has it.
  public static let clipVocabulary = KnownWeights(
    name: "clip-vocabulary", network: "bpe-merges",
    fingerprint: Digest(hex: "67603cfda2e032ad77b5f8808af37789d590db664b26df8705d2bf8b3c553fc8"),
    purpose: "CLIP similarities of texts: the merges of the byte pair encoding",
    source: "PyPI wheel open-clip-torch 3.3.0",
    package: PythonPackage(
      project: "open-clip-torch", version: "3.3.0", kind: .wheel, archive: "open_clip_torch-3.3.0-py3-none-any.whl",
      archiveDigest: "c549ad5ed6bfc119cc11105033c0a2b9d7a2a4afeb40a58a09aab3da1a0043ce",
      member: "bpe_simple_vocab_16e6.txt.gz", memberSize: 1_356_917,
      memberDigest: "924691ac288e54409236115652ad4aa250f48203de50a9e4722a6ecd48d6804a"))

  // DreamSim: `dreamsim_weights` of dreamsim/config.py.

  public static let dreamSimEnsemble = dreamSim(
    "dreamsim-ensemble", "ensemble", release: "v0.2.0", size: 1_261_181_618, with: [dinoFile],
    towers: [
      .image("dino/", patch: 16, positions: 197), .image("clip/", patch: 16, positions: 197),
      .image("open_clip/", patch: 16, positions: 197),
    ])
  public static let dreamSimDINO = dreamSim(
    "dreamsim-dino", "dino_vitb16", release: "v0.2.0", with: [dinoFile],
    towers: [.image("dino/", patch: 16, positions: 197)])
  public static let dreamSimCLIP = dreamSim(
    "dreamsim-clip", "clip_vitb32", release: "v0.2.0", towers: [.image("clip/", patch: 32, positions: 50)])
  public static let dreamSimOpenCLIP = dreamSim(
    "dreamsim-open-clip", "open_clip_vitb32", release: "v0.2.0",
    towers: [.image("open_clip/", patch: 32, positions: 50)])
  public static let dreamSimDINOv2 = dreamSim(
    "dreamsim-dinov2", "dinov2_vitb14", release: "v0.2.1", with: [dinov2File],
    towers: [.image("dinov2/", patch: 14, positions: 1370)])

  private static func dreamSim(
    _ network: String, _ type: String, release: String, size: Int? = nil, with others: [PublishedFile] = [],
    towers: [WeightsLikeness.Tower]
  ) -> KnownWeights {
    let file = PublishedFile(
      url: "https://github.com/ssundaram21/dreamsim/releases/download/\(release)-checkpoints/"
        + "dreamsim_\(type)_checkpoint.zip",
      size: size)
    return published(
      "dreamsim-" + type.map { $0 == "_" ? "-" : String($0) }.joined(),
      (type == "ensemble" ? "PIC, I2V background" : "PIC") + ": DreamSim, \(type)",
      files: [file] + others, likeness: .transformer(network, towers), licence: "MIT")
  }

  // LPIPS: torchvision's AlexNet and the package's own weights of its layers.

  public static let alexNet = published(
    "alexnet", "LPIPS: torchvision's AlexNet",
    files: [PublishedFile(url: "https://download.pytorch.org/models/alexnet-owt-7be5be79.pth", digest: "7be5be79")],
    likeness: .alexNet, licence: "BSD-3-Clause")

  // RAFT: `download_models.sh` of princeton-vl/RAFT; one of the files of an archive.

  public static let raftThings = KnownWeights(
    name: "raft-things", network: "raft", fingerprint: nil,
    purpose: "metrics of optical flow: RAFT of FlyingThings3D",
    source: "models/raft-things.pth in https://dl.dropboxusercontent.com/s/4j4z58wuv8o0mfz/models.zip", package: nil,
    files: [PublishedFile(name: "raft-things.pth")],
    origin: "models/raft-things.pth in https://dl.dropboxusercontent.com/s/4j4z58wuv8o0mfz/models.zip",
    likeness: .raft(features: 256, state: 128), licence: "BSD-3-Clause")

  // AMT: the small one, of MCG-NKU's repository.

  public static let amtS = published(
    "amt-s", "motion smoothness: AMT-S of Vimeo90K",
    files: [PublishedFile(url: "https://huggingface.co/lalala125/AMT/resolve/main/amt-s.pth")],
    likeness: .amt(features: 84, fields: 3), licence: "CC-BY-NC-4.0")

  public static let lpipsAlex = KnownWeights(
    name: "lpips-alex", network: "lpips-alex",
    fingerprint: Digest(hex: "de0d3a52d46a6a804958624b19ad870035872de9ce80111f197672a334f82f52"),
    purpose: "LPIPS: the weights of AlexNet's layers (version 0.1)", source: "PyPI wheel lpips 0.1.4",
    package: PythonPackage(
      project: "lpips", version: "0.1.4", kind: .wheel, archive: "lpips-0.1.4-py3-none-any.whl",
      archiveDigest: "fd537af5828b69d2e6ffc0a397bd506dbc28ca183543617690844c08e102ec5e",
      member: "lpips/weights/v0.1/alex.pth", memberSize: 6_009,
      memberDigest: "df73285e35b22355a2df87cdb6b70b343713b667eddbda73e1977e0c860835c0"))
}
