#if arch(x86_64)
  import KernelsAVX2
  import KernelsAVX512
#endif

/// The micro-kernels as one module compiled them.
struct MicroKernels: Sendable {
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

  typealias WinogradInputLineKernel =
    @Sendable (UnsafePointer<Float>, Int, UnsafeMutablePointer<Float>, Int) -> Void

  typealias WinogradOutputLineKernel =
    @Sendable (UnsafePointer<Float>, Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int, Int, Bool) -> Void

  typealias NormaliseRowsKernel =
    @Sendable (
      UnsafePointer<Float>, Int, Int, Int, UnsafePointer<Float>, UnsafePointer<Float>, Float,
      UnsafeMutablePointer<Float>, Int
    ) -> Void

  typealias NormaliseGroupsKernel =
    @Sendable (
      UnsafePointer<Float>, Int, Int, Int, Int, UnsafePointer<Float>, UnsafePointer<Float>, Float, Bool,
      UnsafeMutablePointer<Float>, Int
    ) -> Void

  typealias SoftMaxRowKernel = @Sendable (UnsafeMutablePointer<Float>, Int, Float) -> Void

  typealias ValuesKernel = @Sendable (UnsafeMutablePointer<Float>, Int) -> Void

  typealias PlaneMomentsKernel =
    @Sendable (UnsafePointer<Float>, Int, Int, Int, UnsafeMutablePointer<Float>) -> Void

  typealias NormaliseRowKernel =
    @Sendable (UnsafePointer<Float>, Int, UnsafePointer<Float>, Float, UnsafeMutablePointer<Float>, Bool) -> Void

  typealias AddRowKernel =
    @Sendable (UnsafePointer<Float>, UnsafePointer<Float>, Int, UnsafeMutablePointer<Float>, Bool) -> Void

  typealias GateRowKernel =
    @Sendable (
      UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, Int, UnsafeMutablePointer<Float>
    ) -> Void

  typealias BlendRowKernel =
    @Sendable (
      UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, Int,
      UnsafeMutablePointer<Float>
    ) -> Void

  typealias HalvePlaneKernel = @Sendable (UnsafePointer<Float>, Int, Int, UnsafeMutablePointer<Float>) -> Void

  typealias LookUpPlaneKernel =
    @Sendable (
      UnsafePointer<Float>, Int, Int, Float, Float, Int, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>
    ) -> Void

  typealias BlendNeighboursKernel =
    @Sendable (
      UnsafePointer<Float>, Int, Int, Float, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>
    ) -> Void

  typealias BlendPixelsKernel =
    @Sendable (
      UnsafePointer<Float>, Int, Int, UnsafePointer<Int>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int
    ) -> Void

  typealias SlopeRowKernel = @Sendable (UnsafeMutablePointer<Float>, Int, UnsafePointer<Float>) -> Void

  typealias ResampleRowKernel =
    @Sendable (
      UnsafePointer<Float>, UnsafePointer<Float>, Float, UnsafePointer<Int>, UnsafePointer<Float>, UnsafePointer<Float>,
      UnsafePointer<Float>?, UnsafeMutablePointer<Float>, Int
    ) -> Void

  typealias CorrelatePatchKernel =
    @Sendable (UnsafePointer<Float>, Int, UnsafePointer<Float>, Int, Int, Int, UnsafeMutablePointer<Float>) -> Void

  typealias PeakKernel = @Sendable (Int, UnsafeMutablePointer<Float>) -> Int

  let pixelTile: PixelTileKernel
  let runTile: RunTileKernel
  let maxPoolRow: MaxPoolRowKernel
  let averagePoolRow: AveragePoolRowKernel
  let winogradInput6: WinogradInputKernel
  let winogradInput7: WinogradInputKernel
  let winogradOutput4of6: WinogradOutputKernel
  let winogradOutput4of7: WinogradOutputKernel
  let winogradOutput5of7: WinogradOutputKernel
  let winogradInputLine7: WinogradInputLineKernel
  let winogradOutputLine4of7: WinogradOutputLineKernel
  let normaliseRows: NormaliseRowsKernel
  let normaliseGroups: NormaliseGroupsKernel
  let softMaxRow: SoftMaxRowKernel
  let geluValues: ValuesKernel
  let quickGELUValues: ValuesKernel
  let planeMoments: PlaneMomentsKernel
  let normaliseRow: NormaliseRowKernel
  let addRow: AddRowKernel
  let gateRow: GateRowKernel
  let blendRow: BlendRowKernel
  let sigmoidValues: ValuesKernel
  let tanhValues: ValuesKernel
  let halvePlane: HalvePlaneKernel
  let lookUpPlane: LookUpPlaneKernel
  let blendNeighbours: BlendNeighboursKernel
  let blendPixels: BlendPixelsKernel
  let slopeRow: SlopeRowKernel
  let resampleRow: ResampleRowKernel
  let correlatePatch: CorrelatePatchKernel
  let peakLoop: PeakKernel

