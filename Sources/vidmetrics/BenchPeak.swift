import ArgumentParser
import Evaluation
import Foundation
import Kernels
import ProcessLimits
import Scores

struct PeakBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "peak", abstract: "The most float32 multiplications and additions a second",
    discussion: """
      Fused products and sums in registers alone, of one thread and of all together, with each instruction set that this \
      processor has. What `bench --per-layer` calls the peak.
      """)

  @Option(parsing: .unconditional, help: ArgumentHelp("Threads. (default: all processors)", valueName: "number"))
  var threads: Int?

  @Flag(help: "Print one JSON document.") var json = false

  func run() throws {
    let threads = threads ?? ProcessLimits.processors
    try ScoreRequest.check(threads: threads)
    let place = try BenchPlace()
    let sets = InstructionSet.allCases.filter { $0 <= .widest }
    let rates = sets.map { PeakRate(KernelTable($0), threads: threads) }
    if json {
      let rows = zip(sets, rates).map { set, rate in
        JSONValue.object([
          ("isa", .string(set.rawValue)), ("gflops_per_s_one_thread", .number(rate.one / 1e9)),
          ("gflops_per_s", .number(rate.all / 1e9)),
        ])
      }
      return Output.print(place.json("peak", [("threads", .integer(threads)), ("sets", .array(rows))]).text())
    }
    let rows = zip(sets, rates).map { set, rate in
      [set.rawValue, fixed(rate.one / 1e9, digits: 1), fixed(rate.all / 1e9, digits: 1)]
    }
    Output.print(
      benchLines([("processor", place.processor ?? "unknown")]) + "\n"
        + benchTable([["GFLOP/s", "one thread", "all \(threads)"]] + rows, texts: 1), terminator: "")
  }
}
