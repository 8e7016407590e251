import Foundation
import Networks
import Video

extension Picture {
  /// A flow in the colours of Middlebury's wheel (Baker et al., "A Database and Evaluation Methodology for Optical Flow", ICCV
  /// 2007): the hue is the direction, the stronger the longer, as RAFT's `flow_viz.py` draws it.
  ///
  /// - Parameters:
  ///   - largest: the length, in pixels, that has the full colour; nil for that of the flow's longest. What is longer is
  ///     darker.
  public init(_ flow: FlowField, largest: Float? = nil) {
    let scale = (largest ?? flow.lengths.max() ?? 0) + 1e-5
    var pixels: [UInt8] = []
    pixels.reserveCapacity(flow.height * flow.width * 3)
    for place in stride(from: 0, to: flow.values.count, by: 2) {
      let (u, v) = (flow.values[place] / scale, flow.values[place + 1] / scale)
      let length = Double((u * u + v * v).squareRoot())
      let turn = (atan2(-v, -u) / .pi + 1) / 2 * Float(FlowWheel.colours.count - 1)
      guard length.isFinite else {
        pixels += [0, 0, 0]
        continue
      }
      let first = Int(turn)
      let share = Double(turn) - Double(first)
      let (a, b) = (FlowWheel.colours[first], FlowWheel.colours[(first + 1) % FlowWheel.colours.count])
      for channel in 0..<3 {
        let colour = ((1 - share) * a[channel] + share * b[channel]) / 255
        pixels.append(UInt8(255 * (length <= 1 ? 1 - length * (1 - colour) : colour * 0.75)))
      }
    }
    self.init(width: flow.width, height: flow.height, pixels: pixels)
  }
}

private enum FlowWheel {
  /// 55 colours: red to yellow, green, cyan, blue, magenta and back.
  static let colours: [SIMD3<Double>] = {
    /// From one colour towards the next, in whole levels: the channel that rises or falls.
    func arc(_ steps: Int, from start: SIMD3<Double>, _ channel: Int) -> [SIMD3<Double>] {
      (0..<steps).map { step in
        var colour = start
        let level = Double(255 * step / steps)
        colour[channel] = start[channel] == 0 ? level : 255 - level
        return colour
      }
    }
    return arc(15, from: [255, 0, 0], 1) + arc(6, from: [255, 255, 0], 0) + arc(4, from: [0, 255, 0], 2)
      + arc(11, from: [0, 255, 255], 1) + arc(13, from: [0, 0, 255], 0) + arc(6, from: [255, 0, 255], 2)
  }()
}
