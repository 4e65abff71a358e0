import Foundation

/// Repeated passes over the same work, timed one by one in seconds of the
/// processor: what others do on a shared machine is not counted.
///
/// The fastest pass is the figure to compare, since disturbances of the caches
/// only ever add time. The median tells how much.
public struct Passes: Codable, Sendable {
  public var count: Int
  public var fastest: Double
  public var median: Double

  /// Runs `pass` at least `count` times and for at least `seconds` in all, after
  /// one pass that is not timed.
  public init(count: Int = 5, seconds: Double = 3, _ pass: () throws -> Void) rethrows {
    try pass()
    var times: [Double] = []
    var total = 0.0
    while times.count < count || total < seconds {
      let start = Self.now()
      try pass()
      times.append(Self.now() - start)
      total += times[times.count - 1]
    }
    times.sort()
    self.count = times.count
    fastest = times[0]
    median = times[times.count / 2]
  }

  /// Seconds of the processor that this process has used.
  public static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
