import Files
import Synchronization

/// The presets, embedded in the binary.
extension EvaluationProtocol {
  /// The default protocol of each metric.
  public static func defaultName(metric: String) -> String? { try? Metric.named(metric).defaultProtocol }

  /// The files of `Metrics/protocols`, in the order in which they are listed: the default of a metric first.
  static let files: [(metric: String, name: String, file: String, yaml: [UInt8])] = [
    ("fvd", "stylegan-v", "stylegan-v", PackageResources.stylegan_v_yaml),
    ("fvd", "tf-original", "tf-original", PackageResources.tf_original_yaml),
    ("fvd", "videogpt", "videogpt", PackageResources.videogpt_yaml),
    ("fvd", "tats", "tats", PackageResources.tats_yaml),
    ("fvd", "cd-fvd", "cd-fvd", PackageResources.cd_fvd_yaml),
    ("fvd", "common-metrics", "common-metrics", PackageResources.common_metrics_yaml),
    ("kvd", "tats", "kvd-tats", PackageResources.kvd_tats_yaml),
    ("kvd", "fvd-paper", "kvd-fvd-paper", PackageResources.kvd_fvd_paper_yaml),
    ("dt-fvd", "dt-fvd-16", "dt-fvd-16", PackageResources.dt_fvd_16_yaml),
    ("dt-fvd", "dt-fvd-32", "dt-fvd-32", PackageResources.dt_fvd_32_yaml),
    ("fid", "clean", "fid-clean", PackageResources.fid_clean_yaml),
    ("fid", "pytorch-fid", "fid-pytorch-fid", PackageResources.fid_pytorch_fid_yaml),
    ("fid", "ttur", "fid-ttur", PackageResources.fid_ttur_yaml),
    ("kid", "clean", "kid-clean", PackageResources.kid_clean_yaml),
    ("kid", "torch-fidelity", "kid-torch-fidelity", PackageResources.kid_torch_fidelity_yaml),
    ("prdc", "i3d", "prdc-i3d", PackageResources.prdc_i3d_yaml),
    ("fvd-infinity", "stylegan-v", "fvd-infinity", PackageResources.fvd_infinity_yaml),
    ("fid-infinity", "clean", "fid-infinity", PackageResources.fid_infinity_yaml),
    ("psnr", "common-metrics", "psnr", PackageResources.psnr_yaml),
    ("ssim", "common-metrics", "ssim", PackageResources.ssim_yaml),
    ("lpips", "lpips-alex", "lpips-alex", PackageResources.lpips_alex_yaml),
    ("temporal-flickering", "vbench", "temporal-flickering", PackageResources.temporal_flickering_yaml),
    ("pic", "dreamsim", "pic-dreamsim", PackageResources.pic_dreamsim_yaml),
    ("pic", "dreamsim-dino", "pic-dreamsim-dino", PackageResources.pic_dreamsim_dino_yaml),
    ("pic", "dreamsim-clip", "pic-dreamsim-clip", PackageResources.pic_dreamsim_clip_yaml),
    ("pic", "dreamsim-open-clip", "pic-dreamsim-open-clip", PackageResources.pic_dreamsim_open_clip_yaml),
    ("pic", "dreamsim-dinov2", "pic-dreamsim-dinov2", PackageResources.pic_dreamsim_dinov2_yaml),
    ("pic", "inception-cosine", "pic-inception-cosine", PackageResources.pic_inception_cosine_yaml),
    ("clip-sim", "clip-vit-b-32", "clip-sim-clip-vit-b-32", PackageResources.clip_sim_clip_vit_b_32_yaml),
    ("clip-sim", "clip-vit-b-16", "clip-sim-clip-vit-b-16", PackageResources.clip_sim_clip_vit_b_16_yaml),
    (
      "clip-sim", "open-clip-vit-b-32", "clip-sim-open-clip-vit-b-32", PackageResources.clip_sim_open_clip_vit_b_32_yaml
    ),
    (
      "clip-sim", "open-clip-vit-b-16", "clip-sim-open-clip-vit-b-16", PackageResources.clip_sim_open_clip_vit_b_16_yaml
    ),
    ("clip-sim", "torchmetrics", "clip-sim-torchmetrics", PackageResources.clip_sim_torchmetrics_yaml),
    ("clip-sim", "clipscore", "clip-sim-clipscore", PackageResources.clip_sim_clipscore_yaml),
    (
      "frame-consistency", "clip-vit-b-32", "frame-consistency-clip-vit-b-32",
      PackageResources.frame_consistency_clip_vit_b_32_yaml
    ),
    (
      "frame-consistency", "clip-vit-b-16", "frame-consistency-clip-vit-b-16",
      PackageResources.frame_consistency_clip_vit_b_16_yaml
    ),
    (
      "frame-consistency", "open-clip-vit-b-32", "frame-consistency-open-clip-vit-b-32",
      PackageResources.frame_consistency_open_clip_vit_b_32_yaml
    ),
    (
      "frame-consistency", "open-clip-vit-b-16", "frame-consistency-open-clip-vit-b-16",
      PackageResources.frame_consistency_open_clip_vit_b_16_yaml
    ),
  ]

