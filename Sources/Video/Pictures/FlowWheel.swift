/// Middlebury's wheel of directions (Baker et al., "A Database and Evaluation Methodology for Optical Flow", ICCV 2007).
public enum FlowWheel {
  /// 55 colours from 0 to 255, RGB, clockwise from what goes to the right: red to yellow (down), green, cyan, blue, magenta and back.
  public static let colours: [SIMD3<Double>] = {
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
