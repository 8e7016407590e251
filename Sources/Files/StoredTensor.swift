import Foundation

/// How the numbers of a stored tensor are kept; always little-endian.
package enum ElementType: String, Sendable {
  case float16, bfloat16, float32, float64
  case int8, uint8, int16, int32, int64
  case bool

  package var size: Int {
    switch self {
    case .int8, .uint8, .bool: 1
    case .float16, .bfloat16, .int16: 2
    case .float32, .int32: 4
    case .float64, .int64: 8
    }
  }
}

/// A tensor where it lies in a file: nothing is copied or converted until `values` is asked for.
package struct StoredTensor: Sendable {
  package static let maximumAxes = 8

  package let type: ElementType
  package let shape: [Int]
  /// Step from one index to the next along each axis, in elements.
  package let strides: [Int]
  private let bytes: ByteSlice

  /// The bytes of its elements, and whatever lies behind them.
  package var content: ByteSlice { bytes }
  package var label: String { bytes.label }
  package var count: Int { shape.reduce(1, &*) }

  /// A tensor over `bytes`, whose first element is at byte 0.
  ///
  /// Throws unless every index lies inside `bytes` and the tensor has no more elements than the bytes do: a stored
  /// tensor never repeats its elements. `strides` nil means row-major.
  package init(name: String, type: ElementType, shape: [Int], strides: [Int]? = nil, bytes: ByteSlice) throws {
    let strides = strides ?? StoredTensor.rowMajor(shape)
    let available = bytes.count / type.size
    var count = 1
    var last = 0
    guard strides.count == shape.count, shape.count <= Self.maximumAxes else {
      throw FilesError.malformed(
        path: bytes.label, .contradiction(part: "axes of tensor `\(name)`", claimed: shape.count, found: strides.count))
    }
    for (extent, stride) in zip(shape, strides) {
      guard extent >= 0, stride >= 0 else {
        throw FilesError.malformed(path: bytes.label, .nonsense(part: "shape of tensor `\(name)`", at: bytes.offset))
      }
      let (product, tooMany) = count.multipliedReportingOverflow(by: extent)
      let (span, tooLong) = stride.multipliedReportingOverflow(by: max(extent - 1, 0))
      let (end, tooFar) = last.addingReportingOverflow(span)
      guard !tooMany, !tooLong, !tooFar, product <= available || shape.contains(0) else {
        throw FilesError.malformed(
          path: bytes.label,
          .endsEarly(
            part: "tensor `\(name)`", at: bytes.offset,
            needs: product.multipliedReportingOverflow(by: type.size).partialValue, of: bytes.count))
      }
      count = product
      last = end
    }
    guard shape.contains(0) || last < available else {
      throw FilesError.malformed(
        path: bytes.label,
        .endsEarly(part: "tensor `\(name)`", at: bytes.offset, needs: last &* type.size &+ type.size, of: bytes.count))
    }
    self.type = type
    self.shape = shape
    self.strides = strides
    self.bytes = bytes
  }

  package static func rowMajor(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in stride(from: shape.count - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] &* max(shape[axis + 1], 1)
    }
    return strides
  }

  /// The elements as `Float`, row-major over `axes`: axis k of the result is axis `axes[k]` of the file's tensor.
  ///
  /// Reads the file in its own order and writes whole cache lines, so that a transposition of n elements costs O(n)
  /// memory traffic: 12.7 million elements of I3D take some 60 ms.
  package func values(axes: [Int]? = nil) -> [Float] { converted(axes) }

  /// The elements as `Double`, row-major.
  package func doubles() -> [Double] { converted(nil) }

  private func converted<Number: BinaryFloatingPoint>(_ axes: [Int]?) -> [Number] {
    let axes = axes ?? Array(shape.indices)
    precondition(axes.sorted() == Array(shape.indices), "values(axes:) needs a permutation of the axes")
    let walk = Walk(extents: axes.map { shape[$0] }, steps: axes.map { strides[$0] })
    return [Number](unsafeUninitializedCapacity: count) { buffer, initialised in
      initialised = count
      guard count > 0, let target = buffer.baseAddress else { return }
      bytes.withBytes { source in
        guard let base = source.baseAddress else { return }
        if Number.self == Float.self, type == .float32, walk.isStraight {
          memcpy(target, base, count * 4)
        } else {
          type.convert(base, walk, to: target)
        }
      }
    }
  }
}

