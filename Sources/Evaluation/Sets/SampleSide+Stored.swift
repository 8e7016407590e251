import Files
import MetricCatalog
import Synchronization
import Threads
import Vocabulary

// A file of features, moments or statistics in the place of a set.
extension SampleSide {
  /// Of stored features and moments.
  var recipe: [String: String]? {
    switch stored {
    case .features(let set): set.recipe
    case .moments(let set, _): set.recipe
    case .statistics, nil: nil
    }
  }

  /// - Throws: `FeatureFileError.partOfMoments` where blocks are missing.
  static func checked(_ moments: MomentsSet, path: String) throws -> MomentsSet {
    guard moments.tree.isWhole else {
      throw FeatureFileError.partOfMoments(path: path, moments.missing, of: moments.videos)
    }
    return moments
  }

  /// What a file holds, and its digest. Each goes through the whole file: side by side it is read from the disk once.
  static func read(_ path: String) throws -> (StoredFeatures, digest: String) {
    let digest = Mutex(Result<String, any Error>.success(""))
    let content = Mutex(Result<StoredFeatures, any Error>?.none)
    ThreadTeam(threads: 2).perform(chunks: 2) { task in
      if task == 0 {
        let read = Result { try FeatureFile.read(path) }
        content.withLock { $0 = read }
      } else {
        let found = Result { try ByteRegion(OpenFile(path)).digest().description }
        digest.withLock { $0 = found }
      }
    }
    guard let content = content.withLock({ $0 }) else { preconditionFailure("SampleSide: a file is read") }
    return (try content.get(), try digest.withLock { $0 }.get())
  }

  /// The part of a set that stored features are of, where others are missing.
  var incompleteOrigin: FeatureOrigin? {
    guard case .features(let set) = stored, let origin = set.origin, !origin.missing.isEmpty else { return nil }
    return origin
  }

  /// Whether there are no features, but what was made of them.
  var isStatistics: Bool {
    switch stored {
    case .statistics, .moments: true
    case .features, nil: false
    }
  }

  /// Whether the features, or those that moments are of, do not say how they were made.
  var originIsUnknown: Bool { recipe?.isEmpty ?? false }

  /// Of moments that were published.
  var published: MomentsSet? {
    guard case .moments(let set, _) = stored, set.card != nil else { return nil }
    return set
  }

  /// Whether stored features are those that the protocol asks for.
  ///
  /// - Throws: `EvaluationError.otherFeatures`, `.statisticsOnly`, `.needsVideos`.
  func check(_ wanted: EvaluationProtocol, _ samples: ProtocolSamples) throws {
    switch stored {
    case nil: return
    case .statistics:
      guard !wanted.overrides.contains(where: { $0.field == "max-videos-\(role)" }) else {
        throw EvaluationError.statisticsOnly(path: path, metric: "\(wanted.metric) by `\(wanted.displayName)`")
      }
      try checkTakesStatistics(wanted)
      guard samples.fields.ddof == 1 else {
        throw EvaluationError.statisticsDivisor(path: path, ddof: samples.fields.ddof)
      }
    case .features(let set):
      guard !samples.parts.isEmpty else { throw EvaluationError.needsVideos(path: path, metric: wanted.metric) }
      let arePrefixes = samples.sample == .clip && samples.fields.series == .prefixes
      guard samples.fields.input == .given else {
        throw EvaluationError.needsVideos(path: path, metric: "\(wanted.metric) by `\(wanted.displayName)`")
      }
      guard !arePrefixes, role == .fake || samples.fields.repeats == 1 else {
        throw EvaluationError.needsVideos(path: path, metric: "\(wanted.metric) by `\(wanted.displayName)`")
      }
      guard samples.fields.series == .none || !set.recipe.isEmpty else {
        throw EvaluationError.noTimes(path: path)
      }
      try checkFeatures(set.recipe, columns: set.features.columns, wanted, samples)
    case .moments(let set, _):
      try checkTakesStatistics(wanted)
      if let most = samples.limit(role).maximum, most < set.videos {
        throw EvaluationError.momentsOfMore(path: path, role: role.rawValue, videos: set.videos, most: most)
      }
      try checkFeatures(set.recipe, columns: set.columns, wanted, samples)
    }
  }

  /// - Throws: `EvaluationError.statisticsOnly`.
  private func checkTakesStatistics(_ wanted: EvaluationProtocol) throws {
    guard wanted.takesStatistics else {
      throw EvaluationError.statisticsOnly(path: path, metric: "\(wanted.metric) by `\(wanted.displayName)`")
    }
  }

  /// - Throws: `EvaluationError.otherColumns`, `.otherFeatures`.
  private func checkFeatures(
    _ recipe: [String: String], columns: Int, _ wanted: EvaluationProtocol, _ samples: ProtocolSamples
  ) throws {
    guard columns == samples.columns else {
      throw EvaluationError.otherColumns(
        path: path, columns: columns, wanted: samples.columns, metric: wanted.metric)
    }
    if let difference = FeatureRecipe(wanted, role: role).difference(from: recipe) {
      throw EvaluationError.otherFeatures(
        path: path, field: difference.field, stored: difference.stored, wanted: difference.wanted)
    }
  }
}

extension EvaluationProtocol {
  /// Whether its score comes from the mean and the covariance of each set's features alone.
  public var takesStatistics: Bool {
    fields.series == .none && fields.groupBy == .none && fields.repeats == 1 && fields.equalCounts == .no
      && fields.partialBatch == .keep && definition.needsOnlyStatistics
  }
}
