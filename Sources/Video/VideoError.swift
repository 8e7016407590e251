import Tensors

/// What can be wrong with a set of videos, a video or a choice of clips. Values only; `description` writes the words.
public enum VideoError: Error, Equatable, CustomStringConvertible, Sendable {
  // Sets
  case missing(path: String)
  case unknownKind(path: String)
  case loneImage(path: String)
  case emptySet(path: String, ignored: Int)
  case mixedFolder(path: String, images: Int, others: [String])
  case manifest(path: String, line: Int?, reason: String)

  // Encoded videos and images
  case undecodable(name: String, frame: Int?, reason: String)
  case noVideoStream(name: String)
  case noEndMark(name: String)
  case endsEarly(name: String, wanted: Int, found: Int)
  case sizeChanges(name: String, frame: Int, from: FrameSize, to: FrameSize)
  case unsupportedColour(name: String, matrix: String)
  case frameSizeDiffers(folder: String, file: String, size: FrameSize, first: String, firstSize: FrameSize)

  // Arrays
  /// None of the arrays of a .npz has the axes of videos.
  case noVideos(path: String)
  case fortranOrder(path: String)
  case elementType(path: String, descriptor: String)
  case layout(path: String, shape: [Int])
  case valueRangeNeeded(path: String, type: String)
  case valueRangeOfBytes(path: String, range: ValueRange)
  case outOfRange(name: String, value: Float, frame: Int, range: ValueRange)
  case notFinite(name: String, value: String, frame: Int)
  case severalArrays(path: String, names: [String])

  // Clips
  case tooShort(name: String, wanted: Int, found: Int, frames: Int, stride: Int, skipFirst: Int)
  case tooFewStarts(name: String, clips: Int, starts: Int)
  case badSampler(field: String, value: Int, least: Int)
  case badWindow(name: String, window: FrameWindow)

  // Pictures out
  case badSlice(name: String, isColumn: Bool, place: Int, limit: Int)
  case unencodable(coding: String, reason: String)
}
