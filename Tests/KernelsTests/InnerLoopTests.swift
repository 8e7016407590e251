#if arch(x86_64) && os(Linux)
  import Foundation
  import Testing

  /// The innermost loops of the convolution tiles as the compiler made them. Nearly all of the networks' time is spent there,
  /// and one vector kept in memory instead of a register costs a third of it: instructions are counted, not timed.
  @Suite struct InnerLoopTests {
    /// One loop: a backward jump with no other inside.
    private struct Loop {
      var products = 0
      var instructions = 0
      /// Vectors that are read from or written to the stack.
      var spills = 0
    }

    /// For a tile of `pixels` pixels × two vectors: 2·pixels products, two rows of weights, `pixels` broadcasts (which may be
    /// part of the products), and what counts the loop.
    @Test(arguments: [6, 5, 4]) func pixelTileOfAVX2(_ pixels: Int) throws {
      let loops = try loops(of: "pixelTile", module: "KernelsAVX2", register: "%ymm")
      let own = loops.filter { $0.products == 2 * pixels }
      try #require(!own.isEmpty, "no loop of \(2 * pixels) products: \(loops)")
      for loop in own {
        #expect(loop.spills == 0)
        #expect(loop.instructions <= 3 * pixels + 8, "\(loop)")
      }
    }

    /// Two runs: twice as many of each.
    @Test(arguments: [7, 6, 5, 4]) func runTileOfAVX512(_ pixels: Int) throws {
      let loops = try loops(of: "runTile", module: "KernelsAVX512", register: "%zmm")
      let own = loops.filter { $0.products == 4 * pixels }
      try #require(!own.isEmpty, "no loop of \(4 * pixels) products: \(loops)")
      #expect(own.allSatisfy { $0.spills == 0 })
      // The loop whose pixels lie 16 floats apart; the other computes their addresses.
      let best = try #require(own.map(\.instructions).min())
      #expect(best <= 6 * pixels + 6)
    }

    private func loops(of file: String, module: String, register: String) throws -> [Loop] {
      let build = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      let name = file.prefix(1).uppercased() + file.dropFirst() + ".swift.o"
      let lines = try disassembled(build.appendingPathComponent("\(module).build/\(name)"))
      var loops: [Loop] = []
      for (index, line) in lines.enumerated() {
        // Only jumps to addresses before themselves; the code of one file is one sequence.
        guard line.operation.hasPrefix("j"), let target = line.target, target < line.address,
          let first = lines[..<index].lastIndex(where: { $0.address == target && $0.function == line.function })
        else { continue }
        let body = lines[first...index]
        guard body.dropLast().allSatisfy({ !($0.operation.hasPrefix("j")) }) else { continue }
        var loop = Loop()
        for line in body {
          loop.instructions += 1
          if line.operation.hasPrefix("vfmadd"), line.operands.contains(register) { loop.products += 1 }
          if line.operands.contains(register), line.operands.contains("(%rsp") || line.operands.contains("(%rbp") {
            loop.spills += 1
          }
        }
        if loop.products > 0 { loops.append(loop) }
      }
      return loops
    }

    private struct Line {
      let function: Int
      let address: Int
      let operation: String
      let operands: String
      var target: Int? { operands.split(separator: " ").first.flatMap { Int($0, radix: 16) } }
    }

    private func disassembled(_ object: URL) throws -> [Line] {
      let objdump = Process()
      objdump.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      objdump.arguments = ["objdump", "-d", "--no-show-raw-insn", object.path]
      let output = Pipe()
      objdump.standardOutput = output
      try objdump.run()
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      objdump.waitUntilExit()
      try #require(objdump.terminationStatus == 0)
      var function = 0
      return text.split(separator: "\n").compactMap { text -> Line? in
        if text.hasSuffix(">:") { function += 1 }
        let parts = text.split(separator: "\t", maxSplits: 1)
        guard parts.count == 2, let address = Int(parts[0].filter { $0 != " " && $0 != ":" }, radix: 16) else {
          return nil
        }
        let words = parts[1].split(separator: " ", maxSplits: 1)
        return Line(
          function: function, address: address, operation: String(words[0]),
          operands: words.count > 1 ? String(words[1]).trimmingCharacters(in: .whitespaces) : "")
      }
    }
  }
#endif
