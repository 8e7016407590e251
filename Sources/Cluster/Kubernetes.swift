import Foundation

/// A job as Kubernetes takes it: an Indexed Job with a pod for each shard, and a Job that collects.
public struct Kubernetes {
  public let job: JobFolder
  public let plan: ClusterPlan
  public var image: String
  /// A volume that all pods see, with the job, the sets and the weights in it, and where it lies in a pod.
  public var claim: String
  public var mount: String
  /// What `VIDMETRICS_CACHE` is in a pod: where the weights are.
  public var cache: String?
  public var cpus: Int
  public var memory: String
  public var parallelism: Int?

  public init(
    job: JobFolder, plan: ClusterPlan, image: String, claim: String, mount: String, cache: String?, cpus: Int,
    memory: String, parallelism: Int?
  ) {
    (self.job, self.plan, self.image, self.claim, self.mount) = (job, plan, image, claim, mount)
    (self.cache, self.cpus, self.memory, self.parallelism) = (cache, cpus, memory, parallelism)
  }

  /// The manifests of both, as YAML.
  ///
  /// - Throws: `ClusterError.notAName` for what cannot stand in a manifest, `.notMounted`.
  public var text: String {
    get throws {
      for (option, value) in [("image", image), ("claim", claim), ("mount", mount), ("mem", memory)]
      where value.isEmpty || value.contains(where: \.isNewline) {
        throw ClusterError.notAName(option: option, value: value)
      }
      let root = URL(fileURLWithPath: mount).standardizedFileURL.path
      for path in [job.path] + plan.own.map(\.place) + [cache, plan.history].compactMap({ $0 })
      where root != "/" && path != root && !path.hasPrefix(root + "/") {
        throw ClusterError.notMounted(path: path, mount: mount)
      }
      return work + "---\n" + collect
    }
  }

  /// Of objects: letters, digits and hyphens.
  private var name: String {
    let last = job.path.split(separator: "/").last.map(String.init) ?? "job"
    let plain = String(last.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }.prefix(40))
    let trimmed = plain.trimmingCharacters(in: CharacterSet(charactersIn: "-"))
    return "vidmetrics-" + (trimmed.isEmpty ? "job" : trimmed)
  }

  private var work: String {
    """
    apiVersion: batch/v1
    kind: Job
    metadata:
      name: \(name)
    spec:
      completionMode: Indexed
      completions: \(plan.tasks)
      parallelism: \(min(parallelism ?? plan.tasks, plan.tasks))
      backoffLimitPerIndex: 3
      maxFailedIndexes: \(plan.tasks)
      podFailurePolicy:
        rules:
          # A node that is drained or taken away is nobody's fault, and 75 is a worker that was stopped and goes on.
          - action: Ignore
            onPodConditions:
              - type: DisruptionTarget
          - action: Ignore
            onExitCodes:
              operator: In
              values: [75]
          # Another start would not change it.
          - action: FailIndex
            onExitCodes:
              operator: In
              values: [2]
      template:
        spec:
          restartPolicy: Never
          terminationGracePeriodSeconds: 120
    \(pod("work"))
    """
  }

  private var collect: String {
    """
    # Apply it when the first one has ended: kubectl wait --for=condition=complete --timeout=-1s job/\(name)
    apiVersion: batch/v1
    kind: Job
    metadata:
      name: \(name)-collect
    spec:
      backoffLimit: 0
      template:
        spec:
          restartPolicy: Never
    \(pod("collect"))
    """
  }

  /// The container of a pod and its volume, as deep as they lie in a Job.
  private func pod(_ command: String) -> String {
    var lines = [
      "containers:", "  - name: \(command)", "    image: \(Self.quoted(image))",
      "    command: [vidmetrics, cluster, \(command), \(Self.quoted(job.path))]",
    ]
    if let cache { lines += ["    env:", "      - {name: VIDMETRICS_CACHE, value: \(Self.quoted(cache))}"] }
    let share = "{cpu: \(cpus), memory: \(Self.quoted(memory))}"
    lines += [
      "    resources:", "      requests: \(share)", "      limits: \(share)", "    volumeMounts:",
      "      - {name: shared, mountPath: \(Self.quoted(mount))}", "volumes:", "  - name: shared",
      "    persistentVolumeClaim: {claimName: \(Self.quoted(claim))}",
    ]
    return lines.map { "      \($0)\n" }.joined()
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"") + "\""
  }
}
