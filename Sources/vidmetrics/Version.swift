enum Version {
  /// Of the program; every score carries it.
  static let text = "0.1.0"
}
