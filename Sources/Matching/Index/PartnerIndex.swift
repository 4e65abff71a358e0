import Foundation
public import Programme

/// Finds the best partners of a participant among up to millions of profiles.
///
/// The results are those of computing `PairScore` for every eligible pair: the
/// index skips only candidates of which a bound shows that they do not belong to
/// the best. An index does not change; any number of tasks may use it at once.
///
/// It holds three vectors of 8 bits a component and about 200 bytes a profile.
public struct PartnerIndex: Sendable {
  public let weights: FactorWeights
  public let eligibility: Eligibility
  let columns: ProfileColumns
  let panels: PartnerPanels
  /// Rows in the order of their ids, and each row's place in it.
  let rowsByID: [UInt32]
  let ranks: [UInt32]
  /// The rows with ids that are not all ASCII: these may be written in several ways.
  private let otherIDs: [String: [UInt32]]
  /// For an id, the rows that name it among their previous partners.
  private let namedBy: [String: [UInt32]]
  /// For an id, those that may not be paired with it.
  private let excluded: [String: [String]]
  /// What each known factor counts, by the bits of `VK_SHARED_NETWORKS` and others.
  let shares: PairShares

  /// - Complexity: see `PartnerIndexBuilder.build`.
  public init(
    profiles: some Sequence<Profile>, weights: FactorWeights, eligibility: Eligibility
  ) {
    var builder = PartnerIndexBuilder(weights: weights, eligibility: eligibility)
    for profile in profiles { builder.append(profile) }
    self = builder.build()
  }

  init(
    columns: ProfileColumns, panels: PartnerPanels, weights: FactorWeights,
    eligibility: Eligibility
  ) {
    self.weights = weights
    self.eligibility = eligibility
    self.columns = columns
    self.panels = panels
    rowsByID = columns.ids.sortedPlaces()
    var ranks = [UInt32](repeating: 0, count: columns.count)
    for (rank, row) in rowsByID.enumerated() { ranks[Int(row)] = UInt32(rank) }
    self.ranks = ranks
    var otherIDs: [String: [UInt32]] = [:]
    for row in 0..<columns.count where !columns.ids.isASCII(row) {
      otherIDs[columns.ids[row], default: []].append(UInt32(row))
    }
    self.otherIDs = otherIDs
    var namedBy: [String: [UInt32]] = [:]
    if !eligibility.rules.allowPreviousPartners {
      for (row, partners) in columns.previousPartners {
        for partner in partners { namedBy[partner, default: []].append(row) }
      }
    }
    self.namedBy = namedBy
    var excluded: [String: [String]] = [:]
    for exclusion in eligibility.exclusions {
      excluded[exclusion.first, default: []].append(exclusion.second)
      excluded[exclusion.second, default: []].append(exclusion.first)
    }
    self.excluded = excluded
    shares = PairShares(weights)
  }

  /// The same profiles under other weights and rules, sharing their memory.
  ///
  /// - Complexity: O(profiles · log(profiles)), for the order of the ids.
  public func with(weights: FactorWeights, eligibility: Eligibility) -> PartnerIndex {
    PartnerIndex(columns: columns, panels: panels, weights: weights, eligibility: eligibility)
  }

  /// How many profiles there are.
  public var count: Int { columns.count }

  public func id(of row: Int) -> String { columns.ids[row] }

  public func name(of row: Int) -> String { columns.names[row] }

  /// The row of the profile with this id; of several, the first.
  ///
  /// - Complexity: O(log(count)).
  public func row(of id: String) -> Int? { rows(of: id).min().map(Int.init) }

  /// The profile of a row, equal to the one it was made from.
  public func profile(_ row: Int) -> Profile {
    let position = Int(panels.positions[row])
    let known = columns.knowledge[row]
    func vector(_ bit: Knowledge, _ block: Int) -> QuantisedVector? {
      // The largest step is 127, so that the same steps come out again.
      known.contains(bit)
        ? QuantisedVector(panels.vector(position, block: block).map(Float.init)) : nil
    }
    return Profile(
      id: id(of: row), name: name(of: row),
      memberships: known.contains(.memberships) ? panels.memberships(position) : nil,
      content: vector(.content, 0), offers: vector(.offers, 1), seeks: vector(.seeks, 2),
      facts: columns.facts(row))
  }

  /// The rows with an id, which is equal to others as strings are in Swift: when
  /// they are canonically equivalent.
  func rows(of id: String) -> [UInt32] {
    let rows = otherIDs[id] ?? []
    let ascii = Self.isASCII(id) ? id : id.precomposedStringWithCanonicalMapping
    guard Self.isASCII(ascii) else { return rows }
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if columns.ids.isBefore(Int(rowsByID[middle]), ascii) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return rows + rowsByID[low...].prefix { columns.ids.isEqual(Int($0), ascii) }
  }

  private static func isASCII(_ id: String) -> Bool { id.utf8.allSatisfy { $0 < 0x80 } }

  /// The rows that may not be paired with a participant because of who they are:
  /// itself, its previous partners, and those that the rules exclude.
  func forbidden(id: String, previousPartners: Set<String>) -> Set<UInt32> {
    var forbidden = Set(rows(of: id))
    if !eligibility.rules.allowPreviousPartners {
      for partner in previousPartners { forbidden.formUnion(rows(of: partner)) }
      forbidden.formUnion(namedBy[id] ?? [])
    }
    for other in excluded[id] ?? [] { forbidden.formUnion(rows(of: other)) }
    return forbidden
  }

  /// Whether the rules on regions allow a pair.
  func allows(
    _ region: (id: String, isEuropean: Bool), _ other: (id: String, isEuropean: Bool)
  ) -> Bool {
    let rules = eligibility.rules
    if rules.crossRegional, region.id == other.id { return false }
    return !rules.oneSideEuropean || region.isEuropean != other.isEuropean
  }
}
