/// Whether Physics-IQ's numbers are rounded on their way, as they are in the files of the published program.
public enum ScoreRounding: String, Sendable, CaseIterable, Codable {
  /// Values of frames to 4 digits, those of the takes to 4 (spatial IoU: 5), the score to 2.
  case published
  case none
}