  /// A name that `named` finds: the plain name for the first metric that has it, `metric/name` for the others.
  public static var names: [String] { files.map { qualified($0.metric, $0.name) } }

  /// Every preset.
  public static func all() throws -> [EvaluationProtocol] { try files.map(load) }

  /// The preset's name among all metrics: `tats` is FVD's, and KVD's is `kvd/tats`.
  public var qualifiedName: String { Self.qualified(metric, name) }

  private static func qualified(_ metric: String, _ name: String) -> String {
    files.first { $0.name == name }?.metric == metric ? name : "\(metric)/\(name)"
  }

  /// The preset of that name or alias, or the row of the paper's table of that name.
  ///
  /// - Parameters:
  ///   - name: `tats`, or `kvd/tats`.
  ///   - metric: where to look; nil looks everywhere, in the order of the metrics.
  /// - Throws: `CatalogError.unknownProtocol` with the nearest name.
  public static func named(_ name: String, metric: String? = nil) throws -> EvaluationProtocol {
    if let slash = name.firstIndex(of: "/"), Metric.names.contains(String(name[..<slash])) {
      let own = String(name[..<slash])
      guard metric == nil || metric == own else {
        throw CatalogError.unknownProtocol(name: name, nearest: nil, known: try known(metric))
      }
      return try named(String(name[name.index(after: slash)...]), metric: own)
    }
    let entries = files.filter { metric == nil || $0.metric == metric }
    if let entry = entries.first(where: { $0.name == name }) { return try load(entry) }
    if let preset = try entries.lazy.map(load).first(where: { $0.aliases.contains(name) }) { return preset }
    let table = name.split(separator: "/").first.map(String.init) ?? name
    if PaperTable.names.contains(table) {
      let rows = try PaperTable.named(table).rows.filter { metric == nil || $0.metric == metric }
      if let row = rows.first(where: { $0.name == name }) { return row }
    }
    let known = try known(metric)
    throw CatalogError.unknownProtocol(name: name, nearest: NearestName.of(name, among: known), known: known)
  }

  private static func known(_ metric: String?) throws -> [String] {
    try files.filter { metric == nil || $0.metric == metric }.flatMap { entry in
      [metric == nil ? qualified(entry.metric, entry.name) : entry.name] + (try load(entry).aliases)
    }
  }

  private static func load(_ entry: (metric: String, name: String, file: String, yaml: [UInt8])) throws
    -> EvaluationProtocol
  {
    if let preset = loaded.withLock({ $0[entry.file] }) { return preset }
    let preset = try parse(String(decoding: entry.yaml, as: UTF8.self), file: "Metrics/protocols/\(entry.file).yaml")
    loaded.withLock { $0[entry.file] = preset }
    return preset
  }

  /// By file: rows of tables name the same presets again.
  private static let loaded = Mutex<[String: EvaluationProtocol]>([:])

  /// Reads a protocol from YAML; `file` is named in errors.
  package static func parse(_ yaml: String, file: String) throws -> EvaluationProtocol {
    try ProtocolReader(file: file).read(yaml)
  }
}

extension EvaluationProtocol {
  /// What its score is called: the metric's name, and of PIC with another distance than DreamSim's ensemble the distance too.
  public var scoreName: String {
    guard isOfInputs, let presets = try? Self.files.filter({ $0.metric == metric }).map(Self.load) else {
      return metric
    }
    guard fields.weights != presets.first?.preset.weights else { return metric }
    let distance = presets.first { $0.preset.weights == fields.weights }?.name ?? fields.weights
    return "\(metric)[\(distance)]"
  }

  /// Whether videos are compared with the pictures that they were made from.
  public var isOfInputs: Bool { definition.reference == .inputs }
}