extension ElementType {
  /// The first elements of `bytes`, as many as `floats` holds.
  package func read(_ bytes: UnsafeRawBufferPointer, into floats: UnsafeMutableBufferPointer<Float>) {
    precondition(bytes.count >= floats.count * size, "ElementType: fewer bytes than elements")
    guard let base = bytes.baseAddress, let target = floats.baseAddress else { return }
    convert(base, Walk(extents: [floats.count], steps: [1]), to: target)
  }

  fileprivate func convert<Number: BinaryFloatingPoint>(
    _ base: UnsafeRawPointer, _ walk: Walk, to target: UnsafeMutablePointer<Number>
  ) {
    switch self {
    case .float32: walk.copy(to: target) { Number(Float(bitPattern: at(base, $0))) }
    case .float64: walk.copy(to: target) { Number(Double(bitPattern: at(base, $0))) }
    case .float16: walk.copy(to: target) { Number(Float(half: at(base, $0))) }
    case .bfloat16: walk.copy(to: target) { Number(Float(bitPattern: UInt32(at(base, $0) as UInt16) << 16)) }
    case .int8: walk.copy(to: target) { Number(at(base, $0) as Int8) }
    case .uint8, .bool: walk.copy(to: target) { Number(at(base, $0) as UInt8) }
    case .int16: walk.copy(to: target) { Number(at(base, $0) as Int16) }
    case .int32: walk.copy(to: target) { Number(at(base, $0) as Int32) }
    case .int64: walk.copy(to: target) { Number(at(base, $0) as Int64) }
    }
  }
}

/// Element `index` of an array that need not be aligned.
@inline(__always)
private func at<T: FixedWidthInteger>(_ base: UnsafeRawPointer, _ index: Int) -> T {
  T(littleEndian: base.loadUnaligned(fromByteOffset: index &* MemoryLayout<T>.size, as: T.self))
}

/// The loops of a strided copy into a row-major array.
private struct Walk {
  let inner: Int
  let innerStep: Int
  /// The other axes, in the order of the source's memory, slowest first.
  let extents: [Int]
  let steps: [Int]
  let targetSteps: [Int]

  /// Source and target have one order.
  let isStraight: Bool

  init(extents: [Int], steps: [Int]) {
    isStraight = steps == StoredTensor.rowMajor(extents)
    let target = StoredTensor.rowMajor(extents)
    inner = extents.last ?? 1
    innerStep = steps.last ?? 1
    let order = extents.indices.dropLast().filter { extents[$0] > 1 }.sorted { steps[$0] > steps[$1] }
    self.extents = order.map { extents[$0] }
    self.steps = order.map { steps[$0] }
    targetSteps = order.map { target[$0] }
  }

  @inline(__always)
  func copy<Number>(to target: UnsafeMutablePointer<Number>, _ load: (Int) -> Number) {
    let block = innerStep == 1 ? inner : 16
    let outer = extents.reduce(1, &*)
    var index = [Int](repeating: 0, count: extents.count)
    for first in stride(from: 0, to: inner, by: block) {
      let width = min(block, inner - first)
      var from = first &* innerStep
      var to = first
      for _ in 0..<outer {
        for lane in 0..<width { target[to &+ lane] = load(from &+ lane &* innerStep) }
        var axis = extents.count - 1
        while axis >= 0 {
          index[axis] &+= 1
          from &+= steps[axis]
          to &+= targetSteps[axis]
          if index[axis] < extents[axis] { break }
          from &-= steps[axis] &* extents[axis]
          to &-= targetSteps[axis] &* extents[axis]
          index[axis] = 0
          axis -= 1
        }
      }
    }
  }
}
