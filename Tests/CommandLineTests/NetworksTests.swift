import Foundation
import Testing

/// `vidmetrics networks` from outside.
@Suite struct NetworksCommandTests {
  let workplace: Workplace
  let program: Program

  init() throws {
    workplace = try Workplace()
    program = workplace.program
  }

  /// Parameters of the papers' tables.
  @Test func networksAreListed() throws {
    let lines = try program.run("networks", "list").output.split(separator: "\n")
    #expect(lines.count == 18 && lines[0].hasPrefix("name "))
    #expect(lines.contains { $0.hasPrefix("i3d ") && $0.contains("  12.7   55.6  ") })
    #expect(lines.contains { $0.hasPrefix("vit-dino ") && $0.contains("  85.8   35.1  ") })
    #expect(lines.contains { $0.hasPrefix("raft-things ") && $0.contains("  5.3  739.7  ") })
    #expect(lines.contains { $0.hasPrefix("vit-dinov2-large ") && $0.contains("  304.4  162.") })
  }

  /// A loop's turns are counted, and frames that do not fit are refused.
  @Test func turnsAreCounted() throws {
    func gflop(_ iterations: String) throws -> Double {
      let shown = try document(
        program.run("networks", "show", "raft-things", "--size", "128x128", "--iterations", iterations, "--json"))
      let layers = try #require(shown["layers"] as? [[String: Any]])
      return layers.filter { $0["name"] as? String == "update/gru/convq1" }.reduce(0) {
        $0 + ($1["gflop"] as? Double ?? 0)
      }
    }
    #expect(try abs(gflop("3") - 3 * gflop("1")) < 1e-9 && gflop("1") > 0)
    let small = try program.run("networks", "show", "raft-things", "--size", "64x128")
    #expect(
      small.errors
        == "error: frames of 128x64 cannot be computed: width and height must be multiples of 8, and at least 128\n")
  }

  @Test func layersAreShown() throws {
    let text = try program.run("networks", "show", "i3d", "--frames", "9").output
    #expect(text.hasPrefix("i3d: I3D, RGB (Carreira and Zisserman, CVPR 2017), engine i3d/4\n\nlayer "))
    #expect(text.contains("\nConv3d_1a_7x7 "))
    let json = try document(program.run("networks", "show", "inception-v3", "--optimised", "--json"))
    let layers = try #require(json["layers"] as? [[String: Any]])
    #expect(json["schema"] as? String == "vidmetrics.network/1" && json["engine"] as? String == "inception/1")
    #expect(layers.last?["output"] as? String == "2048")
    #expect(!layers.contains { ($0["operation"] as? String) == "batch norm" })
    let short = try program.run("networks", "show", "i3d", "--frames", "8")
    #expect(
      short.errors == "error: I3D cannot see a clip of 8 frames: its strides and its last pool need at least 9\n")
    #expect(short.status == 2)
  }

  /// The model begins with its version and producer; the runtime's own check is `onnx_runtime.py`.
  @Test func aNetworkIsExported() throws {
    let (file, example) = (workplace.file("a.onnx"), workplace.file("a.safetensors"))
    let result = try program.run("networks", "export", "alexnet", "--onnx", file, "--example", example)
    #expect(result.status == 0 && result.output.isEmpty && result.errors.isEmpty)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    #expect(bytes.prefix(14) == Data([8, 8, 0x12, 10]) + Data("vidmetrics".utf8))
    // Five convolutions of 2.5 million numbers, and little else.
    #expect((9_880_000..<9_920_000).contains(bytes.count), "\(bytes.count)")
    let other = try program.run("networks", "export", "i3d", "--onnx", file, "--weights", "nothing")
    #expect(other.status == 2 && other.errors.contains("`nothing`"))
  }
}
