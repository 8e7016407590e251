// swift-tools-version: 6.2
import PackageDescription

// The kernel targets are compiled with -O in debug builds too: without it the same code is some 800 times slower.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O"])]

// The wide variants of the micro-kernels: the same sources as Kernels/MicroKernels, compiled for wider vectors.
// `-disable-cmo` keeps their code out of callers that are compiled without these instructions.
func wide(_ architecture: String, _ define: String) -> [SwiftSetting] {
  [.unsafeFlags(["-O", "-Xcc", "-march=\(architecture)", "-disable-cmo"]), .define("VIDMETRICS_FMA"), .define(define)]
}

#if arch(x86_64)
  let kernelVariants: [Target] = [
    .target(name: "KernelsAVX2", swiftSettings: wide("x86-64-v3", "VIDMETRICS_AVX2")),
    .target(name: "KernelsAVX512", swiftSettings: wide("x86-64-v4", "VIDMETRICS_AVX512")),
  ]
  let kernelVariantDependencies: [Target.Dependency] = ["KernelsAVX2", "KernelsAVX512"]
#else
  let kernelVariants: [Target] = []
  let kernelVariantDependencies: [Target.Dependency] = []
#endif

let package = Package(
  name: "vidmetrics",
  products: [.executable(name: "vidmetrics", targets: ["vidmetrics"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
  ],
  targets: [
    // System libraries
    .systemLibrary(
      name: "CFFmpeg", pkgConfig: "libavformat",
      providers: [.apt(["libavformat-dev", "libavcodec-dev", "libswscale-dev", "libavutil-dev"]), .brew(["ffmpeg"])]),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev", "liblapacke-dev"]), .brew(["openblas"])]),
    .systemLibrary(
      name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"]), .brew(["libarchive"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
    .systemLibrary(name: "CWebP", pkgConfig: "libwebpdemux", providers: [.apt(["libwebp-dev"]), .brew(["webp"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CPUFeatures"),
    .systemLibrary(name: "CProcesses"),
    .target(name: "MemoryLimit"),
    .target(name: "CSHA256"),

    // The words of the field, which all rooms share
    .target(name: "Vocabulary"),

    // What many rooms do: one loop over threads, one stream of random numbers
    .target(name: "Threads", swiftSettings: optimised),
    .target(name: "ProcessLimits"),
    .target(name: "Random", swiftSettings: optimised),

    // The engine
    .target(name: "Tensors"),
    .target(
      name: "Kernels", dependencies: ["Tensors", "Threads", "Vocabulary", "CPUFeatures"] + kernelVariantDependencies,
      swiftSettings: optimised),
    .target(
      name: "Engine", dependencies: ["Kernels", "Tensors", "Threads", "Random", "CPUFeatures"], swiftSettings: optimised
    ),
    .target(name: "Networks", dependencies: ["Engine", "Kernels", "Tensors", "Weights"]),
    .target(name: "Text", swiftSettings: optimised),

    // Files in
    .target(
      name: "Files", dependencies: ["CFFmpeg", "CSHA256", "CArchive", "CZlib", "CProcesses", "Yams"],
      swiftSettings: optimised),
    .target(name: "Weights", dependencies: ["Files", "ProcessLimits", "Threads"], swiftSettings: optimised),
    .target(
      name: "Video",
      dependencies: [
        "Files", "Tensors", "Threads", "Random", "Vocabulary", "Weights", "CFFmpeg", "CPNG", "CWebP",
      ],
      swiftSettings: optimised),

    // Numbers out
    .target(
      name: "Distances", dependencies: ["Vocabulary", "Threads", "Random", "COpenBLAS"], swiftSettings: optimised,
      linkerSettings: [.linkedLibrary("m")]),
    .target(
      name: "MetricCatalog", dependencies: ["Files", "Vocabulary", "Yams"], path: "Metrics",
      exclude: ["HONESTY.md", "README.md", "TABLES.md"], sources: ["Catalog"],
      resources: [.embedInCode("guides"), .embedInCode("protocols"), .embedInCode("tables")]),
    .target(name: "Scores", dependencies: ["MetricCatalog", "Distances", "Files", "Vocabulary"]),
    .target(
      name: "Evaluation",
      dependencies: [
        "Files", "Scores", "Video", "Networks", "Engine", "Weights", "Text", "Distances", "MetricCatalog", "Kernels",
        "ProcessLimits", "Tensors", "Threads", "Vocabulary",
      ]),

    // What is kept of them
    .target(
      name: "History",
      dependencies: [
        "Scores", "MetricCatalog", "Files", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      exclude: ["README.md"]),
    .target(
      name: "ReportAssets", dependencies: ["Files", "MetricCatalog", "Yams"], path: "Reports", exclude: ["README.md"],
      sources: ["Assets"], resources: [.embedInCode("templates"), .embedInCode("baselines")]),
    .target(
      name: "Reporting",
      dependencies: [
        "Files", "Distances", "Scores", "History", "ReportAssets", "MetricCatalog", "Video", "Tensors",
        .product(name: "Mustache", package: "swift-mustache"),
      ]),
    .target(name: "Import", dependencies: ["Scores", "History", "Evaluation", "MetricCatalog", "Video", "Files"]),
    .target(
      name: "Harness",
      dependencies: [
        "Scores", "Evaluation", "Files", "History", "Reporting", "MetricCatalog", "Video", "Vocabulary", "Yams",
        "CProcesses", "ProcessLimits",
      ],
      exclude: ["README.md"]),
    .target(
      name: "Cluster",
      dependencies: [
        "Scores", "Evaluation", "Distances", "Files", "Harness", "History", "Kernels", "MetricCatalog",
        "ProcessLimits", "Tensors", "Video",
      ]),
    // For somebody who has the binary alone
    .target(name: "Demo", dependencies: ["Video", "ProcessLimits", "Threads", "Random"], swiftSettings: optimised),
    .target(
      name: "SelfTest",
      dependencies: [
        "Evaluation", "Engine", "Networks", "Weights", "Video", "Kernels", "MetricCatalog", "Files", "Tensors",
      ],
      resources: [.embedInCode("files")]),
    .target(name: "Guides", dependencies: ["Files", "MetricCatalog"], resources: [.embedInCode("topics")]),
    .executableTarget(
      name: "vidmetrics",
      dependencies: [
        "Guides", "Demo", "SelfTest", "COpenBLAS", "MemoryLimit", .product(name: "GRDBSQLite", package: "GRDB.swift"),
        "Files", "Scores", "Import", "Harness", "Cluster", "History", "Reporting", "Evaluation", "Video", "Networks",
        "Engine",
        "Weights", "Text", "Distances", "MetricCatalog", "Kernels", "ProcessLimits", "Tensors", "Threads", "Random",
        "Vocabulary",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // Tests
    .testTarget(name: "ProcessLimitsTests", dependencies: ["ProcessLimits"]),
    .testTarget(name: "MetricCatalogTests", dependencies: ["MetricCatalog", "Files", "Vocabulary"]),
    .testTarget(
      name: "CommandLineTests",
      dependencies: [
        "vidmetrics", "SelfTest", "Scores", "Files", "Evaluation", "History", "Video", "Tensors", "Random", "Engine",
        "Networks", "Weights",
      ]),
    .testTarget(name: "DocumentationTests", dependencies: ["MetricCatalog", "Guides"]),
    .testTarget(
      name: "HistoryTests",
      dependencies: [
        "Scores", "History", "MetricCatalog", "Files", "Random", .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .testTarget(
      name: "ReportingTests",
      dependencies: [
        "Scores", "Distances", "Reporting", "ReportAssets", "Files", "History", "MetricCatalog", "Video", "Tensors",
      ]),
    .testTarget(
      name: "HarnessTests",
      dependencies: ["Scores", "Harness", "Files", "History", "Evaluation", "MetricCatalog", "Tensors", "Video"]),
    .testTarget(
      name: "ClusterTests", dependencies: ["Cluster", "Scores", "Evaluation", "Files", "MetricCatalog", "Video"]),
    .testTarget(name: "ScoresTests", dependencies: ["Scores", "Distances", "MetricCatalog", "Files"]),
    .testTarget(name: "ImportTests", dependencies: ["Import", "Scores", "History"]),
    .testTarget(
      name: "EvaluationTests",
      dependencies: [
        "Scores", "Evaluation", "Files", "MetricCatalog", "Tensors", "Distances", "Video", "Weights",
        "Networks", "Engine", "Kernels", "ProcessLimits", "Vocabulary",
      ]),
    .testTarget(
      name: "KernelsTests", dependencies: ["Kernels", "Tensors", "Threads", "Random", "Vocabulary"],
      swiftSettings: optimised),
    .target(name: "AllocationCount", path: "Tests/AllocationCount"),
    .testTarget(name: "EngineTests", dependencies: ["Engine", "Kernels", "Tensors"], swiftSettings: optimised),
    .testTarget(
      name: "NetworksTests",
      dependencies: ["Networks", "Engine", "Kernels", "Weights", "Tensors", "Random", "AllocationCount"]),
    .testTarget(name: "ParityTests", dependencies: ["Networks", "Engine", "Kernels", "Weights"]),
    .testTarget(name: "TextTests", dependencies: ["Text", "Weights"]),
    .testTarget(name: "FilesTests", dependencies: ["Files"]),
    .testTarget(name: "WeightsTests", dependencies: ["Weights", "Files", "Random"]),
    .testTarget(name: "DistancesTests", dependencies: ["Distances", "Vocabulary", "Random", "COpenBLAS"]),
    .testTarget(name: "VideoTests", dependencies: ["Video", "Files", "Tensors", "Vocabulary"]),
  ] + kernelVariants,
  swiftLanguageModes: [.v6]
)

// libFuzzer on the readers, see Fixtures/fuzz/in-process: no part of the program, and built only when asked for.
if Context.environment["VIDMETRICS_IN_PROCESS"] != nil {
  package.targets.append(
    .executableTarget(
      name: "in-process", dependencies: ["Files", "Video", "Weights", "Scores", "Evaluation"],
      path: "Fixtures/fuzz/InProcess",
      swiftSettings: [.unsafeFlags(["-parse-as-library"])]))
}
