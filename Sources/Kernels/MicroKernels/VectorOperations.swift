// The few vector operations of the micro-kernels. Inlined everywhere: a vector passed to a function that is not
// inlined travels in 128-bit pieces, whatever the module's instruction set.

/// 8 lanes at `pointer`, which need not be aligned.
@inline(__always)
func load8(_ pointer: UnsafePointer<Float>) -> SIMD8<Float> {
  UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Float>.self)
}

/// 16 lanes at `pointer`, which need not be aligned.
@inline(__always)
func load16(_ pointer: UnsafePointer<Float>) -> SIMD16<Float> {
  UnsafeRawPointer(pointer).loadUnaligned(as: SIMD16<Float>.self)
}

@inline(__always)
func store(_ vector: SIMD8<Float>, _ pointer: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(pointer).storeBytes(of: vector, as: SIMD8<Float>.self)
}

@inline(__always)
func store(_ vector: SIMD16<Float>, _ pointer: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(pointer).storeBytes(of: vector, as: SIMD16<Float>.self)
}

/// `accumulator + a·b`: one fused instruction where the module is compiled for FMA, a product and a sum elsewhere
/// (without the hardware, `addingProduct` is a library call for each lane).
@inline(__always)
func multiplyAdd(_ accumulator: SIMD8<Float>, _ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
  #if VIDMETRICS_FMA
    accumulator.addingProduct(a, b)
  #else
    accumulator + a * b
  #endif
}

@inline(__always)
func multiplyAdd(_ accumulator: SIMD16<Float>, _ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> {
  #if VIDMETRICS_FMA
    accumulator.addingProduct(a, b)
  #else
    accumulator + a * b
  #endif
}

/// max(v, 0) in each lane; a NaN stays a NaN, so that it is seen in the result.
@inline(__always)
func rectified(_ vector: SIMD8<Float>) -> SIMD8<Float> {
  var vector = vector
  vector.replace(with: 0, where: vector .< 0)
  return vector
}

@inline(__always)
func rectified(_ vector: SIMD16<Float>) -> SIMD16<Float> {
  var vector = vector
  vector.replace(with: 0, where: vector .< 0)
  return vector
}

/// The larger of each lane; a NaN in `b` stays.
@inline(__always)
func larger(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> {
  b.replacing(with: a, where: a .> b)
}
