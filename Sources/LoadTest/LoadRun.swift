import Foundation
import Synchronization

/// Calls at intended times, whether or not those before were answered: latency counts
/// from the intended time, so that a server that stalls is charged for every call that
/// was due meanwhile (no coordinated omission).
package struct LoadRun: Sendable {
  /// Makes a call on a connection, and gives the name of its code; nil when it went well.
  package typealias Call =
    @Sendable (_ connection: Int, Operation, _ chance: UInt64) async ->
    String?

  let plan: LoadPlan
  let call: Call

  package init(_ plan: LoadPlan, call: @escaping Call) {
    self.plan = plan
    self.call = call
  }

  private final class Outstanding: Sendable {
    let count = Atomic<Int>(0)
  }

  /// One step's tally with its time.
  struct Outcome: Sendable {
    var step: LoadPlan.Step
    var offered: Int
    var seconds: Double
    var figures: Tally.Figures
    var unanswered: Int
  }

  /// Runs warm-up and steps.
  ///
  /// - Parameter progress: called with the share done and what is going on.
  package func run(progress: @escaping @Sendable (Double, String) -> Void) async -> LoadReport {
    let total = Self.seconds(plan.warmUp) + plan.steps.reduce(0) { $0 + Self.seconds($1.duration) }
    var done = 0.0
    var chance = SplitMix(state: plan.seed)
    if plan.warmUp > .zero {
      let step = LoadPlan.Step(rate: plan.steps[0].rate, duration: plan.warmUp)
      _ = await run(step, &chance) { progress($0 / total, "warming up") }
      done += Self.seconds(plan.warmUp)
    }
    var outcomes: [Outcome] = []
    for step in plan.steps {
      if Task.isCancelled { break }
      let before = done
      outcomes.append(
        await run(step, &chance) {
          progress((before + $0) / total, "\(Int(step.rate)) calls a second")
        })
      done += Self.seconds(step.duration)
    }
    return LoadReport(plan, outcomes)
  }

  private func run(
    _ step: LoadPlan.Step, _ chance: inout SplitMix, progress: @escaping (Double) -> Void
  ) async -> Outcome {
    let tally = Tally()
    let outstanding = Outstanding()
    let start = ContinuousClock.now
    let length = Self.seconds(step.duration)
    let count = Int((length * step.rate).rounded(.down))
    var next = 0
    while next < count, !Task.isCancelled {
      let elapsed = Self.seconds(.now - start)
      // Everything that is due by now, and not one at a time: a clock wakes too late.
      let due = min(count, Int((elapsed * step.rate).rounded(.down)) + 1)
      while next < due {
        dispatch(next, step, start, chance: chance.next(), tally, outstanding)
        next += 1
      }
      progress(elapsed)
      let wait = max(Double(next) / step.rate - Self.seconds(.now - start), 0.0005)
      try? await Task.sleep(for: .seconds(wait))
    }
    // Those under way have as long as a caller would wait.
    let limit = ContinuousClock.now + .seconds(10)
    while outstanding.count.load(ordering: .relaxed) > 0, ContinuousClock.now < limit,
      !Task.isCancelled
    { try? await Task.sleep(for: .milliseconds(2)) }
    return Outcome(
      step: step, offered: next, seconds: Self.seconds(.now - start), figures: tally.snapshot,
      unanswered: outstanding.count.load(ordering: .relaxed))
  }

  private func dispatch(
    _ number: Int, _ step: LoadPlan.Step, _ start: ContinuousClock.Instant, chance: UInt64,
    _ tally: Tally, _ outstanding: Outstanding
  ) {
    let offset = Double(number) / step.rate
    let intended = start + .seconds(offset)
    var choice = SplitMix(state: chance)
    let operation = plan.mix.choose(&choice)
    guard outstanding.count.load(ordering: .relaxed) < plan.mostOutstanding else {
      return tally.record(operation, .zero, second: Int(offset), error: "NOT_SENT")
    }
    outstanding.count.add(1, ordering: .relaxed)
    let seed = choice.next()
    Task {
      let error = await call(number % plan.connections, operation, seed)
      tally.record(
        operation, .now - intended, second: Int(offset), error: error)
      outstanding.count.subtract(1, ordering: .relaxed)
    }
  }

  static func seconds(_ duration: Duration) -> Double {
    let (seconds, attoseconds) = duration.components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct SplitMix: RandomNumberGenerator, Sendable {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
