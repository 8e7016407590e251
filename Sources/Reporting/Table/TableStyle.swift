/// How a table is printed, whatever stands in it.
public struct TableStyle: Sendable, Equatable {
  /// How much is said below a table: nothing; what a reader needs for it, in a line or two; or all that decided its numbers.
  public enum Notes: String, Sendable, CaseIterable { case none, short, full }

  public var notes: Notes
  /// Whether methods stand over the columns and metrics at the rows.
  public var isTransposed: Bool
  /// Of a LaTeX table, for `\ref`.
  public var label: String?
  /// Of a LaTeX table, in place of the title.
  public var caption: String?

  public init(notes: Notes = .full, isTransposed: Bool = false, label: String? = nil, caption: String? = nil) {
    (self.notes, self.isTransposed, self.label, self.caption) = (notes, isTransposed, label, caption)
  }
}
