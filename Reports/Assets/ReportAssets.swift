/// Templates and published rows, inside the binary.
public enum ReportAssets {
  /// The page of a report, in mustache.
  public static let page = String(decoding: PackageResources.report_mustache, as: UTF8.self)
  /// The style of the page.
  public static let style = String(decoding: PackageResources.report_css, as: UTF8.self)
  /// Sorts tables when a head is clicked; the page is whole without it.
  public static let script = String(decoding: PackageResources.report_js, as: UTF8.self)
}
