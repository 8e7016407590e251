import CPUFeatures

/// The instruction sets that the kernels are compiled for, in rising order.
public enum InstructionSet: String, Sendable, CaseIterable, Comparable {
  /// What every processor of the architecture has (x86-64: SSE2).
  case baseline
  /// x86-64-v3: AVX2 and FMA.
  case avx2
  /// x86-64-v4: AVX-512 F, BW, CD, DQ, VL.
  case avx512

  public static func < (a: InstructionSet, b: InstructionSet) -> Bool {
    a != b && (a == .baseline || b == .avx512)
  }

  /// The widest that this processor has.
  public static var widest: InstructionSet {
    #if arch(x86_64)
      if vidmetrics_cpu_has_avx512() != 0 { return .avx512 }
      if vidmetrics_cpu_has_avx2() != 0 { return .avx2 }
    #endif
    return .baseline
  }

  /// The one to use: the widest, capped by `VIDMETRICS_ISA`.
  ///
  /// - Throws: `KernelError.unknownInstructionSet` if the variable holds another word.
  public static func chosen(cap: String?) throws(KernelError) -> InstructionSet {
    guard let cap, !cap.isEmpty else { return widest }
    guard let named = InstructionSet(rawValue: cap) else { throw .unknownInstructionSet(cap) }
    return min(named, widest)
  }
}

/// What can be wrong with a request to the engine.
public enum KernelError: Error, Equatable, CustomStringConvertible {
  case unknownInstructionSet(String)

  public var description: String {
    switch self {
    case .unknownInstructionSet(let word):
      "`VIDMETRICS_ISA` is `\(word)`; it can be \(InstructionSet.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "))"
    }
  }
}
