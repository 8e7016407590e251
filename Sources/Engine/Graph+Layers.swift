import Kernels
import Tensors

/// The layers that networks are written with. Each checks the shapes that it is given.
extension Graph {
  /// An image, [T][H][W][channels], or what else goes in.
  public mutating func input(_ name: String = "Input", _ shape: Shape) -> Value {
    precondition(nodes.isEmpty, "Graph: the input comes first, and there is one")
    return add(name, .input, [], shape)
  }

  public mutating func standardisation(_ name: String, _ x: Value, _ standardisation: Standardisation) -> Value {
    let (channels, volume) = maps(x)
    precondition(channels == standardisation.mean.count, "Graph: a mean for each channel")
    return add(name, .standardisation(standardisation), [x], .maps(channels: channels, volume))
  }

  /// - Parameters:
  ///   - axes: of the kernel in the weights: 2 or 3.
  ///   - epsilon: of weight standardisation; nil for none.
  public mutating func convolution(
    _ name: String, _ x: Value, to outputs: Int, kernel: Volume = .one, axes: Int, stride: Volume = .one,
    padding: Padding = .same, hasBias: Bool = true, standardisedBy epsilon: Float? = nil
  ) -> Value {
    let (channels, volume) = maps(x)
    let stored = Filter.stored(
      StoredFilter(prefix + name, kernel: kernel, axes: axes, inputs: channels, outputs: outputs, hasBias: hasBias))
    let filter = epsilon.map { Filter.weightStandardised(stored, epsilon: $0) } ?? stored
    let after = padding.volume(volume, kernel: kernel, stride: stride).output
    return add(
      name, .convolution(FilteredSum(filter, stride: stride, padding: padding)), [x],
      .maps(channels: outputs, after))
  }

  /// x·W + b of rows or of a vector.
  ///
  /// - Parameter axes: of the kernel of one in the weights, where it is stored as that of a convolution.
  public mutating func dense(_ name: String, _ x: Value, to outputs: Int, axes: Int = 0, hasBias: Bool = true) -> Value
  {
    let after: Shape
    switch shape(x) {
    case .rows(let count, _): after = .rows(count, channels: outputs)
    case .vector: after = .vector(outputs)
    case .maps, .ids, .planes: preconditionFailure("Graph: a dense layer is for rows and vectors")
    }
    let filter = StoredFilter(
      prefix + name, kernel: .one, axes: axes, inputs: shape(x).channels ?? 0, outputs: outputs, hasBias: hasBias)
    return add(name, .convolution(FilteredSum(.stored(filter))), [x], after)
  }

  /// - Parameter unit: the convolution that the normalisation belongs to.
  public mutating func batchNormalisation(_ unit: String, _ x: Value, epsilon: Float) -> Value {
    _ = maps(x)
    let normalisation = BatchNormalisation(prefix + unit, epsilon: epsilon)
    return add(unit + "/batch_norm", .batchNormalisation(normalisation), [x], shape(x))
  }

  public mutating func rectifier(_ unit: String, _ x: Value) -> Value {
    add(unit + "/relu", .rectifier, [x], shape(x))
  }

  /// A convolution without bias, its batch normalisation and a rectifier: what Inception networks are made of.
  public mutating func unit(
    _ name: String, _ x: Value, to outputs: Int, kernel: Volume, axes: Int, stride: Volume = .one,
    padding: Padding = .same, epsilon: Float
  ) -> Value {
    var x = convolution(
      name, x, to: outputs, kernel: kernel, axes: axes, stride: stride, padding: padding, hasBias: false)
    x = batchNormalisation(name, x, epsilon: epsilon)
    return rectifier(name, x)
  }

  public mutating func maxPool(
    _ name: String, _ x: Value, _ size: Volume, stride: Volume = .one, padding: Padding = .same
  ) -> Value {
    let window = Window(size, stride: stride, padding: padding)
    return add(name, .maxPool(window), [x], pooled(x, window))
  }

  public mutating func averagePool(_ name: String, _ x: Value, _ size: Volume) -> Value {
    let window = Window(size)
    return add(name, .averagePool(window, rectifies: false), [x], pooled(x, window))
  }

  public mutating func concatenation(_ name: String, _ parts: [Value]) -> Value {
    switch shape(parts[0]) {
    case .vector:
      let count = parts.reduce(0) { sum, part in
        guard case .vector(let count) = shape(part) else { preconditionFailure("Graph: vectors go with vectors") }
        return sum + count
      }
      return add(name, .concatenation, parts, .vector(count))
    case .maps(_, let volume):
      let channels = parts.reduce(0) { sum, part in
        precondition(maps(part).volume == volume, "Graph: maps of one volume go together")
        return sum + maps(part).channels
      }
      return add(name, .concatenation, parts, .maps(channels: channels, volume))
    case .rows, .ids, .planes: preconditionFailure("Graph: maps and vectors are concatenated")
    }
  }

  /// - Parameter x: maps, of which each pixel is a patch, or a row for each patch.
  public mutating func tokens(_ name: String, _ x: Value, classToken: String?, positions: Positions) -> Value {
    let (count, channels): (Int, Int)
    switch shape(x) {
    case .maps(let c, let volume): (count, channels) = (volume.count, c)
    case .rows(let rows, let c): (count, channels) = (rows, c)
    case .vector, .ids, .planes: preconditionFailure("Graph: patches are maps or rows")
    }
    let tokens = Tokens(classToken: classToken, positions: positions)
    return add(name, .tokens(tokens), [x], .rows((classToken == nil ? 0 : 1) + count, channels: channels))
  }

