import Measurement
import Synchronization

/// What calls have come to, counted from any thread.
final class Tally: Sendable {
  struct Interval: Sendable {
    var latency = Histogram()
    var errors = 0
  }

  struct Figures: Sendable {
    var latency: [Operation: Histogram] = [:]
    /// By name of the code.
    var errors: [String: Int] = [:]
    var answered = 0
    var intervals: [Interval] = []
  }

  private let figures = Mutex(Figures())

  /// A call that was answered.
  ///
  /// - Parameters:
  ///   - second: of its intended start.
  ///   - error: the name of its code; nil when it went well.
  func record(_ operation: Operation, _ latency: Duration, second: Int, error: String?) {
    figures.withLock { figures in
      while figures.intervals.count <= second { figures.intervals.append(Interval()) }
      if let error {
        figures.errors[error, default: 0] += 1
        figures.intervals[second].errors += 1
      } else {
        figures.answered += 1
        figures.latency[operation, default: Histogram()].record(latency)
        figures.intervals[second].latency.record(latency)
      }
    }
  }

  var snapshot: Figures { figures.withLock { $0 } }
}
