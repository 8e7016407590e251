/// A file that the makers of weights publish.
public struct PublishedFile: Sendable, Equatable {
  public let name: String
  /// Where it is; nil where it is in no place that a program could fetch it from.
  public let url: String?
  /// Its SHA-256, hexadecimal, or the beginning of it, where its makers say it; nil where they do not.
  package let digest: String?
  /// Bytes, as its source says; not checked.
  package let size: Int?

  /// The file's name says how its SHA-256 begins.
  var claimsDigest: Bool { digest.map { name.contains($0) } ?? false }

  /// What of the digest was checked before the file got its name.
  var digestDescription: String {
    guard let digest else { return "nothing" }
    return digest.count == 64
      ? "the published file's SHA-256" : "the first \(digest.count) digits of the published file's SHA-256"
  }

  package init(name: String, url: String? = nil, digest: String? = nil, size: Int? = nil) {
    self.name = name
    self.url = url
    self.digest = digest
    self.size = size
  }

  /// The file at the end of a URL.
  init(url: String, digest: String? = nil, size: Int? = nil) {
    self.init(name: String(url.split(separator: "/").last ?? ""), url: url, digest: digest, size: size)
  }
}
