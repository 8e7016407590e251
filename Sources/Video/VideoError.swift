import Tensors

/// What can be wrong with a set of videos, a video or a choice of clips. Values only; `description` writes the words. What is
/// wrong with files as bytes is a `FilesError`.
public enum VideoError: Error, Equatable, Sendable, CustomStringConvertible {
  case set(SetProblem)
  case decoding(DecodingProblem)
  case array(ArrayProblem)
  case clip(ClipProblem)
  case picture(PictureProblem)
  case poses(PoseProblem)

  /// What was found, where, and the way out.
  public var description: String {
    switch self {
    case .set(let problem): problem.description
    case .decoding(let problem): problem.description
    case .array(let problem): problem.description
    case .clip(let problem): problem.description
    case .picture(let problem): problem.description
    case .poses(let problem): problem.description
    }
  }
}

extension VideoError {
  /// A set of videos, as it is named.
  public enum SetProblem: Equatable, Sendable {
    case missing(path: String)
    case unknownKind(path: String)
    case loneImage(path: String)
    case emptySet(path: String, ignored: Int)
    /// `filter` leaves out so many files, and nothing is left.
    case nothingMeant(path: String, filter: NameFilter, files: Int, first: String)
    case mixedFolder(path: String, images: Int, others: [String])
    case manifest(path: String, line: Int?, reason: String)
    /// Names of one sample that differ in their endings; how many samples have several, and the names of the first.
    case sameStems(path: String, stems: Int, first: [String])
    /// `a (1).mp4` beside `a.mp4`.
    case copies(path: String, count: Int, copy: String, original: String)
    case realBesideFake(path: String, real: String, fake: String)
    /// Pictures of several videos, or of several kinds, in one folder.
    case severalSeries(path: String, series: [Series])
    /// The natural order of frames is not that of their numbers read otherwise.
    case orderOfNames(path: String, reading: NumberReading, first: String)
  }

  /// An encoded video, or a folder of pictures.
  public enum DecodingProblem: Equatable, Sendable {
    case undecodable(name: String, frame: Int?, reason: String)
    case noVideoStream(name: String)
    /// A picture that is attached to sound.
    case onlyCover(name: String)
    /// A file of several pictures where one is wanted.
    case animation(name: String, coding: String, frames: Int)
    case noEndMark(name: String)
    case endsEarly(name: String, wanted: Int, found: Int)
    case sizeChanges(name: String, frame: Int, from: FrameSize, to: FrameSize)
    case unsupportedColour(name: String, matrix: String)
    case frameSizeDiffers(folder: String, file: String, size: FrameSize, first: String, firstSize: FrameSize)
  }

  /// A .npy or .npz of videos.
  public enum ArrayProblem: Equatable, Sendable {
    /// None of the arrays of a .npz has the axes of videos.
    case noVideos(path: String)
    /// An archive of videos, pictures or others that is called .npz.
    case mediaBesideArrays(path: String, member: String)
    case fortranOrder(path: String)
    case elementType(path: String, descriptor: String)
    case layout(path: String, shape: [Int])
    /// Grey or alpha that the network should take as it is.
    case networkColours(path: String, colours: Int)
    case valueRangeNeeded(path: String, type: String)
    case valueRangeOfBytes(path: String, range: ValueRange)
    case outOfRange(name: String, value: Float, frame: Int, range: ValueRange)
    case notFinite(name: String, value: String, frame: Int)
    case severalArrays(path: String, names: [String])
  }

  /// A choice of frames.
  public enum ClipProblem: Equatable, Sendable {
    case tooShort(name: String, wanted: Int, found: Int, frames: Int, stride: Int, skipFirst: Int)
    case tooFewStarts(name: String, clips: Int, starts: Int)
    case badSampler(field: String, value: Int, least: Int)
    case badWindow(name: String, window: FrameWindow)
  }

  /// A picture that is made.
  public enum PictureProblem: Equatable, Sendable {
    case badSlice(name: String, isColumn: Bool, place: Int, limit: Int)
    case unencodable(coding: String, reason: String)
  }

  /// Files of camera poses.
  public enum PoseProblem: Equatable, Sendable {
    case emptySet(path: String, ignored: Int)
    case notPoses(path: String)
    case notText(name: String)
    /// Numbers in the first line that no format has.
    case noFormat(name: String, line: Int, columns: Int)
    case columns(name: String, line: Int, found: Int, wanted: Int, format: PoseFormat)
    case badNumber(name: String, line: Int, value: String)
    case notRotation(name: String, line: Int, determinant: Double, skewness: Double)
    /// A quaternion whose length is not 1; `line` is an image's place where `isImage`.
    case notUnit(name: String, line: Int, isImage: Bool, length: Double)
    /// A place that cannot be computed with; `line` is an image's place where `isImage`.
    case tooFar(name: String, line: Int, isImage: Bool)
    /// The time of a line is before that of the line above it.
    case backInTime(name: String, line: Int)
    case imageTwice(name: String, image: String)
    case tooFew(name: String, poses: Int)
  }
}
