/// The best candidates of a query so far: a heap with the worst on top.
///
/// A candidate is one number that orders as candidates do: its score, then its
/// place in the reverse order of ids.
struct BestPartners {
  let limit: Int
  private var heap: [UInt64] = []

  init(limit: Int) { self.limit = limit }

  /// The score below which nothing is taken any more; nil while anything is.
  var worst: Int32? { heap.count < limit ? nil : heap.first.map { Int32($0 >> 32) } }

  mutating func offer(micros: Int32, rank: UInt32) {
    let candidate = UInt64(UInt32(bitPattern: micros)) << 32 | UInt64(UInt32.max - rank)
    if heap.count < limit {
      heap.append(candidate)
      var child = heap.count - 1
      while child > 0, heap[child] < heap[(child - 1) / 2] {
        heap.swapAt(child, (child - 1) / 2)
        child = (child - 1) / 2
      }
    } else if let worst = heap.first, candidate > worst {
      heap[0] = candidate
      sink()
    }
  }

  /// Best first.
  func sorted() -> [(micros: Int32, rank: UInt32)] {
    heap.sorted(by: >).map {
      (Int32($0 >> 32), UInt32.max - UInt32(truncatingIfNeeded: $0))
    }
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child] < heap[least] { least = child }
      if least == parent { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
