import Foundation

/// Assigns every participant one network, so that the sum of values is as large as
/// possible while the networks' sizes stay within bounds.
///
/// A transportation problem with one unit a participant: each first gets its best
/// network; then, one unit at a time, the cheapest chain of moves between networks
/// takes a surplus to where there is room, or fills a network that has too few.
/// Shortest augmenting paths keep the assignment optimal for its sizes at every
/// step (R. Ahuja, T. Magnanti, J. Orlin, "Network Flows", 1993, 9.7), and the
/// networks' prices prove it.
public struct NetworkAssignment: Sendable {
  /// `values[participant][network]`: what the assignment is worth, in millionths.
  public let values: [[Int64]]
  /// The least and the most participants of each network.
  public let bounds: [ClosedRange<Int>]

  /// - Parameters:
  ///   - values: for each participant one value a network, each at most 10¹² in
  ///     size.
  ///   - bounds: of each network.
  public init(values: [[Int64]], bounds: [ClosedRange<Int>]) {
    self.values = values
    self.bounds = bounds
  }

  /// An optimal assignment with its proof.
  public struct Solution: Hashable, Sendable {
    /// The network of each participant.
    public var networks: [Int]
    public var total: Int64
    /// What a place in each network costs: every participant is in a network where
    /// its value less the price is largest; a price above 0 means that the network
    /// is full, below 0 that it has no more than it must.
    public var prices: [Int64]
  }

  /// Why no assignment exists.
  public enum Infeasibility: Error, Hashable, Sendable {
    /// The maxima together hold fewer than the participants.
    case tooFewPlaces(places: Int, participants: Int)
    /// The minima together ask for more than the participants.
    case tooManyRequired(required: Int, participants: Int)
  }

  /// - Complexity: O(participants · networks + moves · (networks³ + networks ·
  ///   log participants)).
  public func solve() throws(Infeasibility) -> Solution {
    // A bound beyond the participants says no more than their number.
    let places = bounds.reduce(0) { $0 + min($1.upperBound, values.count) }
    let required = bounds.reduce(0) { $0 + min($1.lowerBound, values.count + 1) }
    guard values.isEmpty || !bounds.isEmpty, places >= values.count else {
      throw .tooFewPlaces(places: places, participants: values.count)
    }
    guard required <= values.count else {
      throw .tooManyRequired(required: required, participants: values.count)
    }
    var state = State(self)
    state.balance()
    return Solution(
      networks: state.network, total: zip(values, state.network).reduce(0) { $0 + $1.0[$1.1] },
      prices: state.prices())
  }

  /// Whether a solution is what it says; independent of how it was found.
  ///
  /// - Returns: nil, or what is wrong with it.
  public func fault(in solution: Solution) -> String? {
    guard solution.networks.count == values.count, solution.prices.count == bounds.count else {
      return "it has \(solution.networks.count) participants and \(solution.prices.count) prices"
    }
    var sizes = [Int](repeating: 0, count: bounds.count)
    var total: Int64 = 0
    for (participant, network) in solution.networks.enumerated() {
      guard bounds.indices.contains(network) else { return "network \(network) does not exist" }
      sizes[network] += 1
      total += values[participant][network]
      let own = values[participant][network] - solution.prices[network]
      for other in bounds.indices where values[participant][other] - solution.prices[other] > own {
        return "participant \(participant) would rather be in \(other) at these prices"
      }
    }
    for (network, size) in sizes.enumerated() {
      guard bounds[network].contains(size) else { return "network \(network) has \(size)" }
      let price = solution.prices[network]
      if price > 0, size < bounds[network].upperBound { return "network \(network) is not full" }
      if price < 0, size > bounds[network].lowerBound { return "network \(network) has room" }
    }
    return total == solution.total ? nil : "the total is \(total), not \(solution.total)"
  }
}

extension NetworkAssignment {
  /// Who is where, and what each move between two networks would lose.
  private struct State {
    let values: [[Int64]]
    let bounds: [ClosedRange<Int>]
    var network: [Int]
    var sizes: [Int]
    /// For each pair of networks, the members of the first by what they lose by
    /// moving to the second; entries of those who have left are passed over.
    var losses: [[LossHeap]]

    init(_ problem: NetworkAssignment) {
      values = problem.values
      bounds = problem.bounds
      let count = bounds.count
      network = values.map { own in
        // Equal values go to the lower network.
        own.indices.max { (own[$0], $1) < (own[$1], $0) } ?? 0
      }
      sizes = [Int](repeating: 0, count: count)
      losses = Array(repeating: Array(repeating: LossHeap(), count: count), count: count)
      for participant in values.indices { enter(participant, network[participant]) }
    }

