/// Where graphs are computed.
public protocol Device: Sendable {
  /// Instruction set and kernels, or the like, as every score records them.
  var name: String { get }
  /// - Parameters:
  ///   - graph: as its network builds it.
  ///   - batch: the most items of one call.
  /// - Throws: what `parameters` throws.
  func compile(_ graph: Graph, _ parameters: some Parameters, batch: Int) throws -> any Program
  /// Bytes that one program takes beside its weights.
  func memory(of graph: Graph, batch: Int) -> Int
}

/// A graph that is ready to run. It computes one batch at a time; an item's outputs are the same bits whatever else is in
/// the batch, whatever its size, and for any number of threads.
///
/// A program may go from thread to thread, used by one at a time.
public protocol Program: AnyObject, Sendable {
  /// The most items of one call.
  var batch: Int { get }
  /// Numbers of one item, and of each of its outputs.
  var inputCount: Int { get }
  var outputCounts: [Int] { get }
  /// Bytes that it takes beside its weights.
  var memory: Int { get }
  /// What `profile` times, in order.
  var layers: [ProgramLayer] { get }

  /// The outputs of some items, [count][output] each. A call takes the time of a whole batch, however few they are.
  ///
  /// - Parameters:
  ///   - input: [count][inputCount]: images channel last; ids as whole numbers.
  ///   - count: 1...batch.
  ///   - whenRead: called once, as soon as the program does not need `input` any more.
  func run(_ input: UnsafePointer<Float>, count: Int, whenRead: () -> Void) -> [[Float]]
  /// The outputs of a whole batch, and how long each of `layers` took.
  func profile(_ input: UnsafePointer<Float>) -> (outputs: [[Float]], times: [Duration])
  /// Another one that computes the same beside this one: it shares the weights and has activations of its own.
  func twin() throws -> any Program
}

extension Program {
  /// The outputs of some items whose input stays where it is during the call.
  public func run(_ input: UnsafePointer<Float>, count: Int) -> [[Float]] { run(input, count: count) {} }
}

/// What is known of a layer before it runs.
public struct ProgramLayer: Sendable, Equatable {
  public let name: String
  /// How it is computed: `winograd F(4x4,3x3)`, `direct`, `max pool`.
  public let plan: String
  /// Multiplications and additions of the direct convolution, whatever the plan; nil for what is not a product.
  public private(set) var operations: Int?
  /// What must be read and written at the least: the input's values, the output's, the weights, each once; nil for steps
  /// that are not layers of the network.
  public private(set) var bytes: Int?

  public init(name: String, plan: String, operations: Int? = nil, bytes: Int? = nil) {
    self.name = name
    self.plan = plan
    self.operations = operations
    self.bytes = bytes
  }

  /// Adds the share of another step of the same layer.
  mutating func add(_ other: ProgramLayer) {
    operations = operations.map { $0 + (other.operations ?? 0) }
    bytes = bytes.map { $0 + (other.bytes ?? 0) }
  }
}
