import Foundation

/// What other programs computed: the project's golden values, inside the binary beside the recipes' names.
enum Golden {
  /// `i3d.json`, by PyTorch in float32: the network's logits of a clip of a fixed stream, and FVDs of black videos against
  /// white ones, each by T.
  struct I3DValues: Decodable {
    let logits: [String: [Float]]
    let blackWhite: [String: Double]

    enum CodingKeys: String, CodingKey {
      case logits
      case blackWhite = "fvd_black_white"
    }
  }

  /// An entry of `video.json`: all frames of a file as packed RGB.
  struct File: Decodable {
    /// The program that decoded it.
    let reference: String
    let sha256: String
    /// Base64, of those that are held to a bound instead.
    let rgb: String?
  }

  static func i3d() throws -> I3DValues {
    try JSONDecoder().decode(I3DValues.self, from: Data(PackageResources.i3d_json))
  }

  static func files() throws -> [String: File] {
    try JSONDecoder().decode([String: File].self, from: Data(PackageResources.video_json))
  }
}