  public mutating func groupNormalisation(_ name: String, _ x: Value, groups: Int, epsilon: Float) -> Value {
    let (channels, _) = maps(x)
    precondition(GroupNormalisation.fits(channels: channels, groups: groups), "Graph: groups lie within blocks")
    return add(
      name, .groupNormalisation(prefix + name, groups: groups, epsilon: epsilon, rectifies: false), [x], shape(x))
  }

  /// Each frame's pixels side by side: channels are in the order (row, column, channel).
  public mutating func flattenedFrames(_ name: String, _ x: Value) -> Value {
    let (channels, volume) = maps(x)
    precondition(channels % ActivationLayout.block == 0, "Graph: whole blocks are flattened")
    return add(
      name, .flattenedFrames, [x], .rows(volume.frames, channels: channels * volume.height * volume.width))
  }

  /// Several dense layers of the same rows, their outputs side by side: q, k and v.
  public mutating func joinedDense(_ name: String, _ parts: [String], _ x: Value, to outputs: Int) -> Value {
    let (count, channels) = rows(x)
    let filters = parts.map {
      Filter.stored(
        StoredFilter(prefix + $0, kernel: .one, axes: 0, inputs: channels, outputs: outputs, hasBias: true))
    }
    return add(
      name, .convolution(FilteredSum(.joined(filters))), [x], .rows(count, channels: parts.count * outputs))
  }

  public mutating func embedding(_ name: String, _ ids: Value, vocabulary: Int, channels: Int) -> Value {
    guard case .ids(let count) = shape(ids) else { preconditionFailure("Graph: an embedding is of ids") }
    return add(
      name, .embedding(Embedding(prefix: prefix, vocabulary: vocabulary, channels: channels)), [ids],
      .rows(count, channels: channels))
  }

  public mutating func layerNormalisation(_ name: String, _ x: Value, epsilon: Float) -> Value {
    add(name, .layerNormalisation(prefix + name, epsilon: epsilon), [x], shape(x))
  }

  public mutating func attention(_ name: String, _ qkv: Value, heads: Int, isCausal: Bool = false) -> Value {
    let (count, channels) = rows(qkv)
    precondition(channels % (3 * heads) == 0, "Graph: q, k and v of whole heads")
    return add(name, .attention(heads: heads, isCausal: isCausal), [qkv], .rows(count, channels: channels / 3))
  }

  public mutating func function(_ name: String, _ kind: ValueFunction.Kind, _ x: Value) -> Value {
    switch shape(x) {
    case .rows, .maps: break
    case .vector, .ids, .planes: preconditionFailure("Graph: functions are of rows and maps")
    }
    return add(name, .function(kind), [x], shape(x))
  }

  public mutating func scale(_ name: String, _ x: Value) -> Value { add(name, .scale(prefix + name), [x], shape(x)) }

  public mutating func sum(_ name: String, _ a: Value, _ b: Value) -> Value {
    precondition(shape(a) == shape(b), "Graph: a sum is of values of one shape")
    return add(name, .sum(rectifies: false), [a, b], shape(a))
  }

  /// The class token.
  public mutating func firstRow(_ name: String, _ x: Value) -> Value {
    add(name, .row(.first), [x], .vector(rows(x).channels))
  }

  /// The row of the text's end.
  public mutating func rowOfLargestID(_ name: String, _ x: Value, ids: Value) -> Value {
    precondition(shape(ids) == .ids(rows(x).count), "Graph: an id for each row")
    return add(name, .row(.ofLargestID), [x, ids], .vector(rows(x).channels))
  }

  /// - Parameter windows: frames of the average pooling before the mean; 1 for none.
  public mutating func mean(_ name: String, _ x: Value, windows: Int = 1) -> Value {
    let (channels, volume) = maps(x)
    precondition(windows >= 1 && windows <= volume.frames, "Graph: a window must fit into the frames")
    return add(name, .mean(windows: windows), [x], .vector(channels))
  }

  public mutating func unitLength(_ name: String, _ x: Value) -> Value {
    _ = maps(x)
    return add(name, .unitLength, [x], shape(x))
  }

  public mutating func centredUnit(_ name: String, _ x: Value) -> Value {
    guard case .vector = shape(x) else { preconditionFailure("Graph: a vector is needed") }
    return add(name, .centredUnit, [x], shape(x))
  }

  private func maps(_ x: Value) -> (channels: Int, volume: Volume) {
    guard case .maps(let channels, let volume) = shape(x) else { preconditionFailure("Graph: maps are needed") }
    return (channels, volume)
  }

  private func rows(_ x: Value) -> (count: Int, channels: Int) {
    guard case .rows(let count, let channels) = shape(x) else { preconditionFailure("Graph: rows are needed") }
    return (count, channels)
  }

  private func pooled(_ x: Value, _ window: Window) -> Shape {
    let (channels, volume) = maps(x)
    return .maps(
      channels: channels, window.padding.volume(volume, kernel: window.size, stride: window.stride).output)
  }
}