    mutating func enter(_ participant: Int, _ place: Int) {
      network[participant] = place
      sizes[place] += 1
      let own = values[participant]
      for other in bounds.indices where other != place {
        losses[place][other].insert(own[place] - own[other], participant)
      }
    }

    /// The least that some member of a network loses by moving to another.
    mutating func loss(from place: Int, to other: Int) -> (loss: Int64, participant: Int)? {
      while let top = losses[place][other].first {
        if network[top.participant] == place,
          values[top.participant][place] - values[top.participant][other] == top.loss
        {
          return top
        }
        losses[place][other].removeFirst()
      }
      return nil
    }

    /// The shortest distances from networks with a start value, by Bellman and
    /// Ford: best[n] and the network before n on the way.
    mutating func shortest(from start: [Int64?]) -> (best: [Int64?], before: [Int?]) {
      let count = bounds.count
      var best = start
      var before = [Int?](repeating: nil, count: count)
      let edges = (0..<count).map { from in
        (0..<count).map { to in from == to ? nil : loss(from: from, to: to)?.loss }
      }
      for _ in 0..<count {
        var changed = false
        for from in 0..<count {
          guard let base = best[from] else { continue }
          for to in 0..<count {
            guard let step = edges[from][to] else { continue }
            if base + step < best[to] ?? .max {
              best[to] = base + step
              before[to] = from
              changed = true
            }
          }
        }
        if !changed { break }
      }
      return (best, before)
    }

    /// Moves one member along the way that leads to a network.
    mutating func shift(to end: Int, before: [Int?]) {
      var to = end
      var moves: [(participant: Int, to: Int)] = []
      while let from = before[to] {
        guard let move = loss(from: from, to: to) else { return }
        moves.append((move.participant, to))
        to = from
      }
      for move in moves {
        sizes[network[move.participant]] -= 1
        enter(move.participant, move.to)
      }
    }

    mutating func balance() {
      // First what is too full, into whatever has room; then what has too few, from
      // whatever can spare one.
      while let full = bounds.indices.first(where: { sizes[$0] > bounds[$0].upperBound }) {
        let (best, before) = shortest(from: bounds.indices.map { $0 == full ? 0 : nil })
        let open = bounds.indices.filter { sizes[$0] < bounds[$0].upperBound && best[$0] != nil }
        guard let end = open.min(by: { (best[$0] ?? .max, $0) < (best[$1] ?? .max, $1) }) else {
          return
        }
        shift(to: end, before: before)
      }
      while let poor = bounds.indices.first(where: { sizes[$0] < bounds[$0].lowerBound }) {
        let rich = bounds.indices.map { sizes[$0] > bounds[$0].lowerBound ? Int64(0) : nil }
        let (best, before) = shortest(from: rich)
        guard best[poor] != nil else { return }
        shift(to: poor, before: before)
      }
    }

    /// Prices by the shortest distances in the residual graph with a node outside
    /// whose price is 0: a network with room takes a unit from it for nothing, one
    /// that can spare a unit gives it for nothing.
    mutating func prices() -> [Int64] {
      let count = bounds.count
      // d(n) is at most 0 where a unit may leave for outside; a member's move from
      // n to m means d(m) ≤ d(n) + loss, and room at m means d(m) ≥ 0.
      var distance = [Int64](repeating: 0, count: count)
      var outside: Int64 = 0
      let edges = (0..<count).map { from in
        (0..<count).map { to in from == to ? nil : loss(from: from, to: to)?.loss }
      }
      for _ in 0...count + 1 {
        for from in 0..<count {
          for to in 0..<count {
            if let step = edges[from][to] {
              distance[to] = min(distance[to], distance[from] + step)
            }
          }
          if sizes[from] < bounds[from].upperBound { outside = min(outside, distance[from]) }
          if sizes[from] > bounds[from].lowerBound { distance[from] = min(distance[from], outside) }
        }
      }
      return distance.map { outside - $0 }
    }
  }

  /// A binary heap of losses, the least first; ties by the participant's number.
  private struct LossHeap {
    private var items: [(loss: Int64, participant: Int)] = []

    var first: (loss: Int64, participant: Int)? { items.first }

    mutating func insert(_ loss: Int64, _ participant: Int) {
      items.append((loss, participant))
      var at = items.count - 1
      while at > 0, items[at] < items[(at - 1) / 2] {
        items.swapAt(at, (at - 1) / 2)
        at = (at - 1) / 2
      }
    }

    mutating func removeFirst() {
      items.swapAt(0, items.count - 1)
      items.removeLast()
      var at = 0
      while true {
        var least = at
        for child in [2 * at + 1, 2 * at + 2] where child < items.count {
          if items[child] < items[least] { least = child }
        }
        if least == at { return }
        items.swapAt(at, least)
        at = least
      }
    }
  }
}
