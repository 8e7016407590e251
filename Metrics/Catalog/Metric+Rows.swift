import Vocabulary

/// The metrics, one row each.
extension Metric {
  /// Every metric, in the order in which they are listed.
  public static let all: [Metric] = [
    Metric(
      "fvd", "FVD", "Fréchet video distance", .lower, sample: .clip, .frechet,
      protocols: [
        ProtocolFile("stylegan-v", PackageResources.stylegan_v_yaml),
        ProtocolFile("tf-original", PackageResources.tf_original_yaml),
        ProtocolFile("videogpt", PackageResources.videogpt_yaml),
        ProtocolFile("tats", PackageResources.tats_yaml),
        ProtocolFile("cd-fvd", PackageResources.cd_fvd_yaml),
        ProtocolFile("common-metrics", PackageResources.common_metrics_yaml),
        ProtocolFile("stylegan-v-subsample8f", PackageResources.stylegan_v_subsample8f_yaml),
        ProtocolFile("videogpt-64", PackageResources.videogpt_64_yaml),
        ProtocolFile("videogpt-128", PackageResources.videogpt_128_yaml),
        ProtocolFile("tats-128", PackageResources.tats_128_yaml),
        ProtocolFile("lvdm-256", PackageResources.lvdm_256_yaml),
      ], guide: PackageResources.FVD_md,
      outputs: [
        Output(
          "fvd", "FVD",
          means: [
            Output.Mean(grouping: .class, name: "cfvd", title: "cFVD"),
            Output.Mean(grouping: .subject, name: "sfvd", title: "sFVD"),
          ])
      ],
      fields: clips + statistics(FieldDefinition.frechet) + extras(of: .clip)),
    Metric(
      "kvd", "KVD", "kernel video distance", .lower, sample: .clip, .kernel,
      protocols: [
        ProtocolFile("tats", file: "kvd-tats", PackageResources.kvd_tats_yaml),
        ProtocolFile("fvd-paper", file: "kvd-fvd-paper", PackageResources.kvd_fvd_paper_yaml),
        ProtocolFile("tats-128", file: "kvd-tats-128", PackageResources.kvd_tats_128_yaml),
        ProtocolFile("lvdm-256", file: "kvd-lvdm-256", PackageResources.kvd_lvdm_256_yaml),
      ], guide: PackageResources.KVD_md,
      fields: clips + statistics(FieldDefinition.kernel) + extras(of: .clip)),
    Metric(
      "dt-fvd", "DT-FVD", "dynamic-texture Fréchet video distance", .lower, sample: .clip, .frechet,
      protocols: [
        ProtocolFile("dt-fvd-16", PackageResources.dt_fvd_16_yaml),
        ProtocolFile("dt-fvd-32", PackageResources.dt_fvd_32_yaml),
      ], guide: PackageResources.DT_FVD_md, fields: clips + statistics(FieldDefinition.frechet) + extras(of: .clip)),
    Metric(
      "fid", "FID", "Fréchet inception distance of frames", .lower, sample: .frame, .frechet,
      protocols: [
        ProtocolFile("clean", file: "fid-clean", PackageResources.fid_clean_yaml),
        ProtocolFile("pytorch-fid", file: "fid-pytorch-fid", PackageResources.fid_pytorch_fid_yaml),
        ProtocolFile("ttur", file: "fid-ttur", PackageResources.fid_ttur_yaml),
        ProtocolFile("torchmetrics-fid", file: "fid-torchmetrics", PackageResources.fid_torchmetrics_yaml),
      ], guide: PackageResources.FID_md,
      fields: frames + statistics(FieldDefinition.frechet) + extras(of: .frame)),
    Metric(
      "fd-dinov2", "FD-DINOv2", "Fréchet distance of frames over DINOv2's features", .lower, sample: .frame, .frechet,
      protocols: [ProtocolFile("dgm-eval", file: "fd-dinov2", PackageResources.fd_dinov2_yaml)],
      guide: PackageResources.FD_DINOV2_md,
      fields: frames + statistics(FieldDefinition.frechet) + extras(of: .frame)),
    Metric(
      "kid", "KID", "kernel inception distance of frames", .lower, sample: .frame, .kernel,
      protocols: [
        ProtocolFile("clean", file: "kid-clean", PackageResources.kid_clean_yaml),
        ProtocolFile("torch-fidelity", file: "kid-torch-fidelity", PackageResources.kid_torch_fidelity_yaml),
        ProtocolFile("torchmetrics-kid", file: "kid-torchmetrics", PackageResources.kid_torchmetrics_yaml),
      ], guide: PackageResources.KID_md,
      fields: frames + statistics(FieldDefinition.kernel) + extras(of: .frame)),
    Metric(
      "prdc", "PRDC", "precision, recall, density and coverage", .higher, sample: .clip, .neighbours,
      protocols: [
        ProtocolFile("i3d", file: "prdc-i3d", PackageResources.prdc_i3d_yaml)
      ], guide: PackageResources.PRDC_md,
      outputs: [
        Output("precision", "precision"), Output("recall", "recall"), Output("density", "density"),
        Output("coverage", "coverage"),
      ],
      fields: clips + [FieldDefinition.repeats] + FieldDefinition.neighbours + FieldDefinition.dtype + extras(of: .clip)
    ),
    Metric(
      "fvd-infinity", "FVD∞", "FVD extrapolated to infinitely many clips", .lower, sample: .clip, .extrapolated,
      protocols: [
        ProtocolFile("stylegan-v", file: "fvd-infinity", PackageResources.fvd_infinity_yaml)
      ], guide: PackageResources.FVD_INFINITY_md,
      fields: clips + statistics(FieldDefinition.frechet + FieldDefinition.extrapolation)
    ),
    Metric(
      "fid-infinity", "FID∞", "FID extrapolated to infinitely many frames", .lower, sample: .frame, .extrapolated,
      protocols: [
        ProtocolFile("clean", file: "fid-infinity", PackageResources.fid_infinity_yaml)
      ], guide: PackageResources.FID_INFINITY_md,
      fields: frames + statistics(FieldDefinition.frechet + FieldDefinition.extrapolation)),
    Metric(
      "psnr", "PSNR", "peak signal-to-noise ratio of paired videos", .higher, sample: .pair, .pairs(.psnr),
      protocols: [
        ProtocolFile("common-metrics", file: "psnr", PackageResources.psnr_yaml)
      ], guide: PackageResources.PSNR_md, fields: FieldDefinition.videos),
    Metric(
      "ssim", "SSIM", "structural similarity of paired videos", .higher, sample: .pair, .pairs(.ssim),
      protocols: [
        ProtocolFile("common-metrics", file: "ssim", PackageResources.ssim_yaml)
      ], guide: PackageResources.SSIM_md, fields: FieldDefinition.videos),
    Metric(
      "lpips", "LPIPS", "learned perceptual distance of paired videos", .lower, sample: .pair, .pairs(.lpips),
      protocols: [
        ProtocolFile("lpips-alex", PackageResources.lpips_alex_yaml)
      ], guide: PackageResources.LPIPS_md,
      fields: FieldDefinition.weights + FieldDefinition.headWeights + FieldDefinition.videos),
    Metric(
      "temporal-flickering", "temporal-flickering", "how still consecutive frames are", .higher, sample: .video,
      .stillness,
      protocols: [
        ProtocolFile("vbench", file: "temporal-flickering", PackageResources.temporal_flickering_yaml),
        ProtocolFile("vbench-long", file: "temporal-flickering-long", PackageResources.temporal_flickering_long_yaml),
        ProtocolFile(
          "vbench-static", file: "temporal-flickering-static", PackageResources.temporal_flickering_static_yaml),
      ], guide: PackageResources.TEMPORAL_FLICKERING_md,
      fields: FieldDefinition.staticFilter + FieldDefinition.videos + FieldDefinition.longVideosOfPixels),
    Metric(
      "warping-error", "warping error", "how much frames differ once motion is undone, by optical flow", .lower,
      sample: .video, .flow(.warping),
      protocols: [
        ProtocolFile("fast-blind", file: "warping-error-fast-blind", PackageResources.warping_error_fast_blind_yaml),
        ProtocolFile("evalcrafter", file: "warping-error-evalcrafter", PackageResources.warping_error_evalcrafter_yaml),
      ], guide: PackageResources.WARPING_ERROR_md,
      fields: flows + FieldDefinition.warping + FieldDefinition.videos + [FieldDefinition.scaleFactor]),
    Metric(
      "flow-error", "flow error", "how far the optical flow is from that of the real video", .lower, sample: .pair,
      .flow(.error),
      protocols: [
        ProtocolFile("end-point", file: "flow-error", PackageResources.flow_error_yaml)
      ], guide: PackageResources.FLOW_ERROR_md,
      fields: flows + [FieldDefinition.flowGiven] + FieldDefinition.videos),
    Metric(
      "motion-magnitude", "motion magnitude", "how long the optical flow is, in pixels from frame to frame", .higher,
      sample: .video, .flow(.magnitude),
      protocols: [
        ProtocolFile("evalcrafter", file: "motion-magnitude", PackageResources.motion_magnitude_yaml)
      ], guide: PackageResources.MOTION_MAGNITUDE_md, fields: flows + FieldDefinition.videos),
    Metric(
      "dynamic-degree", "dynamic degree", "the share of videos that move, by optical flow", .higher, sample: .video,
      .flow(.dynamics),
      protocols: [
        ProtocolFile("vbench", file: "dynamic-degree", PackageResources.dynamic_degree_yaml),
        ProtocolFile("vbench-long", file: "dynamic-degree-long", PackageResources.dynamic_degree_long_yaml),
      ], guide: PackageResources.DYNAMIC_DEGREE_md,
      fields: FieldDefinition.weights + FieldDefinition.flow + FieldDefinition.dynamics + FieldDefinition.videos),
    Metric(
      "motion-smoothness", "motion smoothness", "how well frames follow from those beside them, by interpolation",
      .higher, sample: .video, .interpolation,
      protocols: [
        ProtocolFile("vbench", file: "motion-smoothness", PackageResources.motion_smoothness_yaml),
        ProtocolFile("vbench-long", file: "motion-smoothness-long", PackageResources.motion_smoothness_long_yaml),
      ], guide: PackageResources.MOTION_SMOOTHNESS_md,
      fields: FieldDefinition.weights + FieldDefinition.interpolation + FieldDefinition.videos
        + FieldDefinition.longVideosOfPixels),
    Metric(
      "pic", "PIC", "perceptual input conformity: how alike frames and the input picture are", .higher, sample: .frame,
      .embedding(against: .inputs),
      protocols: [
        ProtocolFile("dreamsim", file: "pic-dreamsim", PackageResources.pic_dreamsim_yaml),
        ProtocolFile("dreamsim-dino", file: "pic-dreamsim-dino", PackageResources.pic_dreamsim_dino_yaml),
        ProtocolFile("dreamsim-clip", file: "pic-dreamsim-clip", PackageResources.pic_dreamsim_clip_yaml),
        ProtocolFile(
          "dreamsim-open-clip", file: "pic-dreamsim-open-clip", PackageResources.pic_dreamsim_open_clip_yaml),
        ProtocolFile("dreamsim-dinov2", file: "pic-dreamsim-dinov2", PackageResources.pic_dreamsim_dinov2_yaml),
        ProtocolFile("inception-cosine", file: "pic-inception-cosine", PackageResources.pic_inception_cosine_yaml),
      ], guide: PackageResources.PIC_md,
      fields: embeddings + [FieldDefinition.centre, FieldDefinition.input]),
    Metric(
      "clip-sim", "CLIP-SIM", "how alike prompt and frames are", .higher, sample: .frame, .embedding(against: .prompts),
      protocols: [
        ProtocolFile("clip-vit-b-32", file: "clip-sim-clip-vit-b-32", PackageResources.clip_sim_clip_vit_b_32_yaml),
        ProtocolFile("clip-vit-b-16", file: "clip-sim-clip-vit-b-16", PackageResources.clip_sim_clip_vit_b_16_yaml),
        ProtocolFile(
          "open-clip-vit-b-32", file: "clip-sim-open-clip-vit-b-32", PackageResources.clip_sim_open_clip_vit_b_32_yaml),
        ProtocolFile(
          "open-clip-vit-b-16", file: "clip-sim-open-clip-vit-b-16", PackageResources.clip_sim_open_clip_vit_b_16_yaml),
        ProtocolFile("torchmetrics", file: "clip-sim-torchmetrics", PackageResources.clip_sim_torchmetrics_yaml),
        ProtocolFile("clipscore", file: "clip-sim-clipscore", PackageResources.clip_sim_clipscore_yaml),
      ], guide: PackageResources.CLIP_SIM_md,
      fields: embeddings + FieldDefinition.prompt + [FieldDefinition.scaleFactor]),
    Metric(
      "frame-consistency", "frame-consistency", "how alike consecutive frames are", .higher, sample: .frame,
      .embedding(against: .frames),
      protocols: [
        ProtocolFile(
          "clip-vit-b-32", file: "frame-consistency-clip-vit-b-32",
          PackageResources.frame_consistency_clip_vit_b_32_yaml),
        ProtocolFile(
          "clip-vit-b-16", file: "frame-consistency-clip-vit-b-16",
          PackageResources.frame_consistency_clip_vit_b_16_yaml),
        ProtocolFile(
          "open-clip-vit-b-32", file: "frame-consistency-open-clip-vit-b-32",
          PackageResources.frame_consistency_open_clip_vit_b_32_yaml),
        ProtocolFile(
          "open-clip-vit-b-16", file: "frame-consistency-open-clip-vit-b-16",
          PackageResources.frame_consistency_open_clip_vit_b_16_yaml),
      ], guide: PackageResources.FRAME_CONSISTENCY_md,
      fields: embeddings + [FieldDefinition.centre, FieldDefinition.compareWith]),
    Metric(
      "subject-consistency", "subject consistency", "how alike the frames of a video are to DINO (VBench)", .higher,
      sample: .frame, .embedding(against: .frames),
      protocols: [
        ProtocolFile("vbench", file: "subject-consistency", PackageResources.subject_consistency_yaml),
        ProtocolFile(
          "vbench-distributed", file: "subject-consistency-distributed",
          PackageResources.subject_consistency_distributed_yaml),
        ProtocolFile("vbench-long", file: "subject-consistency-long", PackageResources.subject_consistency_long_yaml),
        ProtocolFile(
          "vbench-long-slow", file: "subject-consistency-long-slow", PackageResources.subject_consistency_long_slow_yaml
        ),
        ProtocolFile(
          "vbench-long-fast", file: "subject-consistency-long-fast", PackageResources.subject_consistency_long_fast_yaml
        ),
      ], guide: PackageResources.SUBJECT_CONSISTENCY_md, fields: consistency),
    Metric(
      "background-consistency", "background consistency", "how alike the frames of a video are to CLIP (VBench)",
      .higher, sample: .frame, .embedding(against: .frames),
      protocols: [
        ProtocolFile("vbench", file: "background-consistency", PackageResources.background_consistency_yaml),
        ProtocolFile(
          "vbench-long", file: "background-consistency-long", PackageResources.background_consistency_long_yaml),
        ProtocolFile(
          "vbench-long-slow", file: "background-consistency-long-slow",
          PackageResources.background_consistency_long_slow_yaml),
        ProtocolFile(
          "vbench-long-fast", file: "background-consistency-long-fast",
          PackageResources.background_consistency_long_fast_yaml),
      ], guide: PackageResources.BACKGROUND_CONSISTENCY_md, fields: consistency),
    Metric(
      "aesthetic-quality", "aesthetic quality", "how much LAION's predictor likes the frames (VBench)", .higher,
      sample: .frame, .embedding(against: .head),
      protocols: [
        ProtocolFile("vbench", file: "aesthetic-quality", PackageResources.aesthetic_quality_yaml),
        ProtocolFile("vbench-long", file: "aesthetic-quality-long", PackageResources.aesthetic_quality_long_yaml),
      ], guide: PackageResources.AESTHETIC_QUALITY_md,
      fields: embeddings + FieldDefinition.headWeights + [FieldDefinition.meanOver, FieldDefinition.scaleFactor]
        + FieldDefinition.longVideos),
    Metric(
      "imaging-quality", "imaging quality", "how sharp and clean the frames are to MUSIQ (VBench)", .higher,
      sample: .frame, .embedding(against: .itself),
      protocols: [
        ProtocolFile("vbench", file: "imaging-quality", PackageResources.imaging_quality_yaml),
        ProtocolFile("vbench-long", file: "imaging-quality-long", PackageResources.imaging_quality_long_yaml),
      ], guide: PackageResources.IMAGING_QUALITY_md,
      fields: FieldDefinition.network([.qualityScore])
        + [FieldDefinition.valueRange, FieldDefinition.resize, FieldDefinition.crop, FieldDefinition.inputScaling]
        + FieldDefinition.frameSampling + FieldDefinition.fakeVideos
        + [FieldDefinition.meanOver, FieldDefinition.scaleFactor] + FieldDefinition.longVideos),
    Metric(
      "i2v-subject", "I2V subject", "how alike a video is to its input picture, and to itself, by DINO (VBench-I2V)",
      .higher, sample: .frame, .embedding(against: .inputsAndFrames),
      protocols: [
        ProtocolFile("vbench", file: "i2v-subject", PackageResources.i2v_subject_yaml),
        ProtocolFile("vbench-aliased", file: "i2v-subject-aliased", PackageResources.i2v_subject_aliased_yaml),
      ], guide: PackageResources.I2V_SUBJECT_md, fields: imageToVideo),
    Metric(
      "i2v-background", "I2V background",
      "how alike a video is to its input picture, and to itself, by DreamSim (VBench-I2V)", .higher,
      sample: .frame, .embedding(against: .inputsAndFrames),
      protocols: [
        ProtocolFile("vbench", file: "i2v-background", PackageResources.i2v_background_yaml),
        ProtocolFile(
          "vbench-aliased", file: "i2v-background-aliased", PackageResources.i2v_background_aliased_yaml),
      ], guide: PackageResources.I2V_BACKGROUND_md, fields: imageToVideo),
    Metric(
      "camera-error", "camera error", "how far cameras are from the paths that they should take", .lower, sample: .pair,
      .cameras,
      protocols: [
        ProtocolFile("cami2v", file: "camera-error-cami2v", PackageResources.camera_error_cami2v_yaml),
        ProtocolFile("evo", file: "camera-error-evo", PackageResources.camera_error_evo_yaml),
      ], guide: PackageResources.CAMERA_ERROR_md,
      outputs: [
        Output("rot-err", "RotErr"), Output("trans-err", "TransErr"), Output("cam-mc", "CamMC"), Output("ate", "ATE"),
        Output("rpe-trans", "RPE-trans"), Output("rpe-rot", "RPE-rot"),
      ], fields: FieldDefinition.cameras + FieldDefinition.videos),
    Metric(
      "physics-iq", "Physics-IQ", "where and when videos move, measured by two real takes of each scene", .higher,
      sample: .video, .takes,
      protocols: [
        ProtocolFile("benchmark", file: "physics-iq", PackageResources.physics_iq_yaml)
      ], guide: PackageResources.PHYSICS_IQ_md,
      outputs: [
        Output("physics-iq", "Physics-IQ"), Output("spatial-iou", "spatial IoU"),
        Output("spatiotemporal-iou", "spatiotemporal IoU"), Output("weighted-spatial-iou", "weighted spatial IoU"),
        Output("physics-mse", "MSE", .lower),
      ], fields: FieldDefinition.takes + FieldDefinition.videos),
  ]

