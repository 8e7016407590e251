import Distances
import Foundation
import Testing

@Suite struct MotionSpectrumTests {
  /// A motion to and fro has its power at its frequency, one that goes on and on at 0.
  @Test func wavesAndDrifts() throws {
    let (length, amplitude) = (16, 3.0)
    let flows = (0..<length).map { t in
      [Float(amplitude * cos(2 * .pi * 3 * Double(t) / Double(length))), 0, 0.5, -2]
    }
    let spectrum = MotionSpectrum(length: length)
    let power = try spectrum.power(of: flows)
    #expect(spectrum.frequencies == (0...8).map { Double($0) / 16 })
    // Of two pixels, |Σ|² / L: of a cosine a² L / 4, of what is constant L |v|².
    for (k, found) in power.enumerated() {
      let wanted = k == 3 ? amplitude * amplitude * 16 / 4 / 2 : k == 0 ? 16 * 4.25 / 2 : 0
      #expect(abs(found - wanted) < 1e-5, "\(k): \(found) \(wanted)")
    }
  }

  /// The mean over all frequencies is that of the squared length, and segments are averaged; the rest is left out.
  @Test(arguments: [8, 9]) func lengths(_ length: Int) throws {
    var state: UInt64 = 7
    let flows = (0..<2 * length + 3).map { _ in
      (0..<6).map { _ -> Float in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(state >> 40) / Float(1 << 24) - 0.3
      }
    }
    let spectrum = MotionSpectrum(length: length)
    let power = try spectrum.power(of: flows)
    let whole = power.enumerated().reduce(0.0) { sum, entry in
      let isAlone = entry.offset == 0 || 2 * entry.offset == length
      return sum + (isAlone ? entry.element : 2 * entry.element)
    }
    let squares = flows.prefix(2 * length).reduce(0.0) { $0 + $1.reduce(0.0) { $0 + Double($1) * Double($1) } }
    #expect(abs(whole / Double(length) - squares / Double(3 * 2 * length)) < 1e-9)
    let halves = try [0..<length, length..<2 * length].map { try spectrum.power(of: Array(flows[$0])) }
    for (k, found) in power.enumerated() { #expect(abs(found - (halves[0][k] + halves[1][k]) / 2) < 1e-12) }
    #expect(throws: DistanceError.self) { try spectrum.power(of: Array(flows.prefix(length - 1))) }
  }
}
