/// Where the values of a program lie in one piece of memory, so that those that are needed at the same time do not overlap.
package struct MemoryPlan: Sendable {
  /// Memory that is needed from the step `first` to the step `last`.
  package struct Piece: Sendable {
    package let floats: Int
    package let first: Int
    package let last: Int

    package init(floats: Int, first: Int, last: Int) {
      self.floats = floats
      self.first = first
      self.last = last
    }

    package func isNeeded(with other: Piece) -> Bool { first <= other.last && other.first <= last }
  }

  /// The place of each piece, in floats, on 64-byte boundaries.
  package let places: [Int]
  /// Floats in all.
  package let count: Int
  /// Whether another piece lies in the same memory at another time.
  package let isShared: [Bool]

  /// The largest pieces first, each at the lowest place that is free while it is needed.
  ///
  /// - Complexity: O(n²) for n pieces.
  package init(_ pieces: [Piece]) {
    var places = [Int](repeating: 0, count: pieces.count)
    var placed: [Int] = []
    func end(_ index: Int) -> Int { places[index] + (pieces[index].floats + 15) / 16 * 16 }
    for index in pieces.indices.sorted(by: { (pieces[$0].floats, $1) > (pieces[$1].floats, $0) }) {
      let size = (pieces[index].floats + 15) / 16 * 16
      var place = 0
      for other in placed.sorted(by: { places[$0] < places[$1] }) where pieces[other].isNeeded(with: pieces[index]) {
        if places[other] >= place + size { break }
        place = max(place, end(other))
      }
      places[index] = place
      placed.append(index)
    }
    self.places = places
    count = pieces.indices.map(end).max() ?? 0
    isShared = pieces.indices.map { index in
      pieces.indices.contains { $0 != index && places[$0] < end(index) && places[index] < end($0) }
    }
  }
}
