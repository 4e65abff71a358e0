/// How far a search is.
public struct CohortProgress: Hashable, Sendable {
  public enum Phase: String, Codable, Hashable, Sendable, CaseIterable {
    /// Reading all scores for each participant's best candidates.
    case candidates
    /// Finding the best pairing among the candidates.
    case pairing
    /// Looking through all other pairs for one that would improve it.
    case pricing
    /// Trying pairs in and out, since rules cross.
    case branching
    /// Searching the highest floor for the worst pair.
    case raisingFloor
    /// Finding the rules that conflict.
    case conflict
  }

  public var phase: Phase
  /// The objective's figure of the best pairing found, in millionths; nil before the
  /// first.
  public var value: Int64?
  /// What the figure cannot exceed; nil before it is known.
  public var bound: Int64?
  /// `bound` less `value`.
  public var gap: Int64? {
    guard let value, let bound else { return nil }
    return bound - value
  }
}

/// One search's clock: when to stop, and whom to tell.
final class CohortRun {
  private let deadline: ContinuousClock.Instant?
  private let isCancelled: @Sendable () -> Bool
  private let progress: ((CohortProgress) -> Void)?
  private(set) var isStopped = false
  private var last = CohortProgress(phase: .candidates)

  init(
    deadline: Duration?, isCancelled: @escaping @Sendable () -> Bool,
    progress: ((CohortProgress) -> Void)?
  ) {
    self.deadline = deadline.map { ContinuousClock.now + $0 }
    self.isCancelled = isCancelled
    self.progress = progress
  }

  /// To be asked at least every few milliseconds.
  func shouldStop() -> Bool {
    if !isStopped {
      isStopped =
        Task.isCancelled || isCancelled() || (deadline.map { ContinuousClock.now >= $0 } ?? false)
    }
    return isStopped
  }

  func report(_ phase: CohortProgress.Phase) {
    last.phase = phase
    progress?(last)
  }

  /// A new best value or bound; nil leaves what is known.
  func report(value: Int64? = nil, bound: Int64? = nil) {
    if let value { last.value = max(value, last.value ?? value) }
    if let bound { last.bound = min(bound, last.bound ?? bound) }
    progress?(last)
  }
}