  static let baseline = MicroKernels(
    pixelTile: Kernels.pixelTile, runTile: Kernels.runTile, maxPoolRow: Kernels.maxPoolRow,
    averagePoolRow: Kernels.averagePoolRow, winogradInput6: Kernels.winogradInput6,
    winogradInput7: Kernels.winogradInput7, winogradOutput4of6: Kernels.winogradOutput4of6,
    winogradOutput4of7: Kernels.winogradOutput4of7, winogradOutput5of7: Kernels.winogradOutput5of7,
    winogradInputLine7: Kernels.winogradInputLine7, winogradOutputLine4of7: Kernels.winogradOutputLine4of7,
    normaliseRows: Kernels.normaliseRows, normaliseGroups: Kernels.normaliseGroups, softMaxRow: Kernels.softMaxRow,
    geluValues: Kernels.geluValues,
    quickGELUValues: Kernels.quickGELUValues,
    planeMoments: Kernels.planeMoments, normaliseRow: Kernels.normaliseRow, addRow: Kernels.addRow,
    gateRow: Kernels.gateRow, blendRow: Kernels.blendRow, sigmoidValues: Kernels.sigmoidValues,
    tanhValues: Kernels.tanhValues, halvePlane: Kernels.halvePlane, lookUpPlane: Kernels.lookUpPlane,
    blendNeighbours: Kernels.blendNeighbours, blendPixels: Kernels.blendPixels, slopeRow: Kernels.slopeRow,
    resampleRow: Kernels.resampleRow, correlatePatch: Kernels.correlatePatch,
    peakLoop: Kernels.peakLoop)

  #if arch(x86_64)
    static let avx2 = MicroKernels(
      pixelTile: KernelsAVX2.pixelTile, runTile: KernelsAVX2.runTile, maxPoolRow: KernelsAVX2.maxPoolRow,
      averagePoolRow: KernelsAVX2.averagePoolRow, winogradInput6: KernelsAVX2.winogradInput6,
      winogradInput7: KernelsAVX2.winogradInput7, winogradOutput4of6: KernelsAVX2.winogradOutput4of6,
      winogradOutput4of7: KernelsAVX2.winogradOutput4of7, winogradOutput5of7: KernelsAVX2.winogradOutput5of7,
      winogradInputLine7: KernelsAVX2.winogradInputLine7, winogradOutputLine4of7: KernelsAVX2.winogradOutputLine4of7,
      normaliseRows: KernelsAVX2.normaliseRows, normaliseGroups: KernelsAVX2.normaliseGroups,
      softMaxRow: KernelsAVX2.softMaxRow, geluValues: KernelsAVX2.geluValues,
      quickGELUValues: KernelsAVX2.quickGELUValues,
      planeMoments: KernelsAVX2.planeMoments, normaliseRow: KernelsAVX2.normaliseRow, addRow: KernelsAVX2.addRow,
      gateRow: KernelsAVX2.gateRow, blendRow: KernelsAVX2.blendRow, sigmoidValues: KernelsAVX2.sigmoidValues,
      tanhValues: KernelsAVX2.tanhValues, halvePlane: KernelsAVX2.halvePlane, lookUpPlane: KernelsAVX2.lookUpPlane,
      blendNeighbours: KernelsAVX2.blendNeighbours, blendPixels: KernelsAVX2.blendPixels,
      slopeRow: KernelsAVX2.slopeRow,
      resampleRow: KernelsAVX2.resampleRow, correlatePatch: KernelsAVX2.correlatePatch,
      peakLoop: KernelsAVX2.peakLoop)

