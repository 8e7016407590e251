/// One tensor of a network: its canonical name, and where a family of programs keeps it.
package struct TensorRule: Sendable {
  package enum Form: Sendable {
    /// Axis k of the canonical tensor is axis `axes[k]` of the file's.
    case axes([Int])
    /// One value a channel; axes of extent 1 are dropped.
    case vector
    /// [rows][columns]; axes of extent 1 in front are dropped.
    case rows
  }

  /// `#` stands for the number of a block, here and in `file`.
  package let name: String
  package let file: String
  package let form: Form
  package let isRequired: Bool
  /// A tensor of nothing but this value changes nothing, and is left out.
  package let neutral: Float?

  package init(_ name: String, _ file: String, _ form: Form, isRequired: Bool = true, neutral: Float? = nil) {
    self.name = name
    self.file = file
    self.form = form
    self.isRequired = isRequired
    self.neutral = neutral
  }

  /// The rule of a file that keeps the tensor under its canonical name and axes.
  var canonical: TensorRule {
    var form = form
    if case .axes(let axes) = form { form = .axes(Array(axes.indices)) }
    return TensorRule(name, name, form, isRequired: isRequired && neutral == nil, neutral: neutral)
  }

  /// The rule for the same tensor of a network that is a part of another.
  func under(_ prefix: String) -> TensorRule {
    TensorRule(prefix + name, prefix + file, form, isRequired: isRequired, neutral: neutral)
  }

  /// The rule of block `index`.
  func block(_ index: Int) -> TensorRule {
    func filled(_ name: String) -> String { name.split(separator: "#").joined(separator: "\(index)") }
    return TensorRule(filled(name), filled(file), form, isRequired: isRequired, neutral: neutral)
  }

  /// What stands before the number of a block in the file's name; nil for a tensor outside the blocks.
  var blockHead: Substring? { file.firstIndex(of: "#").map { file[..<$0] } }

  /// A layer's `weight` [out][in] and `bias`.
  static func linear(_ name: String, _ file: String) -> [TensorRule] {
    [TensorRule("\(name)/kernel", "\(file)weight", .axes([1, 0])), TensorRule("\(name)/bias", "\(file)bias", .vector)]
  }

  static func norm(_ name: String, _ file: String) -> [TensorRule] {
    [TensorRule("\(name)/scale", "\(file)weight", .vector), TensorRule("\(name)/offset", "\(file)bias", .vector)]
  }
}
