import Tensors

/// How the pixels of a group of output planes are cut into tiles.
///
/// Small planes (7×7, 14×14) are cut as one list over all frames, large ones one by one; the table is the same for
/// each group, so it stays small.
struct TileTable: Sendable {
  /// One tile: where its offsets begin, and how many pixels it has.
  struct Entry: Sendable {
    let first: Int
    let pixels: Int

    /// `pixels` in order, in as few tiles as `most` allows, of sizes that differ by one at most.
    static func cutEvenly(pixels: Int, most: Int) -> [Entry] {
      let tiles = (pixels + most - 1) / most
      return (0..<tiles).map { tile in
        let first = tile * pixels / tiles
        return Entry(first: first, pixels: (tile + 1) * pixels / tiles - first)
      }
    }
  }

  let entries: [Entry]
  /// For each pixel, floats from the group's first pixel. A negative output offset is a pixel that is not there.
  let inputOffsets: [Int]
  let outputOffsets: [Int]
  /// Output planes in a group, and groups in the output.
  let planesInGroup: Int
  let groups: Int

  /// Planes with fewer pixels than this are cut together.
  private static let smallPlane = 400

  init(_ problem: ConvolutionProblem, tile: KernelTable.Tile) {
    let volume = problem.outputVolume
    planesInGroup = volume.height * volume.width < Self.smallPlane ? volume.frames : 1
    groups = volume.frames / planesInGroup
    var builder = Builder(problem)
    switch tile {
    case .pixels(let most, _): builder.cutEvenly(planes: planesInGroup, most: most)
    case .runs: builder.cutIntoRuns(planes: planesInGroup)
    }
    entries = builder.entries
    inputOffsets = builder.inputOffsets
    outputOffsets = builder.outputOffsets
  }

  private struct Builder {
    let volume: Volume
    let stride: Volume
    let input: ActivationLayout
    let output: ActivationLayout
    var entries: [Entry] = []
    var inputOffsets: [Int] = []
    var outputOffsets: [Int] = []

    init(_ problem: ConvolutionProblem) {
      volume = problem.outputVolume
      stride = problem.stride
      input = problem.input.layout
      output = problem.outputs[0].activation.layout
    }

    mutating func append(_ t: Int, _ y: Int, _ x: Int) {
      inputOffsets.append(input.offset(0, t * stride.frames, y * stride.height, x * stride.width))
      outputOffsets.append(output.offset(0, t, y, x))
    }

    mutating func cutEvenly(planes: Int, most: Int) {
      entries = Entry.cutEvenly(pixels: planes * volume.height * volume.width, most: most)
      for t in 0..<planes {
        for y in 0..<volume.height { for x in 0..<volume.width { append(t, y, x) } }
      }
    }

    /// Rows in runs of up to 7, two runs to a tile. Missing pixels repeat the last address and are not written.
    mutating func cutIntoRuns(planes: Int) {
      let runs = (volume.width + 6) / 7
      let run = KernelTable.runLength((volume.width + runs - 1) / runs)
      for t in 0..<planes {
        for y in 0..<volume.height {
          for x in 0..<runs * run {
            append(t, y, min(x, volume.width - 1))
            if x >= volume.width { outputOffsets[outputOffsets.count - 1] = -1 }
          }
        }
      }
      if inputOffsets.count % (2 * run) != 0 {
        inputOffsets += [Int](repeating: 0, count: run)
        outputOffsets += [Int](repeating: -1, count: run)
      }
      entries = Swift.stride(from: 0, to: inputOffsets.count, by: 2 * run).map { Entry(first: $0, pixels: 2 * run) }
    }
  }
}
