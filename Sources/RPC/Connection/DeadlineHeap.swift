/// Which call's time is over next. Calls that ended earlier stay inside until they
/// outnumber the others, so that neither starting nor ending a call searches.
struct DeadlineHeap {
  private struct Entry {
    var deadline: ContinuousClock.Instant
    var stream: UInt32
  }

  private var entries: [Entry] = []
  private var ended = 0

  /// - Complexity: O(log n).
  mutating func insert(_ stream: UInt32, at deadline: ContinuousClock.Instant) {
    entries.append(Entry(deadline: deadline, stream: stream))
    siftUp(entries.count - 1)
  }

  /// Notes that a call with a deadline has ended.
  ///
  /// - Parameter isOpen: whether a call is still open.
  /// - Complexity: O(1), amortised.
  mutating func end(isOpen: (UInt32) -> Bool) {
    ended += 1
    guard ended > 64, ended > entries.count / 2 else { return }
    entries = entries.filter { isOpen($0.stream) }.sorted { $0.deadline < $1.deadline }
    ended = 0
  }

  /// The earliest time at which a call may be over; that call may have ended.
  var first: ContinuousClock.Instant? { entries.first?.deadline }

  /// Takes out a call whose time is over.
  ///
  /// - Complexity: O(log n).
  mutating func popFirst(until now: ContinuousClock.Instant) -> UInt32? {
    guard let first = entries.first, first.deadline <= now, let last = entries.popLast() else {
      return nil
    }
    if !entries.isEmpty {
      entries[0] = last
      siftDown(0)
    }
    return first.stream
  }

  private mutating func siftUp(_ start: Int) {
    var place = start
    while place > 0 {
      let parent = (place - 1) / 2
      guard entries[place].deadline < entries[parent].deadline else { return }
      entries.swapAt(place, parent)
      place = parent
    }
  }

  private mutating func siftDown(_ start: Int) {
    var place = start
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < entries.count {
        if entries[child].deadline < entries[least].deadline { least = child }
      }
      guard least != place else { return }
      entries.swapAt(place, least)
      place = least
    }
  }
}
