import Foundation
import Measurement

/// What a load test has found, as `encuentro load --json` prints it.
package struct LoadReport: Codable, Equatable, Sendable {
  /// Microseconds.
  package struct Latency: Codable, Equatable, Sendable {
    package var calls: UInt64
    package var mean: Double
    package var p50: Double
    package var p90: Double
    package var p95: Double
    package var p99: Double
    package var p999: Double
    package var p9999: Double
    package var max: Double
    /// Latencies at shares that draw a line: 0, 0.5, … up to 0.99999.
    package var curve: [[Double]]

    init(_ histogram: Histogram) {
      func at(_ share: Double) -> Double { Double(histogram.quantile(share)) / 1000 }
      calls = histogram.count
      mean = histogram.mean / 1000
      (p50, p90, p95, p99) = (at(0.5), at(0.9), at(0.95), at(0.99))
      (p999, p9999, max) = (at(0.999), at(0.9999), Double(histogram.largest) / 1000)
      curve = []
      // Eight points for each ninefold: beyond the calls there is nothing to know.
      for step in 0...40 {
        let rest = pow(10, -Double(step) / 8)
        guard rest * Double(histogram.count) >= 1 else { break }
        curve.append([1 - rest, at(1 - rest)])
      }
    }
  }

  package struct Interval: Codable, Equatable, Sendable {
    package var second: Int
    package var calls: UInt64
    package var errors: Int
    package var p50: Double
    package var p99: Double
    package var max: Double
  }

  package struct Step: Codable, Equatable, Sendable {
    /// Calls a second.
    package var offered: Double
    package var achieved: Double
    package var errors: Int
    package var p50: Double
    package var p99: Double
  }

  package var rate: Double
  package var achieved: Double
  package var connections: Int
  package var seconds: Double
  package var mix: String
  package var seed: UInt64
  package var offeredCalls: Int
  package var answered: Int
  /// Calls that had no answer at the end.
  package var unanswered: Int
  /// By the names of codes; NOT_SENT counts those beyond what may be outstanding.
  package var errors: [String: Int]
  package var latency: Latency
  package var byOperation: [String: Latency]
  package var intervals: [Interval]
  package var steps: [Step]
  /// By how much a latency may be overstated, as a share of it.
  package var relativeError = Histogram.relativeError

  init(_ plan: LoadPlan, _ outcomes: [LoadRun.Outcome]) {
    rate = plan.rate
    connections = plan.connections
    mix = plan.mix.text
    seed = plan.seed
    seconds = outcomes.reduce(0) { $0 + $1.seconds }
    offeredCalls = outcomes.reduce(0) { $0 + $1.offered }
    answered = outcomes.reduce(0) { $0 + $1.figures.answered }
    unanswered = outcomes.reduce(0) { $0 + $1.unanswered }
    achieved = seconds > 0 ? Double(answered) / seconds : 0
    errors = outcomes.reduce(into: [:]) { $0.merge($1.figures.errors, uniquingKeysWith: +) }
    var all = Histogram()
    var each: [Operation: Histogram] = [:]
    for (operation, histogram) in outcomes.flatMap(\.figures.latency) {
      all.merge(histogram)
      each[operation, default: Histogram()].merge(histogram)
    }
    latency = Latency(all)
    byOperation = Dictionary(
      each.map { ($0.key.rawValue, Latency($0.value)) }, uniquingKeysWith: { $1 })
    intervals = []
    steps = []
    for outcome in outcomes {
      let first = intervals.count
      for (second, interval) in outcome.figures.intervals.enumerated() {
        func at(_ share: Double) -> Double { Double(interval.latency.quantile(share)) / 1000 }
        intervals.append(
          Interval(
            second: first + second, calls: interval.latency.count, errors: interval.errors,
            p50: at(0.5), p99: at(0.99), max: Double(interval.latency.largest) / 1000))
      }
      var step = Histogram()
      for histogram in outcome.figures.latency.values { step.merge(histogram) }
      steps.append(
        Step(
          offered: outcome.step.rate,
          achieved: Double(outcome.figures.answered) / max(outcome.seconds, 1e-9),
          errors: outcome.figures.errors.values.reduce(0, +) + outcome.unanswered,
          p50: Double(step.quantile(0.5)) / 1000, p99: Double(step.quantile(0.99)) / 1000))
    }
  }

  /// Whether every call was answered, and well.
  package var isClean: Bool { errors.isEmpty && unanswered == 0 }
}
