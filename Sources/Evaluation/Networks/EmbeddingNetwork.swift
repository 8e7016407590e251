import Engine
import Kernels
import Networks
import Synchronization
import Weights

/// A network of the program with the weights and the options that a protocol names. Weights are read when the first extractor
/// is made: a run whose features are all in the cache does not need them.
public struct EmbeddingNetwork: FeatureNetwork {
  public let identity: String
  public let isa: String
  public let columns: Int
  public let side: Int
  public let minimumFrames: Int
  public let isPerFrame: Bool
  private let kind: NetworkKind
  private let options: NetworkKind.Options
  private let table: KernelTable
  private let weights: @Sendable () throws -> NetworkWeights

  /// - Parameters:
  ///   - fingerprint: of the weights, as `sha256:...`; `weights` must give weights with this fingerprint.
  ///   - columns: of weights of another size than the published ones.
  /// - Throws: for options that no network can have.
  public init(
    _ kind: NetworkKind, fingerprint: String, options: NetworkKind.Options = .init(), table: KernelTable,
    columns: Int? = nil, weights: @escaping @Sendable () throws -> NetworkWeights
  ) throws {
    self.kind = kind
    self.options = options
    self.table = table
    self.weights = weights
    let row = kind.row
    guard let side = row.side else { preconditionFailure("EmbeddingNetwork: a network of square frames is needed") }
    self.side = side
    minimumFrames = row.minimumFrames
    isPerFrame = row.isPerFrame
    isa = table.name
    self.columns = try columns ?? kind.columns(options)
    identity = kind.identity(weights: fingerprint, kernels: table.name, options)
  }

  private func options(frames: Int, shape: FrameShape? = nil) -> NetworkKind.Options {
    var options = options
    options.frames = max(frames, minimumFrames)
    options.frame = shape
    return options
  }

  public func memory(frames: Int) -> Int { memory(options(frames: frames)) }

  public func memory(frames: Int, shapes: Set<FrameShape>) -> Int {
    guard kind.row.takesAnyShape else { return memory(frames: frames) }
    return shapes.sorted { $0.values > $1.values }.prefix(ProgramsOfShapes.kept).reduce(0) {
      $0 + memory(options(frames: frames, shape: $1))
    }
  }

  private func memory(_ options: NetworkKind.Options) -> Int {
    guard let graph = try? kind.graph(nil, options) else { return 0 }
    return CPUDevice(table, threads: 1).memory(of: graph, batch: 1)
  }

  /// Frames go through one by one: a part of a batch would cost all of it, and more at a time gain nothing.
  public func extractors(frames: Int, teams: ComputeTeams) throws -> [any FeatureExtractor] {
    if kind.row.takesAnyShape {
      let programs = ProgramsOfShapes { try self.program(frames: frames, shape: $0, threads: teams.threads) }
      return (0..<teams.count).map { _ in ShapedExtractor(programs, of: kind, side: side) }
    }
    let program = try program(frames: frames, threads: teams.threads)
    // What the weights took before they were packed: the allocator would keep it for ever.
    CPUDevice.giveBackFreeMemory()
    let all = try [program] + (1..<teams.count).map { _ in try program.twin() }
    return all.map { ProgramExtractor($0, isPerFrame: isPerFrame) }
  }

  private func program(frames: Int, shape: FrameShape? = nil, threads: Int) throws -> any Program {
    let weights = try weights()
    let graph = try kind.graph(weights, options(frames: frames, shape: shape))
    let found = graph.shape(graph.outputs[0]).count
    guard found == columns else { throw kind.otherColumns(found, needed: columns) }
    return try CPUDevice(table, threads: threads).compile(graph, weights, batch: 1)
  }
}

/// A program that computes one clip a call, or one frame.
private final class ProgramExtractor: FeatureExtractor {
  private let program: any Program
  private let isPerFrame: Bool

  init(_ program: any Program, isPerFrame: Bool) {
    self.program = program
    self.isPerFrame = isPerFrame
  }

