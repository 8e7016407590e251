import Foundation

/// The folder below which this program keeps what it can get or compute again.
public enum CacheRoot {
  /// `$VIDMETRICS_CACHE`, else `$XDG_CACHE_HOME/vidmetrics`, else `~/.cache/vidmetrics`.
  public static func path(environment: [String: String]) -> String {
    if let path = environment["VIDMETRICS_CACHE"], !path.isEmpty { return path }
    if let path = environment["XDG_CACHE_HOME"], path.hasPrefix("/") { return path + "/vidmetrics" }
    let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
    return home + "/.cache/vidmetrics"
  }
}
