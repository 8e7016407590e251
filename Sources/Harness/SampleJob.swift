import Files
import Foundation
import MetricCatalog

/// The outputs of one generator, checkpoint and seed: what is made or found, and scored.
public struct SampleJob: Sendable {
  public let suite: String
  /// The suite's folder, in which commands work.
  public let workingFolder: String
  public let generator: Generator
  public let checkpoint: Checkpoint?
  public let seed: Int?
  /// What each call is given, and how many videos it is to write.
  public private(set) var calls: [Call]
  /// The folder that is scored, or above it the one that holds all that belongs to it (see `Outputs`).
  public let folder: String
  /// Below what several jobs of this generator have their folders; nil for outputs that are there already.
  public let base: String?
  /// Only the first so many videos are scored, of outputs that are there already.
  public let limit: Int?

  public struct Call: Sendable, Equatable {
    public let condition: Condition?
    public let count: Int?
    /// Below the samples' folder; nil: the folder itself.
    public let folder: String?
    /// Which part of the videos; nil: all of them.
    public var share: Share?
  }

  /// A part of the videos of a generator whose command takes `{shard}`.
  public struct Share: Sendable, Equatable {
    /// From 0.
    public let index: Int
    public let of: Int
    /// Videos of the shares before it.
    public let first: Int
  }

  /// `mild`, `lfdm at step-1000, seed 3`.
  public var title: String {
    let parts = [
      checkpoint.map { " at \($0.folderName)" }, seed.map { generator.seeds.count > 1 ? ", seed \($0)" : "" },
    ]
    return generator.name + parts.compactMap { $0 }.joined()
  }

  /// As tables call it: `LFDM, step 1000, seed 3`.
  var label: String {
    let parts = [
      checkpoint.map { own in own.step.map { "step \($0)" } ?? own.folderName },
      seed.flatMap { generator.seeds.count > 1 ? "seed \($0)" : nil },
    ]
    return ([generator.label] + parts.compactMap { $0 }).joined(separator: ", ")
  }

  /// Videos that the command must write at the least; nil where `count` is not given.
  public var wanted: Int? {
    let counts = calls.compactMap(\.count)
    return counts.count == calls.count ? counts.reduce(0, +) : nil
  }

  /// The command of one call with its values, for people.
  func command(_ call: Call, samples: String) -> String? { generator.template?.command(values(call, samples: samples)) }

  /// What one call puts in for the placeholders.
  func values(_ call: Call, samples: String) -> [CommandTemplate.Placeholder: String] {
    var values: [CommandTemplate.Placeholder: String] = [:]
    values[.output] = SuitePaths.absolute(call.folder.map { samples + "/" + $0 } ?? samples)
    values[.seed] = seed.map(String.init)
    values[.count] = call.count.map(String.init)
    values[.checkpoint] = checkpoint.map { SuitePaths.absolute($0.path) }
    values[.step] = checkpoint?.step.map(String.init)
    values[.prompt] = call.condition?.prompt
    values[.class] = call.condition?.class
    values[.image] = call.condition?.image
    values[.shard] = String((call.share?.index ?? 0) + 1)
    values[.shards] = String(call.share?.of ?? 1)
    values[.first] = String(call.share?.first ?? 0)
    return values
  }

  /// What decides the outputs: the record beside them holds it. nil for outputs that no command makes.
  ///
  /// - Throws: `HarnessError.unreadable` for a picture that cannot be read.
  func recipe() throws -> GenerationRecord.Recipe? {
    guard let template = generator.template else { return nil }
    var recipe = GenerationRecord.Recipe(
      command: template.text, seed: seed, count: wanted, checkpoint: checkpoint?.name,
      checkpointStamp: checkpoint.flatMap { InputIdentity.stamp($0.path) },
      conditions: generator.conditions.isEmpty ? nil : try Self.digest(calls, picture: InputIdentity.content))
    recipe.before = GenerationRecord.Recipe.Before(
      checkpointStamp: checkpoint.flatMap { InputIdentity.stampBefore($0.path) },
      conditions: generator.conditions.isEmpty ? nil : try Self.digest(calls) { $0 })
    return recipe
  }

