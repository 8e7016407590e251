import Files
import Foundation
import Scores
import Synchronization

/// Another program that runs exported graphs, on whatever device it has: how features come from a GPU.
///
/// It is started with a socket as its stdin and stdout. Messages are lines of JSON, some with raw bytes behind them:
///
/// ```
/// it    {"device": "onnxruntime 1.32.0 CPUExecutionProvider"}            once, when it is ready
/// we    {"load": "/tmp/.../network.onnx"}                                 a graph of `Graph.onnx`
/// it    {"loaded": true}
/// we    {"run": [8, 1, 299, 299, 3]}    then the clips, float32           N clips or frames
/// it    {"rows": 8, "columns": 2048}    then the features, float32        or {"error": "..."} to either
/// ```
///
/// The end of its input is its end. `device` names everything that decides a feature beside the graph: the runtime, its version,
/// where it computes.
public final class RuntimeProcess: Sendable {
  /// The name that it gives itself.
  public let device: String
  private let command: String
  private let child: ChildProcess
  private let channel: Mutex<Channel>

  fileprivate struct Channel: Sendable {
    let descriptor: Int32
    var unread: [UInt8] = []
    /// The graph that it has.
    var graph: String?
  }

  fileprivate struct Message: Decodable {
    var device: String?
    var loaded: Bool?
    var rows: Int?
    var columns: Int?
    var error: String?
  }

  fileprivate static let longestLine = 1 << 16

  /// Starts it and waits until it is ready.
  ///
  /// - Parameter command: a command line for `/bin/sh`.
  /// - Throws: `EvaluationError.runtime`, `FilesError.notStarted`.
  public init(command: String) throws {
    let (own, other) = try Self.socket(for: command)
    do {
      // Its end is closed here at once: only then does the end of the child end the reading.
      defer { close(other) }
      child = try ChildProcess(["/bin/sh", "-c", "exec \(command)"], input: other, output: other, errors: 2)
    } catch {
      close(own)
      throw error
    }
    self.command = command
    var channel = Channel(descriptor: own)
    do {
      let message = try channel.message(from: command)
      guard let device = message.device, !device.isEmpty, !device.contains(where: \.isNewline) else {
        throw EvaluationError.runtime(command: command, reason: "it did not say which device it is")
      }
      self.device = device
    } catch {
      close(own)
      _ = child.wait()
      throw error
    }
    self.channel = Mutex(channel)
  }

  deinit {
    channel.withLock { _ = close($0.descriptor) }
    _ = child.wait()
  }

  /// Two ends of a socket that no other child inherits.
  private static func socket(for command: String) throws -> (own: Int32, other: Int32) {
    var ends: [Int32] = [0, 0]
    #if canImport(Darwin)
      let failed = socketpair(AF_UNIX, SOCK_STREAM, 0, &ends) != 0
      var one: Int32 = 1
      if !failed { setsockopt(ends[0], SOL_SOCKET, SO_NOSIGPIPE, &one, socklen_t(MemoryLayout<Int32>.size)) }
    #else
      let failed = socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) != 0
    #endif
    if failed { throw FilesError.notStarted(program: command, reason: systemMessage()) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// Writes what fits, as `write` does. That nobody reads any more is an error and not a signal.
  fileprivate static func put(_ bytes: UnsafeRawBufferPointer, on socket: Int32) -> Int {
    #if canImport(Darwin)
      send(socket, bytes.baseAddress, bytes.count, 0)
    #else
      send(socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    #endif
  }

  /// The outputs of a graph for some inputs, a row each. A graph that it does not have yet is loaded first.
  ///
  /// - Parameters:
  ///   - graph: the file of the graph.
  ///   - shape: [N, T, H, W, C].
  ///   - columns: values that a row must have.
  /// - Throws: `EvaluationError.runtime`.
  func run(_ graph: String, _ input: UnsafePointer<Float>, shape: [Int], columns: Int) throws -> [Float] {
    try channel.withLock { channel in
      if channel.graph != graph {
        try channel.send(.object([("load", .string(graph))]), to: command)
        guard try channel.message(from: command).loaded == true else {
          throw EvaluationError.runtime(command: command, reason: "it did not load the network")
        }
        channel.graph = graph
      }
      try channel.send(.object([("run", .array(shape.map { .integer($0) }))]), to: command)
      let count = shape.reduce(1, *)
      try channel.send(UnsafeRawBufferPointer(start: input, count: 4 * count), to: command)
      let message = try channel.message(from: command)
      guard message.rows == shape[0], message.columns == columns else {
        let found = "\(message.rows ?? 0) x \(message.columns ?? 0)"
        throw EvaluationError.runtime(
          command: command, reason: "it gave \(found) features, and \(shape[0]) x \(columns) are expected")
      }
      let features = try channel.floats(shape[0] * columns, from: command)
      guard features.allSatisfy(\.isFinite) else {
        throw EvaluationError.runtime(command: command, reason: "it gave a feature that is not finite")
      }
      return features
    }
  }
}

extension RuntimeProcess.Channel {
  fileprivate func send(_ message: JSONValue, to command: String) throws {
    var line = message.line + "\n"
    try line.withUTF8 { try send(UnsafeRawBufferPointer($0), to: command) }
  }

  fileprivate func send(_ bytes: UnsafeRawBufferPointer, to command: String) throws {
    var done = 0
    while done < bytes.count {
      let put = RuntimeProcess.put(UnsafeRawBufferPointer(rebasing: bytes[done...]), on: descriptor)
      if put < 0, errno == EINTR { continue }
      guard put > 0 else { throw EvaluationError.runtime(command: command, reason: "it has ended") }
      done += put
    }
  }

  fileprivate mutating func message(from command: String) throws -> RuntimeProcess.Message {
    var end = unread.firstIndex(of: 10)
    while end == nil {
      guard unread.count < RuntimeProcess.longestLine else {
        throw EvaluationError.runtime(command: command, reason: "its answer is not a line of JSON")
      }
      let searched = unread.count
      try receive(from: command)
      end = unread[searched...].firstIndex(of: 10)
    }
    let line = Data(unread[..<(end ?? 0)])
    unread.removeFirst((end ?? 0) + 1)
    guard let message = try? JSONDecoder().decode(RuntimeProcess.Message.self, from: line) else {
      throw EvaluationError.runtime(
        command: command, reason: "its answer is not JSON: \(String(decoding: line.prefix(200), as: UTF8.self))")
    }
    if let error = message.error { throw EvaluationError.runtime(command: command, reason: error) }
    return message
  }

  fileprivate mutating func floats(_ count: Int, from command: String) throws -> [Float] {
    while unread.count < 4 * count { try receive(from: command) }
    let values = [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      unread.withUnsafeBytes { bytes in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<(4 * count)]))
      }
      filled = count
    }
    unread.removeFirst(4 * count)
    return values
  }

  private mutating func receive(from command: String) throws {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var got: Int
    repeat { got = recv(descriptor, &buffer, buffer.count, 0) } while got < 0 && errno == EINTR
    guard got > 0 else { throw EvaluationError.runtime(command: command, reason: "it has ended") }
    unread += buffer[..<got]
  }
}