  private static let clips =
    FieldDefinition.network([.logitsMean, .mixed5cMean])
    + [FieldDefinition.valueRange, FieldDefinition.resize, FieldDefinition.crop] + FieldDefinition.loader
    + [FieldDefinition.aspectCrop] + FieldDefinition.clipSampling + FieldDefinition.offsets(of: .clip)
    + FieldDefinition.videos
    + [FieldDefinition.equalCounts]

  private static let frames =
    FieldDefinition.network([.pool3, .normClassToken])
    + [FieldDefinition.valueRange, FieldDefinition.resize, FieldDefinition.inputScaling, FieldDefinition.aspectCrop]
    + FieldDefinition.frameSampling + FieldDefinition.offsets(of: .frame) + FieldDefinition.videos + [
      FieldDefinition.equalCounts
    ]

  private static let embeddings =
    FieldDefinition.embedding
    + [
      FieldDefinition.valueRange, FieldDefinition.resize, FieldDefinition.crop, FieldDefinition.inputScaling,
      FieldDefinition.aspectCrop,
    ] + FieldDefinition.frameSampling + FieldDefinition.fakeVideos

  /// The optical flow between frames, one by one.
  private static let flows =
    FieldDefinition.weights + FieldDefinition.flow + [FieldDefinition.stride, FieldDefinition.flowPadding]

  /// VBench's consistencies of frames with each other.
  private static let consistency =
    embeddings + [
      FieldDefinition.resizeSide, FieldDefinition.centre, FieldDefinition.compareWith, FieldDefinition.clamp,
      FieldDefinition.meanOver,
    ] + FieldDefinition.longVideosOfFrames + FieldDefinition.fastBranch

  /// VBench-I2V's, with the input picture.
  private static let imageToVideo =
    embeddings + [
      FieldDefinition.resizeSide, FieldDefinition.centre, FieldDefinition.input, FieldDefinition.inputResize,
      FieldDefinition.clamp,
    ]

  private static func statistics(_ own: [FieldDefinition]) -> [FieldDefinition] {
    [FieldDefinition.repeats] + own + FieldDefinition.dtype + [FieldDefinition.scaleFactor]
  }

  private static func extras(of sample: Sample) -> [FieldDefinition] {
    FieldDefinition.series(of: sample) + FieldDefinition.groups
  }
}
