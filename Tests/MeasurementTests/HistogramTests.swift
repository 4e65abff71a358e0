import TestSupport
import Testing

@testable import Measurement

@Suite("Histograms")
struct HistogramTests {
  @Test("quantiles are those of sorting, to within the error", arguments: TestGenerator.seeds(10))
  func quantiles(_ seed: UInt64) {
    var chance = TestGenerator(seed: seed)
    var histogram = Histogram()
    let atomic = AtomicHistogram()
    let values = (0..<2000).map { _ in Int64(chance.next() >> UInt64(chance.int(22...63))) }
    for value in values {
      histogram.record(.nanoseconds(value))
      atomic.record(.nanoseconds(value))
    }
    let sorted = values.sorted()
    for share in [0.0, 0.001, 0.5, 0.9, 0.99, 0.999, 1] {
      let rank = max(1, Int((share * Double(sorted.count)).rounded(.up)))
      let exact = sorted[rank - 1]
      let found = histogram.quantile(share)
      #expect(found >= exact, "seed \(seed), share \(share)")
      #expect(
        Double(found) <= Double(exact) * (1 + Histogram.relativeError) + 1,
        "seed \(seed), share \(share)")
    }
    #expect(histogram.largest == sorted.last)
    #expect(atomic.snapshot == histogram)
  }

  @Test("every duration lies in its bucket, and buckets follow each other")
  func buckets() {
    for bucket in 1..<Histogram.bucketCount {
      let (last, end) = (Histogram.end(of: bucket - 1), Histogram.end(of: bucket))
      #expect(last < end)
      #expect(Histogram.bucket(of: last + 1) == bucket)
      #expect(Histogram.bucket(of: end) == bucket)
    }
    #expect(Histogram.nanoseconds(.seconds(1_000_000)) == Histogram.longest)
    #expect(Histogram.nanoseconds(.seconds(-1)) == 0)
    var histogram = Histogram()
    #expect(histogram.quantile(0.5) == 0)
    histogram.record(.seconds(1_000_000))
    #expect(histogram.quantile(1) == Histogram.longest)
  }

  @Test("merging is counting together")
  func merging() {
    var (one, other, both) = (Histogram(), Histogram(), Histogram())
    for number in 0..<100 {
      let duration = Duration.microseconds(number * number)
      if number % 3 == 0 { one.record(duration) } else { other.record(duration) }
      both.record(duration)
    }
    one.merge(other)
    #expect(one == both)
    #expect(both.count(upTo: .seconds(1)) == 100)
    #expect(both.count(upTo: .zero) == 1)
  }
}
