#if arch(x86_64)
  import KernelsAVX2
  import KernelsAVX512
#endif

/// The micro-kernels of one instruction set. Code compiled for a wider set is reached only through such a table.
public struct KernelTable: Sendable {
  /// How a convolution tile takes its pixels.
  enum Tile: Sendable {
    /// Up to `most` pixels from anywhere, × 16 channels (`PixelTile.swift`).
    case pixels(most: Int, PixelTileKernel)
    /// Two runs of 4 to 7 pixels, × 32 channels (`RunTile.swift`).
    case runs(RunTileKernel)
  }

  typealias PixelTileKernel =
    @Sendable (
      Int, UnsafePointer<Float>, UnsafePointer<Int>, UnsafePointer<Int>, Int, Int, UnsafePointer<Float>,
      UnsafePointer<Float>?, UnsafeMutablePointer<Float>, UnsafePointer<Int>, Bool
    ) -> Void

  typealias RunTileKernel =
    @Sendable (
      Int, UnsafePointer<Float>, UnsafePointer<Int>, Int, UnsafePointer<Int>, Int, Int, UnsafePointer<Float>,
      UnsafePointer<Float>?, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafePointer<Int>, Bool
    ) -> Void

  typealias MaxPoolRowKernel =
    @Sendable (
      UnsafePointer<Float>, UnsafePointer<Int>, Int, Int, Int, UnsafeMutablePointer<Float>, Int
    ) -> Void

  typealias AveragePoolRowKernel =
    @Sendable (
      UnsafePointer<Float>, UnsafePointer<Int>, Int, UnsafePointer<Float>, Int, UnsafeMutablePointer<Float>, Bool
    ) -> Void

  typealias WinogradInputKernel =
    @Sendable (
      UnsafePointer<Float>, Int, UnsafeMutablePointer<Float>, Int, UnsafeMutablePointer<Float>
    ) -> Void

  typealias WinogradOutputKernel =
    @Sendable (
      UnsafePointer<Float>, Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int, Int, Int, Bool,
      UnsafeMutablePointer<Float>
    ) -> Void

  /// Instruction set and tile, as every run records them: `avx2 6x16`.
  public let name: String
  let tile: Tile
  let maxPoolRow: MaxPoolRowKernel
  let averagePoolRow: AveragePoolRowKernel
  let winograd: [WinogradVariant]

  /// Output channels of one tile.
  var tileChannels: Int {
    switch tile {
    case .pixels: 16
    case .runs: 32
    }
  }

  /// Pixels of a run that takes at least `least` (1...7).
  static func runLength(_ least: Int) -> Int { max(4, least) }

  /// The table for `instructionSet`, which the processor must have.
  public init(_ instructionSet: InstructionSet) {
    #if arch(x86_64)
      if instructionSet == .avx512 {
        self.init(
          name: "avx512 14x32", tile: .runs(KernelsAVX512.runTile), maxPoolRow: KernelsAVX512.maxPoolRow,
          averagePoolRow: KernelsAVX512.averagePoolRow,
          winograd: WinogradVariant.all(
            KernelsAVX512.winogradInput6, KernelsAVX512.winogradInput7, KernelsAVX512.winogradOutput4of6,
            KernelsAVX512.winogradOutput4of7, KernelsAVX512.winogradOutput5of7))
        return
      }
      if instructionSet == .avx2 {
        self.init(
          name: "avx2 6x16", tile: .pixels(most: 6, KernelsAVX2.pixelTile), maxPoolRow: KernelsAVX2.maxPoolRow,
          averagePoolRow: KernelsAVX2.averagePoolRow,
          winograd: WinogradVariant.all(
            KernelsAVX2.winogradInput6, KernelsAVX2.winogradInput7, KernelsAVX2.winogradOutput4of6,
            KernelsAVX2.winogradOutput4of7, KernelsAVX2.winogradOutput5of7))
        return
      }
    #endif
    self.init(
      name: "baseline 2x16", tile: .pixels(most: 2, Kernels.pixelTile), maxPoolRow: Kernels.maxPoolRow,
      averagePoolRow: Kernels.averagePoolRow,
      winograd: WinogradVariant.all(
        Kernels.winogradInput6, Kernels.winogradInput7, Kernels.winogradOutput4of6,
        Kernels.winogradOutput4of7, Kernels.winogradOutput5of7))
  }

  private init(
    name: String, tile: Tile, maxPoolRow: @escaping MaxPoolRowKernel, averagePoolRow: @escaping AveragePoolRowKernel,
    winograd: [WinogradVariant]
  ) {
    self.name = name
    self.tile = tile
    self.maxPoolRow = maxPoolRow
    self.averagePoolRow = averagePoolRow
    self.winograd = winograd
  }

  /// The tile of AVX-512 compiled for `instructionSet`: it lets any machine test what that tile computes. Slow.
  package static func runTiles(compiledFor instructionSet: InstructionSet) -> KernelTable {
    #if arch(x86_64)
      if instructionSet == .avx2 {
        return KernelTable(
          name: "avx2 14x32", tile: .runs(KernelsAVX2.runTile), maxPoolRow: KernelsAVX2.maxPoolRow,
          averagePoolRow: KernelsAVX2.averagePoolRow,
          winograd: WinogradVariant.all(
            KernelsAVX2.winogradInput6, KernelsAVX2.winogradInput7, KernelsAVX2.winogradOutput4of6,
            KernelsAVX2.winogradOutput4of7, KernelsAVX2.winogradOutput5of7))
      }
    #endif
    return KernelTable(
      name: "baseline 14x32", tile: .runs(Kernels.runTile), maxPoolRow: Kernels.maxPoolRow,
      averagePoolRow: Kernels.averagePoolRow,
      winograd: WinogradVariant.all(
        Kernels.winogradInput6, Kernels.winogradInput7, Kernels.winogradOutput4of6,
        Kernels.winogradOutput4of7, Kernels.winogradOutput5of7))
  }
}
