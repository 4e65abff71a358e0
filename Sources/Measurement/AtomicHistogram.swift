import Synchronization

/// A histogram that many threads write to without waiting for each other.
package final class AtomicHistogram: @unchecked Sendable {
  // The pointer never changes, and every access to what it points at is atomic.
  private let counts: UnsafeMutablePointer<Atomic<UInt64>>
  private let sum = Atomic<UInt64>(0)
  private let largest = Atomic<Int64>(0)

  package init() {
    counts = .allocate(capacity: Histogram.bucketCount)
    for bucket in 0..<Histogram.bucketCount { (counts + bucket).initialize(to: Atomic(0)) }
  }

  deinit {
    counts.deinitialize(count: Histogram.bucketCount)
    counts.deallocate()
  }

  /// - Complexity: O(1), without a lock or an allocation.
  package func record(_ duration: Duration) {
    let nanoseconds = Histogram.nanoseconds(duration)
    counts[Histogram.bucket(of: nanoseconds)].add(1, ordering: .relaxed)
    sum.add(UInt64(nanoseconds), ordering: .relaxed)
    largest.max(nanoseconds, ordering: .relaxed)
  }

  /// What has been counted so far; calls that end meanwhile may be in it in part.
  package var snapshot: Histogram {
    Histogram(
      counts: (0..<Histogram.bucketCount).map { counts[$0].load(ordering: .relaxed) },
      sum: Double(sum.load(ordering: .relaxed)), largest: largest.load(ordering: .relaxed))
  }
}
