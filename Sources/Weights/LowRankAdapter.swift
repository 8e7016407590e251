import Files
import Foundation

/// Low-rank updates of linear layers, as peft saves them: `adapter_config.json` and `adapter_model.safetensors` or
/// `.bin` (Hu et al., "LoRA", ICLR 2022).
package struct LowRankAdapter {
  /// B·A, times `scale`, is added to a layer's kernel.
  struct Pair {
    let down: StoredTensor
    let up: StoredTensor
  }

  /// Bytes and path, for messages.
  private let path: String
  private let scale: Double
  /// By the layer: `extractor_list.0.model.blocks.3.attn.qkv`.
  private var pairs: [String: Pair] = [:]

  /// - Parameter folder: "" or a path that ends in `/`, inside `files`.
  package init(_ files: FileCollection, folder: String) throws {
    let configuration = try files.bytes(folder + "adapter_config.json")
    scale = try AdapterConfiguration.scale(configuration, path: "\(files.path):\(folder)adapter_config.json")
    let names = ["adapter_model.safetensors", "adapter_model.bin"].compactMap { files.file($0, in: folder) }
    guard let name = names.first else {
      throw FilesError.malformed(
        path: files.path, .missing(part: "`\(folder)adapter_model.safetensors` or `\(folder)adapter_model.bin`"))
    }
    path = "\(files.path):\(name)"
    let tensors = try CheckpointFile.read(files.bytes(name)).tensors
    var halves: [String: (down: StoredTensor?, up: StoredTensor?)] = [:]
    for (key, tensor) in tensors {
      guard let (layer, isUp) = Self.layer(of: key) else {
        throw WeightsError.adapter(
          path: path, problem: "`\(key)` does not belong to a low-rank update of a linear layer")
      }
      if isUp {
        halves[layer, default: (nil, nil)].up = tensor
      } else {
        halves[layer, default: (nil, nil)].down = tensor
      }
    }
    guard !halves.isEmpty else { throw WeightsError.adapter(path: path, problem: "it holds no update") }
    for (layer, half) in halves {
      guard let down = half.down, let up = half.up else {
        let (there, missing) = half.up == nil ? ("lora_A", "lora_B") : ("lora_B", "lora_A")
        throw WeightsError.adapter(path: path, problem: "`\(layer)` has \(there) and no \(missing)")
      }
      pairs[layer] = Pair(down: down, up: up)
    }
  }

  /// The layer and whether it is lora_B; nil for a key of another kind.
  private static func layer(of key: String) -> (String, isUp: Bool)? {
    let start = "base_model.model."
    guard key.hasPrefix(start) else { return nil }
    for (part, isUp) in [(".lora_A", false), (".lora_B", true)] {
      for ending in [part + ".weight", part + ".default.weight"] where key.hasSuffix(ending) {
        return (String(key.dropFirst(start.count).dropLast(ending.count)), isUp)
      }
    }
    return nil
  }

  /// Adds the updates of one network's layers to its kernels; `layers` gives the canonical kernel [in][out] of each.
  ///
  /// The product is taken and added in float64 and rounded once.
  mutating func merge(into tensors: inout [String: WeightTensor], layers: [String: String]) throws {
    for (layer, name) in layers {
      guard let pair = pairs.removeValue(forKey: layer) else { continue }
      guard let kernel = tensors[name] else {
        throw WeightsError.adapter(path: path, problem: "`\(layer)` is not a layer of the network")
      }
      tensors[name] = try merged(kernel, pair, layer: layer)
    }
  }

  /// Throws unless every update found its layer.
  func finish() throws {
    guard let left = pairs.keys.min() else { return }
    throw WeightsError.adapter(path: path, problem: "`\(left)` is not a layer of the network")
  }

  private func merged(_ kernel: WeightTensor, _ pair: Pair, layer: String) throws -> WeightTensor {
    let (inputs, outputs) = (kernel.shape[0], kernel.shape[1])
    guard pair.down.shape.count == 2, pair.up.shape.count == 2, pair.down.shape[1] == inputs,
      pair.up.shape[0] == outputs, pair.down.shape[0] == pair.up.shape[1]
    else {
      throw WeightsError.adapter(
        path: path,
        problem: "`\(layer)` is \(outputs)x\(inputs), and its update \(pair.up.shape) times \(pair.down.shape)")
    }
    let rank = pair.down.shape[0]
    let down = pair.down.values().map(Double.init)
    let up = pair.up.values().map(Double.init)
    let values = [Float](unsafeUninitializedCapacity: inputs * outputs) { target, count in
      count = inputs * outputs
      var sums = [Double](repeating: 0, count: outputs)
      for input in 0..<inputs {
        for output in 0..<outputs { sums[output] = 0 }
        for step in 0..<rank {
          let factor = down[step * inputs + input]
          for output in 0..<outputs { sums[output] += up[output * rank + step] * factor }
        }
        for output in 0..<outputs {
          target[input * outputs + output] = Float(
            Double(kernel.values[input * outputs + output]) + scale * sums[output])
        }
      }
    }
    return WeightTensor(name: kernel.name, shape: kernel.shape, values: values)
  }
}

/// `adapter_config.json`: what of it changes the result.
enum AdapterConfiguration {
  /// lora_alpha / r, or lora_alpha / sqrt(r). Throws for what would change the result in a way that is not handled here.
  static func scale(_ bytes: ByteSlice, path: String) throws -> Double {
    let fields: [String: Any]
    do { fields = try JSONText.object(bytes.array()) } catch {
      throw WeightsError.adapter(path: path, problem: "it is \(error)")
    }
    for (name, value) in fields.sorted(by: { $0.key < $1.key }) where !isHarmless(name, value) {
      let text = (try? JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys]))
        .map { String(decoding: $0.prefix(80), as: UTF8.self) }
      throw WeightsError.adapter(path: path, problem: "`\(name)` is \(text ?? "\(value)"), which is not handled here")
    }
    guard fields["peft_type"] as? String ?? "LORA" == "LORA" else {
      throw WeightsError.adapter(path: path, problem: "`peft_type` is not LORA")
    }
    guard let rank = (fields["r"] as? NSNumber)?.doubleValue,
      let alpha = (fields["lora_alpha"] as? NSNumber)?.doubleValue, rank >= 1, alpha.isFinite
    else { throw WeightsError.adapter(path: path, problem: "it lacks `r` or `lora_alpha`") }
    return alpha / ((fields["use_rslora"] as? Bool ?? false) ? rank.squareRoot() : rank)
  }

  /// Settings of peft that change what a layer computes; null, false and empty ones do not.
  private static let refused: Set<String> = [
    "use_dora", "modules_to_save", "rank_pattern", "alpha_pattern", "fan_in_fan_out", "enable_lora", "lora_bias",
    "layer_replication", "trainable_token_indices", "use_qalora", "alora_invocation_tokens", "target_parameters",
    "use_bdlora", "arrow_config", "kasa_config", "velora_config", "monteclora_config", "eva_config", "corda_config",
    "lora_ga_config", "megatron_config",
  ]

  private static func isHarmless(_ name: String, _ value: Any) -> Bool {
    switch name {
    case "bias": return value as? String == "none" || value is NSNull
    case "init_lora_weights":
      // Any other changes the layers themselves before training.
      return !(value is String) || value as? String == "gaussian"
    default:
      guard refused.contains(name) else { return true }
      if let list = value as? [Any] { return list.isEmpty }
      if let object = value as? [String: Any] { return object.isEmpty }
      return value is NSNull || (value as? NSNumber)?.boolValue == false
    }
  }
}
