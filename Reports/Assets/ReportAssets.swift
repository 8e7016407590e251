/// Templates and published rows, inside the binary.
public enum ReportAssets {}
