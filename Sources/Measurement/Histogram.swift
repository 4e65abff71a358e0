/// Counts of durations in log-linear buckets, as HdrHistogram has them: every duration
/// from a nanosecond to an hour is known to within 1/128.
package struct Histogram: Sendable, Equatable {
  /// Buckets for each doubling.
  private static let perDoubling = 128
  private static let shift = 7
  /// Longer durations count as this long: 2⁴² ns, 73 minutes.
  package static let longest = Int64(1) << 42
  static let bucketCount = (42 - shift + 2) * perDoubling
  /// By how much a quantile may be above the true one at most.
  package static let relativeError = 1.0 / Double(perDoubling)

  private(set) var counts: [UInt64]
  package private(set) var count: UInt64 = 0
  /// Nanoseconds.
  package private(set) var sum: Double = 0
  package private(set) var largest: Int64 = 0

  package init() { counts = Array(repeating: 0, count: Self.bucketCount) }

  /// What an `AtomicHistogram` has counted.
  init(counts: [UInt64], sum: Double, largest: Int64) {
    self.counts = counts
    count = counts.reduce(0, +)
    self.sum = sum
    self.largest = largest
  }

  /// - Complexity: O(1), without allocation.
  package mutating func record(_ duration: Duration) {
    let nanoseconds = Self.nanoseconds(duration)
    counts[Self.bucket(of: nanoseconds)] += 1
    count += 1
    sum += Double(nanoseconds)
    largest = max(largest, nanoseconds)
  }

  package mutating func merge(_ other: Histogram) {
    for (bucket, added) in other.counts.enumerated() where added > 0 { counts[bucket] += added }
    count += other.count
    sum += other.sum
    largest = max(largest, other.largest)
  }

  /// The least duration that at least a share of all do not exceed, in nanoseconds,
  /// rounded up to its bucket's end; 0 without any.
  ///
  /// - Parameter share: 0…1.
  /// - Complexity: O(buckets).
  package func quantile(_ share: Double) -> Int64 {
    guard count > 0 else { return 0 }
    let rank = max(1, UInt64((share * Double(count)).rounded(.up)))
    var seen: UInt64 = 0
    for (bucket, here) in counts.enumerated() where here > 0 {
      seen += here
      if seen >= rank { return min(Self.end(of: bucket), largest) }
    }
    return largest
  }

  /// Nanoseconds; 0 without any.
  package var mean: Double { count > 0 ? sum / Double(count) : 0 }

  /// How many took no longer than a duration, to within a bucket.
  package func count(upTo duration: Duration) -> UInt64 {
    let last = Self.bucket(of: Self.nanoseconds(duration))
    return counts[...last].reduce(0, +)
  }

  static func nanoseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    guard seconds < 4400 else { return longest }
    return min(longest, max(0, seconds * 1_000_000_000 + attoseconds / 1_000_000_000))
  }

  static func bucket(of nanoseconds: Int64) -> Int {
    let exponent = max(0, 63 - nanoseconds.leadingZeroBitCount - shift)
    return exponent * perDoubling + Int(nanoseconds >> Int64(exponent))
  }

  /// The largest number in a bucket.
  static func end(of bucket: Int) -> Int64 {
    let exponent = max(0, bucket / perDoubling - 1)
    return (Int64(bucket - exponent * perDoubling + 1) << Int64(exponent)) - 1
  }
}
