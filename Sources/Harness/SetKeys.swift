import Evaluation
import Files
import MetricCatalog
import Tensors
import Video

/// How sets are read, in keys of a suite, of a real set and of a generator: what the command line has as options.
struct SetKeys {
  let keys: YAMLKeys

  /// Of all three.
  static let ofSets = ["value-range", "include", "exclude", "path-column", "layout"]
  static let ofSuites = ofSets + ["images", "pair-by", "on-error", "allow-other-weights"]

  /// What a suite says of all its sets.
  ///
  /// - Throws: `YAMLError`, `HarnessError.catalog`.
  func rules() throws -> Suite.InputRules {
    var rules = Suite.InputRules()
    rules.sets = try options(over: rules.sets)
    rules.sets.picturesAreImages = try keys.flag("images")
    rules.pairBy = try pairRule()
    rules.allowsOtherWeights = try keys.flag("allow-other-weights")
    if let text = try keys.text("on-error") {
      guard ["stop", "skip"].contains(text) else { throw keys.bad("on-error", text, "`stop` or `skip`") }
      rules.skipsUnusable = text == "skip"
    }
    return rules
  }

  /// - Parameter common: what holds where a key is not there.
  /// - Throws: `YAMLError`.
  func options(over common: VideoSetOptions) throws -> VideoSetOptions {
    var options = common
    if let text = try keys.text("value-range") {
      guard let range = ValueRange(rawValue: text) else {
        throw keys.bad("value-range", text, ValueRange.allCases.map(\.rawValue).joined(separator: ", "))
      }
      options.valueRange = range
    }
    options.filter = NameFilter(
      include: try keys.texts("include") ?? common.filter.include,
      exclude: try keys.texts("exclude") ?? common.filter.exclude)
    options.pathColumn = try keys.text("path-column") ?? common.pathColumn
    if let text = try keys.text("layout") {
      guard let layout = ArrayLayout(text) else {
        throw keys.bad("layout", text, "axes such as NTHWC, NCTHW or NTHW")
      }
      options.layout = layout
    }
    return options
  }

  private func pairRule() throws -> PairRule? {
    guard let text = try keys.text("pair-by") else { return nil }
    guard let rule = PairRule(text) else { throw keys.bad("pair-by", text, PairRule.expected) }
    do { try rule.validate() } catch { throw HarnessError.catalog(keys.place("pair-by"), reason: "\(error)") }
    return rule
  }

  /// - Throws: `HarnessError.catalog` for a rule of pairs that no metric has a use for.
  func check(_ rules: Suite.InputRules, metrics: [RequestedProtocol]) throws {
    guard rules.pairBy != nil, !metrics.contains(where: \.evaluationProtocol.pairsVideos) else { return }
    throw HarnessError.catalog(
      keys.place("pair-by"), reason: "`pair-by` is for metrics of pairs (psnr, ssim, lpips, pic), and none is asked for"
    )
  }
}
