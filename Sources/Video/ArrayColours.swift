import Tensors

/// RGB of what arrays hold: grey is all three colours, and what alpha hides is black.
enum ArrayColours {
  /// - Parameter colours: 1, 3 or 4 values of a pixel.
  static func rgb(_ values: [UInt8], colours: Int) -> [UInt8] {
    expanded(values, colours) { value, alpha in
      // Rounded as Pillow does: (v·a + 127) / 255.
      alpha == 255 ? value : UInt8((Int(value) * Int(alpha) + 127) / 255)
    }
  }

  /// - Parameter range: what the numbers mean, those of alpha as well.
  static func rgb(_ values: [Float], colours: Int, range: ValueRange) -> [Float] {
    let (black, white): (Float, Float) =
      switch range {
      case .unit, .network: (0, 1)
      case .symmetric: (-1, 1)
      case .byte: (0, 255)
      }
    return expanded(values, colours) { value, alpha in
      alpha == white ? value : black + (value - black) * (alpha - black) / (white - black)
    }
  }

  private static func expanded<Value>(_ values: [Value], _ colours: Int, over: (Value, Value) -> Value) -> [Value] {
    guard colours != 3 else { return values }
    var result: [Value] = []
    result.reserveCapacity(values.count / colours * 3)
    for pixel in stride(from: 0, to: values.count, by: colours) {
      if colours == 1 {
        result += [values[pixel], values[pixel], values[pixel]]
      } else {
        for colour in pixel..<pixel + 3 { result.append(over(values[colour], values[pixel + 3])) }
      }
    }
    return result
  }
}

extension ArrayGeometry {
  var colourWords: String { colours == 1 ? "grey" : colours == 3 ? "rgb" : "rgba" }
}