    static let avx512 = MicroKernels(
      pixelTile: KernelsAVX512.pixelTile, runTile: KernelsAVX512.runTile, maxPoolRow: KernelsAVX512.maxPoolRow,
      averagePoolRow: KernelsAVX512.averagePoolRow, winogradInput6: KernelsAVX512.winogradInput6,
      winogradInput7: KernelsAVX512.winogradInput7, winogradOutput4of6: KernelsAVX512.winogradOutput4of6,
      winogradOutput4of7: KernelsAVX512.winogradOutput4of7, winogradOutput5of7: KernelsAVX512.winogradOutput5of7,
      winogradInputLine7: KernelsAVX512.winogradInputLine7,
      winogradOutputLine4of7: KernelsAVX512.winogradOutputLine4of7,
      normaliseRows: KernelsAVX512.normaliseRows, normaliseGroups: KernelsAVX512.normaliseGroups,
      softMaxRow: KernelsAVX512.softMaxRow,
      geluValues: KernelsAVX512.geluValues, quickGELUValues: KernelsAVX512.quickGELUValues,
      planeMoments: KernelsAVX512.planeMoments, normaliseRow: KernelsAVX512.normaliseRow,
      addRow: KernelsAVX512.addRow, gateRow: KernelsAVX512.gateRow, blendRow: KernelsAVX512.blendRow,
      sigmoidValues: KernelsAVX512.sigmoidValues, tanhValues: KernelsAVX512.tanhValues,
      halvePlane: KernelsAVX512.halvePlane, lookUpPlane: KernelsAVX512.lookUpPlane,
      blendNeighbours: KernelsAVX512.blendNeighbours, blendPixels: KernelsAVX512.blendPixels,
      slopeRow: KernelsAVX512.slopeRow,
      resampleRow: KernelsAVX512.resampleRow, correlatePatch: KernelsAVX512.correlatePatch,
      peakLoop: KernelsAVX512.peakLoop)
  #endif
}

/// The micro-kernels of one instruction set. Code compiled for a wider set is reached only through such a table.
public struct KernelTable: Sendable {
  /// How a convolution tile takes its pixels.
  enum Tile: Sendable {
    /// Up to `most` pixels from anywhere, × 16 channels (`PixelTile.swift`).
    case pixels(most: Int, MicroKernels.PixelTileKernel)
    /// Two runs of 4 to 7 pixels, × 32 channels (`RunTile.swift`).
    case runs(MicroKernels.RunTileKernel)
  }

  /// Instruction set and tile, as every run records them: `avx2 6x16`.
  public let name: String
  let tile: Tile
  let kernels: MicroKernels

  /// Output channels of one tile.
  var tileChannels: Int {
    switch tile {
    case .pixels: 16
    case .runs: 32
    }
  }

  /// Of `count` segments, how many are multiplied at once, so that a panel's weights for them stay in half of the smallest
  /// first-level cache.
  func partSegments(_ count: Int, length: Int) -> Int {
    let most = max(1, 4096 / (length * tileChannels))
    let parts = (count + most - 1) / most
    return (count + parts - 1) / parts
  }

  /// Pixels of a run that takes at least `least` (1...7).
  static func runLength(_ least: Int) -> Int { max(4, least) }

  /// The table for `instructionSet`, which the processor must have.
  public init(_ instructionSet: InstructionSet) {
    #if arch(x86_64)
      switch instructionSet {
      case .avx512: self.init("avx512 14x32", .runs(MicroKernels.avx512.runTile), .avx512)
      case .avx2: self.init("avx2 6x16", .pixels(most: 6, MicroKernels.avx2.pixelTile), .avx2)
      case .baseline: self.init("baseline 2x16", .pixels(most: 2, MicroKernels.baseline.pixelTile), .baseline)
      }
    #else
      self.init("baseline 2x16", .pixels(most: 2, MicroKernels.baseline.pixelTile), .baseline)
    #endif
  }

  private init(_ name: String, _ tile: Tile, _ kernels: MicroKernels) {
    self.name = name
    self.tile = tile
    self.kernels = kernels
  }

  /// The tile of AVX-512 compiled for `instructionSet`: it lets any machine test what that tile computes. Slow.
  package static func runTiles(compiledFor instructionSet: InstructionSet) -> KernelTable {
    #if arch(x86_64)
      if instructionSet == .avx2 { return KernelTable("avx2 14x32", .runs(MicroKernels.avx2.runTile), .avx2) }
    #endif
    return KernelTable("baseline 14x32", .runs(MicroKernels.baseline.runTile), .baseline)
  }
}
