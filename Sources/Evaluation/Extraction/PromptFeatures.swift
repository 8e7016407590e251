import Files

/// The features of prompts, each computed once, and kept like those of clips.
struct PromptFeatures {
  let network: any TextNetwork
  let cache: CacheFolder?

  /// By prompt.
  func callAsFunction(_ prompts: [String]) throws -> [String: [Float]] {
    let kept = cache.map { FeatureCache(folder: $0) }
    var found: [String: [Float]] = [:]
    var missing: [String] = []
    for prompt in Set(prompts).sorted() {
      if let features = kept?.features(key(prompt), count: network.columns) {
        found[prompt] = features
      } else {
        missing.append(prompt)
      }
    }
    guard !missing.isEmpty else { return found }
    for (prompt, features) in zip(missing, try network.features(of: missing)) {
      kept?.store(features, key(prompt))
      found[prompt] = features
    }
    return found
  }

  private func key(_ prompt: String) -> Digest {
    SHA256.digest(of: "vidmetrics prompt 1\n\(network.identity)\n\(prompt)")
  }
}
