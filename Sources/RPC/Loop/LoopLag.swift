import Synchronization

/// How long the rounds of a loop take: an event waits so long at most for those before it.
///
/// The loop alone writes, with plain loads and stores; any thread reads.
package final class LoopLag: @unchecked Sendable {
  // The memory is allocated once and holds atomics.
  private let counts: UnsafeMutablePointer<Atomic<Int>>
  private let longest = Atomic<Int64>(0)

  /// Upper bounds of the histogram's classes but for the last, which has none: 64 µs, and
  /// four times as much each.
  package static let bounds: [Duration] = (0..<7).map { .microseconds(64 << (2 * $0)) }

  init() {
    counts = .allocate(capacity: Self.bounds.count + 1)
    for place in 0...Self.bounds.count { (counts + place).initialize(to: Atomic(0)) }
  }

  deinit {
    counts.deinitialize(count: Self.bounds.count + 1)
    counts.deallocate()
  }

  /// Rounds by their time, one number for each of `bounds` and one for longer rounds.
  package var histogram: [Int] {
    (0...Self.bounds.count).map { counts[$0].load(ordering: .relaxed) }
  }

  /// The longest round since the last question.
  package func takeLongest() -> Duration {
    .nanoseconds(longest.exchange(0, ordering: .relaxed))
  }

  func record(_ nanoseconds: Int64) {
    // Whole 64 µs, of which every two more binary digits are a class.
    let digits = Int64.bitWidth - (max(0, nanoseconds - 1) / 64_000).leadingZeroBitCount
    let place = min((digits + 1) / 2, Self.bounds.count)
    counts[place].store(counts[place].load(ordering: .relaxed) + 1, ordering: .relaxed)
    if nanoseconds > longest.load(ordering: .relaxed) {
      longest.store(nanoseconds, ordering: .relaxed)
    }
  }
}