  /// A digest of what the calls are given, in their order.
  ///
  /// - Parameter picture: what a picture counts by.
  private static func digest(_ calls: [Call], picture: (String) throws -> String) throws -> String {
    func part(_ text: String?) -> String { text.map { "\($0.utf8.count):\($0)" } ?? "-" }
    let lines = try calls.map { call in
      let condition = call.condition
      let image = try condition?.image.map(picture)
      return "\(part(condition?.prompt)) \(part(condition?.class)) \(part(image)) \(call.count ?? -1)\n"
    }
    return SHA256.digest(of: lines.joined()).description
  }
}

extension SampleJob {
  /// The job with a call for each of so many shares, where its command takes `{shard}` and says how many videos there are; any
  /// other as it is. Each share has a folder of its own.
  package func shared(among shares: Int) -> SampleJob {
    guard generator.template?.placeholders.contains(.shard) == true, generator.conditions.isEmpty, calls.count == 1,
      let count = calls[0].count, shares > 1
    else { return self }
    var job = self
    let used = min(shares, count)
    job.calls = (0..<used).map { index in
      let range = count * index / used..<count * (index + 1) / used
      let digits = String(index + 1)
      return Call(
        condition: nil, count: range.count,
        folder: "shard-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits,
        share: Share(index: index, of: used, first: range.lowerBound))
    }
    return job
  }

  /// What each of so many tasks calls: runs of calls.
  package func tasks(_ most: Int) -> [Range<Int>] {
    let used = max(1, min(most, calls.count))
    return (0..<used).map { calls.count * $0 / used..<calls.count * ($0 + 1) / used }
  }
}

extension Suite {
  /// Every job of the suite, in its order.
  ///
  /// - Parameters:
  ///   - only: the generators that are wanted; nil: all.
  ///   - limit: so many videos of each.
  /// - Throws: `HarnessError.unknownGenerators`.
  public func jobs(only: [String]? = nil, limit: Int? = nil) throws -> [SampleJob] {
    let known = generators.map(\.name)
    let unknown = (only ?? []).filter { !known.contains($0) }
    if let first = unknown.first {
      throw HarnessError.unknownGenerators(
        names: unknown, nearest: NearestName.of(first, among: known), known: known)
    }
    return generators.filter { only?.contains($0.name) ?? true }.flatMap { generator in
      let checkpoints: [Checkpoint?] = generator.checkpoints.isEmpty ? [nil] : generator.checkpoints
      return checkpoints.flatMap { checkpoint in
        generator.seeds.map { job(generator, checkpoint, seed: $0, limit: limit) }
      }
    }
  }

  private func job(_ generator: Generator, _ checkpoint: Checkpoint?, seed: Int?, limit: Int?) -> SampleJob {
    var folder: String
    var base: String?
    switch generator.source {
    case .folder(let path):
      folder = path.replacingOccurrences(of: "{checkpoint}", with: checkpoint?.folderName ?? "")
        .replacingOccurrences(of: "{step}", with: checkpoint?.step.map(String.init) ?? "")
        .replacingOccurrences(of: "{seed}", with: seed.map(String.init) ?? "")
    case .command(_, let outputs):
      base = outputs + (limit.map { "/limit-\($0)" } ?? "")
      folder = (base ?? outputs) + (checkpoint.map { "/\($0.folderName)" } ?? "") + "/seed-\(seed ?? 0)"
    }
    return SampleJob(
      suite: limit.map { "\(name)+limit-\($0)" } ?? name, workingFolder: self.folder, generator: generator,
      checkpoint: checkpoint, seed: seed, calls: calls(generator, limit: limit), folder: folder, base: base,
      limit: generator.template == nil ? limit : nil)
  }

  private func calls(_ generator: Generator, limit: Int?) -> [SampleJob.Call] {
    guard generator.template != nil else { return [] }
    guard !generator.conditions.isEmpty else {
      let count = limit.map { min(generator.count ?? $0, $0) } ?? generator.count
      return [SampleJob.Call(condition: nil, count: generator.count == nil ? nil : count, folder: nil)]
    }
    var left = limit ?? .max
    let digits = String(generator.conditions.count).count
    return generator.conditions.enumerated().compactMap { index, condition in
      guard left > 0 else { return nil }
      let count = min(generator.count ?? 1, left)
      left -= count
      let number = String(index + 1)
      let isOfClass = condition.class != nil && condition.prompt == nil && condition.image == nil
      let name = isOfClass ? condition.class : nil
      return SampleJob.Call(
        condition: condition, count: count,
        folder: name ?? String(repeating: "0", count: max(0, max(4, digits) - number.count)) + number)
    }
  }
}
