import Harness
import Testing

@Suite struct HarnessTests {}
