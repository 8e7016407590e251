/// How one family of programs names and lays out the tensors of a network.
package struct TensorLayout: Sendable {
  /// For messages: "PyTorch piergiaj".
  package let name: String
  /// "i3d", "vit-dino", ...
  package let network: String
  /// What joins the parts of a name; nil where nothing may stand before the layout's names.
  package let separator: String?
  /// The tensors that tell the layout: all of `marks` and none of `foreign` are in a file of it.
  package let marks: [String]
  package let foreign: [String]
  package let rules: [TensorRule]
  /// Everything under these beginnings must belong to the network.
  package let scopes: [String]
  /// Tensors that do not belong to the network, by the end of their name, or by its beginning where a `*` follows.
  package let ignored: [String]

  package init(
    name: String, network: String, separator: String?, marks: [String], foreign: [String] = [], rules: [TensorRule],
    scopes: [String] = [""], ignored: [String] = []
  ) {
    self.name = name
    self.network = network
    self.separator = separator
    self.marks = marks
    self.foreign = foreign
    self.rules = rules
    self.scopes = scopes
    self.ignored = ignored
  }

  /// The layout in which weights are stored here.
  package static func canonical(
    _ network: String, marks: [String], foreign: [String] = [], rules: [TensorRule]
  ) -> TensorLayout {
    TensorLayout(
      name: "canonical", network: network, separator: nil, marks: marks, foreign: foreign,
      rules: rules.map(\.canonical))
  }

  package static let all: [TensorLayout] =
    [.i3dCanonical, .i3dJAX, .i3dTensorFlow, .i3dPiergiaj, .i3dHassony, .inceptionCanonical, .inceptionTorchScript]
    + [.dinoCanonical, .dino, .dinov2Canonical, .dinov2, .clipCanonical, .clip]
    + [.dreamSimBranch] + DreamSimKind.all.map(\.layout) + [.alexNetCanonical, .alexNet, .lpipsCanonical, .lpips]
    + [.linearHeadCanonical, .linearHead, .musiqCanonical, .musiq, .raftCanonical, .raft]
    + [.amtCanonical, .amt]

  /// What stands before the layout's names in a file: `module.`, `state_dict.`, `net.layers.`. Several where a file
  /// holds several networks.
  func prefixes(in names: some Collection<String>, has: (String) -> Bool) -> [String] {
    names.compactMap { name in
      guard name == marks[0] || separator.map({ name.hasSuffix($0 + marks[0]) }) ?? false else { return nil }
      let prefix = String(name.dropLast(marks[0].count))
      return marks.allSatisfy { has(prefix + $0) } && !foreign.contains { has(prefix + $0) } ? prefix : nil
    }
  }

  /// The rules with as many blocks as `names` have; at least one, so that what is missing has a name.
  func rules(for names: some Collection<String>, prefix: String) -> [TensorRule] {
    var counts: [Substring: Int] = [:]
    for head in Set(rules.compactMap(\.blockHead)) {
      let start = prefix + head
      let numbers = names.lazy.filter { $0.hasPrefix(start) }.compactMap { name in
        Int(name.dropFirst(start.count).prefix { $0.isASCII && $0.isNumber })
      }
      counts[head] = max(Set(numbers).count, 1)
    }
    return rules.flatMap { rule in
      guard let count = rule.blockHead.flatMap({ counts[$0] }) else { return [rule] }
      return (0..<count).map(rule.block)
    }
  }

  /// Whether a tensor, called so behind the prefix, does not belong to the network.
  func ignores(_ name: Substring) -> Bool {
    ignored.contains { pattern in
      pattern.hasSuffix("*")
        ? name.hasPrefix(pattern.dropLast()) : name == pattern || name.hasSuffix((separator ?? "/") + pattern)
    }
  }
}
