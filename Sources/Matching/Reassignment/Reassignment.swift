import Foundation

/// Assigns all participants to networks anew: one primary network each and up to
/// two further ones, the networks' sizes within bounds, and nobody moved unless the
/// evidence outweighs the cost of moving.
public struct Reassignment: Sendable {
  /// What decides besides the memberships.
  public struct Options: Hashable, Sendable {
    /// By how much the log-odds of another network must exceed those of the present
    /// one for a move.
    public var moveCost = 1.0
    /// The least and the most participants with each network as primary one; a
    /// network that is not there is not bounded.
    public var sizes: [Int: ClosedRange<Int>] = [:]
    /// A further network needs at least this membership …
    public var furtherThreshold = 0.5
    /// … or, when the participant is in it already, this much less.
    public var hysteresis = 0.1
    public var mostFurther = 2

    public init() {}
  }

  /// The networks of one participant, as indices.
  public struct Networks: Hashable, Sendable {
    public var primary: Int
    public var further: [Int]

    public init(primary: Int, further: [Int] = []) {
      self.primary = primary
      self.further = further
    }
  }

  /// What became of a participant.
  public enum Change: String, Codable, Hashable, Sendable, CaseIterable {
    /// The same primary network as before, another one, or the first one.
    case kept, moved, new
    /// Without any signal: left out, as before.
    case unassigned
  }

  public struct Outcome: Hashable, Sendable {
    public var networks: Networks?
    public var change: Change
  }

  public struct Result: Hashable, Sendable {
    /// In the order of the participants.
    public var outcomes: [Outcome]
    /// How many have each network as primary one.
    public var sizes: [Int]
    /// The proof that no better assignment exists; see `NetworkAssignment`.
    public var solution: NetworkAssignment.Solution
    /// What `solution` solves, over the participants with a signal, in order.
    public var problem: NetworkAssignment

    public static func == (a: Result, b: Result) -> Bool {
      a.outcomes == b.outcomes && a.sizes == b.sizes && a.solution == b.solution
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(solution) }
  }

  private let networks: Int
  private let options: Options

  public init(networks: Int, options: Options = Options()) {
    self.networks = networks
    self.options = options
  }

  /// Log-odds beyond this, either way, are as good as certain.
  private static let certain = 12.0

  /// Log-odds of a membership, within ±12.
  public static func logOdds(_ membership: Double) -> Double {
    guard membership > 0 else { return -certain }
    guard membership < 1 else { return certain }
    return min(certain, max(-certain, log(membership / (1 - membership))))
  }

  /// - Parameters:
  ///   - memberships: of each participant, one value a network; nil without any
  ///     signal.
  ///   - previous: of each participant, if it was assigned before.
  /// - Complexity: see `NetworkAssignment.solve`.
  public func assign(
    _ memberships: [[Double]?], previous: [Networks?]
  ) throws(NetworkAssignment.Infeasibility) -> Result {
    precondition(memberships.count == previous.count, "one entry for each participant")
    let known = memberships.indices.filter { memberships[$0] != nil }
    let problem = NetworkAssignment(
      values: known.map { participant in
        let own = memberships[participant] ?? []
        return (0..<networks).map { network in
          let stays = previous[participant].map { $0.primary == network } ?? true
          let value = Self.logOdds(own[network]) - (stays ? 0 : options.moveCost)
          return Int64((value * 1e6).rounded())
        }
      },
      bounds: (0..<networks).map { options.sizes[$0] ?? 0...Int.max })
    let solution = try problem.solve()
    var outcomes = previous.map { Outcome(networks: $0, change: .unassigned) }
    var sizes = [Int](repeating: 0, count: networks)
    for (participant, primary) in zip(known, solution.networks) {
      sizes[primary] += 1
      let before = previous[participant]
      outcomes[participant] = Outcome(
        networks: Networks(
          primary: primary,
          further: further(memberships[participant] ?? [], primary: primary, before: before)),
        change: before.map { $0.primary == primary ? .kept : .moved } ?? .new)
    }
    return Result(outcomes: outcomes, sizes: sizes, solution: solution, problem: problem)
  }

  private func further(_ own: [Double], primary: Int, before: Networks?) -> [Int] {
    let present = Set((before?.further ?? []) + (before.map { [$0.primary] } ?? []))
    let fitting = own.indices.filter { network in
      let least = options.furtherThreshold - (present.contains(network) ? options.hysteresis : 0)
      return network != primary && own[network] >= least
    }
    // Equal memberships go by the networks' numbers.
    return Array(
      fitting.sorted { (own[$1], $0) < (own[$0], $1) }.prefix(options.mostFurther))
  }
}
