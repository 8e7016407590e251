/// What camera poses are relative to.
public enum CameraOrigin: String, Sendable, CaseIterable, Codable {
  /// The first camera of each path.
  case firstFrame = "first-frame"
  /// The world of each file, as it is.
  case world
}

/// Of which matrix the translations are that are compared.
public enum PoseForm: String, Sendable, CaseIterable, Codable {
  /// The camera's place in the world.
  case cameraToWorld = "camera-to-world"
  /// The world's origin as the camera sees it.
  case worldToCamera = "world-to-camera"
}

/// How far two cameras move before their translations are compared: an estimated path has no unit.
public enum CameraScale: String, Sendable, CaseIterable, Codable {
  case none
  /// Each path divided by its own largest translation.
  case furthest
  /// Both divided by the real path's largest translation.
  case realFurthest = "real-furthest"
  /// Each divided by its own length.
  case pathLength = "path-length"
  /// The fake path multiplied by what brings its translations nearest to the real ones.
  case leastSquares = "least-squares"
}

/// What becomes of errors of frames.
public enum FrameReduction: String, Sendable, CaseIterable, Codable { case sum, mean }

public enum AngleUnit: String, Sendable, CaseIterable, Codable { case radians, degrees }

/// How the fake path is laid over the real one before trajectory errors are taken.
public enum TrajectoryAlignment: String, Sendable, CaseIterable, Codable {
  case none
  /// Their first cameras are one.
  case firstFrame = "first-frame"
  /// The rotation and shift of least squares.
  case rigid
  /// The rotation, shift and scale of least squares (Umeyama 1991).
  case similarity
}

/// What of the errors along a trajectory is its value.
public enum TrajectoryStatistic: String, Sendable, CaseIterable, Codable { case rmse, mean }
