import Kernels

/// One instruction set of this processor, or the AVX-512 tile compiled for a narrower one.
struct Variant: CustomStringConvertible, Sendable {
  let table: KernelTable
  var description: String { table.name }

  static let all: [Variant] = {
    var tables = [KernelTable(.baseline)]
    if InstructionSet.widest >= .avx2 { tables += [KernelTable(.avx2), .runTiles(compiledFor: .avx2)] }
    if InstructionSet.widest >= .avx512 { tables.append(KernelTable(.avx512)) }
    return tables.map { Variant(table: $0) }
  }()
}
