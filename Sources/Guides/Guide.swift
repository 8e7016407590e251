import Files
import MetricCatalog

/// A guide of the project, inside the binary: `vidmetrics guide TOPIC` prints it.
///
/// The catalog has the guide of each metric. The folder `topics` links to the other documents; a link there and a row in
/// `all` make another guide.
public struct Guide: Sendable {
  /// The word that asks for it.
  public let topic: String
  /// What it is about, in one line.
  public let summary: String
  /// The document's place in the project.
  public let path: String
  /// The document as it is in the project: Markdown, UTF-8.
  public let bytes: [UInt8]

  /// Every guide, in the order in which they are listed: the whole first, then the metrics.
  public static let all: [Guide] =
    [
      Guide(
        "overview", "the whole on four pages", "README.md",
        PackageResources.overview_md),
      Guide(
        "metrics", "the metrics and protocols in one table, and how to add one", "Metrics/README.md",
        PackageResources.metrics_md),
    ] + ofMetrics + [
      Guide(
        "honesty", "intervals, floor and curve; what each warning asks of you", "Metrics/HONESTY.md",
        PackageResources.honesty_md),
      Guide(
        "tables", "the tables of papers, and what each leaves open", "Metrics/TABLES.md", PackageResources.tables_md),
      Guide(
        "vbench", "VBench's dimensions: which, from what weights, and what compares", "docs/vbench.md",
        PackageResources.vbench_md),
      Guide(
        "features", "sets as files: features, moments, parts, published sets, large N", "docs/features.md",
        PackageResources.features_md),
      Guide(
        "suites", "generators run, scored and kept: every key of a suite file", "Sources/Harness/README.md",
        PackageResources.suites_md),
      Guide(
        "cluster", "large sets and suites on many machines: Slurm, Kubernetes, any other", "docs/cluster.md",
        PackageResources.cluster_md),
      Guide(
        "history", "the database of scores: its tables, and queries", "Sources/History/README.md",
        PackageResources.history_md),
      Guide(
        "reports", "tables and pages: rules, layouts, published rows", "Reports/README.md", PackageResources.reports_md),
      Guide(
        "ci", "an exit status for continuous integration, and a job that uses it", "docs/ci.md", PackageResources.ci_md),
      Guide(
        "weights", "getting the weights of networks, also without internet access", "docs/weights.md",
        PackageResources.weights_md),
      Guide(
        "conformance", "published numbers, and what this program computes", "docs/conformance.md",
        PackageResources.conformance_md),
      Guide(
        "benchmarks", "how fast it is, beside other engines and on your machine", "docs/benchmarks.md",
        PackageResources.benchmarks_md),
    ]

  /// One for each metric; the catalog says what it is about.
  private static let ofMetrics = Metric.all.map { metric in
    Guide(metric.name, metric.meaning, "Metrics/guides/\(metric.name.uppercased()).md", metric.guide)
  }

  private init(_ topic: String, _ summary: String, _ path: String, _ bytes: [UInt8]) {
    (self.topic, self.summary, self.path, self.bytes) = (topic, summary, path, bytes)
  }

  /// The document as text.
  public var markdown: String { String(decoding: bytes, as: UTF8.self) }

  /// - Throws: `GuideError.unknownTopic` with the nearest one.
  public static func named(_ topic: String) throws(GuideError) -> Guide {
    if let guide = all.first(where: { $0.topic == topic.lowercased() }) { return guide }
    let known = all.map(\.topic)
    throw .unknownTopic(topic, nearest: NearestName.of(topic, among: known), known: known)
  }
}

/// What can be wrong with a request for a guide.
public enum GuideError: Error, Equatable, CustomStringConvertible {
  case unknownTopic(String, nearest: String?, known: [String])

  public var description: String {
    switch self {
    case .unknownTopic(let topic, let nearest, let known):
      let hint = nearest.map { "did you mean `\($0)`?" } ?? "the topics are \(known.joined(separator: ", "))"
      return "there is no guide `\(topic)`\nhint: \(hint)"
    }
  }
}
