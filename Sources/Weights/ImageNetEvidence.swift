import Files
import Foundation

/// Why a file is taken for I3D's rgb_imagenet weights, which no published FVD uses.
public enum ImageNetEvidence: Equatable, Sendable, CustomStringConvertible {
  /// The file is, byte for byte, one that public repositories hold.
  case gitBlob(String)
  /// A part of its path says so.
  case pathPart(String)
  /// The user names it so.
  case requestedName

  public var description: String {
    switch self {
    case .gitBlob(let name): "it is git blob \(name.prefix(8)), model_rgb.pth of hassony2/kinetics_i3d_pytorch"
    case .pathPart(let part): "it is called `\(part)`, and its values are not those of `i3d-kinetics400`"
    case .requestedName: "it is to be called `\(KnownWeights.i3dImageNet.name)`"
    }
  }

  /// model_rgb.pth in hassony2/kinetics_i3d_pytorch 786fbae, i3d_rgb.pt in video_features a2f61b7.
  static let blobPrefixes = ["2a7c22e2"]

  static func blob(of bytes: UnsafeRawBufferPointer) -> ImageNetEvidence? {
    // I3D has 51 MB; the files of transformers need not be hashed for this.
    guard bytes.count < 100 << 20 else { return nil }
    let name = GitBlob.name(of: bytes)
    return blobPrefixes.contains { name.hasPrefix($0) } ? .gitBlob(name) : nil
  }

  /// Looks at the name of the file and of the folder that it lies in.
  static func path(_ path: String) -> ImageNetEvidence? {
    let parts = URL(fileURLWithPath: path).standardizedFileURL.pathComponents.suffix(2)
    let known = ["model_rgb.pth", "i3d_rgb.pt", "i3d_rgb.pth"]
    return parts.last { part in
      known.contains(part.lowercased()) || part.lowercased().contains("rgb_imagenet")
    }.map { .pathPart($0) }
  }
}
