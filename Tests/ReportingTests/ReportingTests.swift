import Reporting
import Testing

@Suite struct ReportingTests {}
