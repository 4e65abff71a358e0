import CVectorKernels
import Foundation
public import Programme

/// Collects profiles one by one for a `PartnerIndex`, so that they need not lie in
/// memory all at once.
public struct PartnerIndexBuilder: Sendable {
  let weights: FactorWeights
  let eligibility: Eligibility
  var columns = ProfileColumns()
  /// Of each vector; 0 before the first is seen.
  private(set) var dimension = 0
  /// Of each profile's memberships; 0 before the first are seen.
  private(set) var networks = 0
  /// [row][block][dimension], zeros for a vector that is not known.
  private var vectors: [Int8] = []
  /// [row][block]
  private var scales: [Float] = []
  /// [row][network], zeros where not known.
  private var memberships: [Double] = []

  public init(weights: FactorWeights, eligibility: Eligibility) {
    self.weights = weights
    self.eligibility = eligibility
  }

  /// How many profiles were appended.
  public var count: Int { columns.count }

  /// Appends a profile; its row is the number of those before it.
  ///
  /// All vectors must have one length, and all memberships one number of networks.
  public mutating func append(_ profile: Profile) {
    precondition(count < Int(UInt32.max), "rows are numbered with 32 bits")
    for vector in profile.vectors {
      if let vector { fix(dimension: vector.values.count) }
      scales.append(vector?.scale ?? 0)
    }
    for vector in profile.vectors where dimension > 0 {
      if let vector {
        vectors.append(contentsOf: vector.values)
      } else {
        vectors.append(contentsOf: repeatElement(0, count: dimension))
      }
    }
    if let values = profile.memberships, networks == 0, !values.isEmpty {
      networks = values.count
      memberships = Array(repeating: 0, count: count * networks)
    }
    let values = profile.memberships ?? []
    precondition(values.count <= networks, "memberships are of the same networks")
    memberships.append(contentsOf: values)
    memberships.append(contentsOf: repeatElement(0, count: networks - values.count))
    columns.append(profile)
  }

  /// The index of all profiles appended.
  ///
  /// - Complexity: O(count · (dimension + log(count))); needs the memory of the
  ///   vectors twice while it runs.
  public consuming func build() -> PartnerIndex {
    let order = columns.order(primaryNetworks: primaryNetworks())
    let panels = PartnerPanels(
      count: count, dimension: dimension, networks: networks, order: order, columns: columns,
      source: PartnerPanels.Source(vectors: vectors, scales: scales, memberships: memberships))
    vectors = []
    scales = []
    memberships = []
    return PartnerIndex(
      columns: columns, panels: panels, weights: weights, eligibility: eligibility)
  }

  private mutating func fix(dimension new: Int) {
    if dimension == 0 {
      dimension = new
      vectors = Array(repeating: 0, count: count * PartnerPanels.blocks * new)
    }
    precondition(new == dimension, "vectors of one space have one length")
  }

  /// The network of the largest membership of each row.
  private func primaryNetworks() -> [UInt8] {
    (0..<count).map { row in
      var best = 0
      for network in 0..<networks
      where memberships[row * networks + network] > memberships[row * networks + best] {
        best = network
      }
      return UInt8(clamping: best)
    }
  }
}

extension Profile {
  /// The vectors in the order of a candidate's blocks.
  var vectors: [QuantisedVector?] { [content, offers, seeks] }
}