  func features(of clip: UnsafePointer<Float>, frames: Int, whenRead: () -> Void) -> [Float] {
    let items = isPerFrame ? frames : 1
    return (0..<items).flatMap { item in
      program.run(clip + item * program.inputCount, count: 1) { if item == items - 1 { whenRead() } }[0]
    }
  }
}

/// Programs of one network for frames of several shapes, compiled when the first frame of a shape comes. The extractors that
/// compute side by side share the weights of a program.
private final class ProgramsOfShapes: Sendable {
  /// Shapes whose programs an extractor keeps; a set whose videos all differ would otherwise hold one for each.
  static let kept = 2

  private let compile: @Sendable (FrameShape) throws -> any Program
  /// The latest first.
  private let made = Mutex<[Made]>([])

  private struct Made {
    let shape: FrameShape
    let program: any Program
    /// Whether an extractor has the program itself, so that others get twins of it.
    var isLent = false
  }

  init(_ compile: @escaping @Sendable (FrameShape) throws -> any Program) { self.compile = compile }

  /// A program that nobody else uses.
  func program(_ shape: FrameShape) throws -> any Program {
    try made.withLock { made in
      if let place = made.firstIndex(where: { $0.shape == shape }) {
        made.insert(made.remove(at: place), at: 0)
      } else {
        // The one that goes makes room before.
        made = Array(made.prefix(Self.kept - 1))
        made.insert(Made(shape: shape, program: try compile(shape)), at: 0)
        CPUDevice.giveBackFreeMemory()
      }
      defer { made[0].isLent = true }
      return made[0].isLent ? try made[0].program.twin() : made[0].program
    }
  }
}

/// Computes frames of any shape, one a call of a program.
private final class ShapedExtractor: FeatureExtractor {
  private let programs: ProgramsOfShapes
  private let kind: NetworkKind
  private let side: Int
  /// The latest first. One thread at a time uses an extractor.
  private nonisolated(unsafe) var own: [Own] = []

  private struct Own {
    let shape: FrameShape
    let program: any Program
    let patches: ScalePatches?
  }

  init(_ programs: ProgramsOfShapes, of kind: NetworkKind, side: Int) {
    self.programs = programs
    self.kind = kind
    self.side = side
  }

  func features(of clip: UnsafePointer<Float>, frames: Int, whenRead: () -> Void) throws -> [Float] {
    try features(of: clip, frames: frames, shape: FrameShape(height: side, width: side), whenRead: whenRead)
  }

  func features(
    of clip: UnsafePointer<Float>, frames: Int, shape: FrameShape, whenRead: () -> Void
  ) throws -> [Float] {
    if let place = own.firstIndex(where: { $0.shape == shape }) {
      own.insert(own.remove(at: place), at: 0)
    } else {
      own = Array(own.prefix(ProgramsOfShapes.kept - 1))
      own.insert(
        Own(shape: shape, program: try programs.program(shape), patches: try kind.patches(shape)), at: 0)
    }
    let program = own[0].program
    if let patches = own[0].patches {
      return (0..<frames).flatMap { frame in
        let input = [Float](unsafeUninitializedCapacity: patches.values) { input, count in
          count = input.count
          input.baseAddress.map { patches.run(clip + frame * shape.values, into: $0) }
        }
        if frame == frames - 1 { whenRead() }
        return input.withUnsafeBufferPointer { program.run($0.baseAddress!, count: 1) {}[0] }
      }
    }
    return (0..<frames).flatMap { frame in
      program.run(clip + frame * program.inputCount, count: 1) { if frame == frames - 1 { whenRead() } }[0]
    }
  }
}

extension NetworkKind {
  func otherColumns(_ found: Int, needed: Int) -> EvaluationError {
    self == .i3d
      ? .wrongNetwork(weights: "i3d with \(found) classes", network: "i3d-\(found)", needed: "i3d-\(needed)")
      : .wrongNetwork(weights: row.weights, network: "\(found) features", needed: "\(needed) features")
  }
}
