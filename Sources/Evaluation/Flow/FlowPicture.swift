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
