import History
import Testing

@Suite struct HistoryTests {}
