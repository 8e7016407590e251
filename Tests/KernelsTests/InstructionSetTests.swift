import Foundation
import Kernels
import Testing

@Suite struct InstructionSetTests {
  @Test func theVariableCapsTheInstructionSet() throws {
    #expect(try InstructionSet.chosen(cap: "baseline") == .baseline)
    #expect(try InstructionSet.chosen(cap: nil) == .widest)
    #expect(try InstructionSet.chosen(cap: "avx512") == .widest)
    #expect(throws: KernelError.unknownInstructionSet("avx")) { try InstructionSet.chosen(cap: "avx") }
    #expect(
      KernelError.unknownInstructionSet("avx").description
        == "`VIDMETRICS_ISA` is `avx`; it can be `baseline`, `avx2`, `avx512`")
  }

  #if arch(x86_64) && os(Linux)
    /// A weak symbol of an AVX module could replace the same function of the rest of the program, and end it with an
    /// illegal instruction on a processor without AVX. A kernel that was copied into its caller would compute with
    /// the caller's instructions.
    @Test(arguments: ["KernelsAVX2", "KernelsAVX512"]) func wideCodeIsReachedOnlyThroughTheTable(_ module: String)
      throws
    {
      let build = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      let wide = try symbols(in: build.appendingPathComponent("\(module).build"))
      #expect(wide.contains { $0.contains("runTile") })
      let foreign = wide.filter { $0.contains(" W ") && !$0.contains(module) }
      #expect(foreign == [], "\(module) has weak functions that other modules may have too")
      let callers = try symbols(in: build.appendingPathComponent("Kernels.build"))
      for kernel in ["pixelTile", "runTile", "maxPoolRow", "averagePoolRow"] {
        let mangled = "\(module.utf8.count)\(module)\(kernel.utf8.count)\(kernel)"
        #expect(
          module == "KernelsAVX512" && kernel == "pixelTile"
            || callers.contains { $0.contains(" U ") && $0.contains(mangled) }, "\(module).\(kernel)")
        #expect(!callers.contains { $0.contains(" T ") && $0.contains(mangled) }, "\(module).\(kernel)")
      }
    }

    private func symbols(in folder: URL) throws -> [String] {
      let objects = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        .filter { $0.pathExtension == "o" }.map(\.path)
      try #require(!objects.isEmpty, "no objects in \(folder.path)")
      let nm = Process()
      nm.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      nm.arguments = ["nm"] + objects
      let output = Pipe()
      nm.standardOutput = output
      try nm.run()
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      nm.waitUntilExit()
      try #require(nm.terminationStatus == 0)
      return text.split(separator: "\n").map(String.init)
    }
  #endif
}
