import CVectorKernels
import Programme

/// What each known factor counts for a pair, for every combination of known ones.
struct PairShares: Sendable {
  /// What a pair knows, in the bits of the C kernels.
  typealias Known = UInt32

  /// [known][factor], 0 for factors that are not known.
  private let shares: [Double]
  /// [known][block]
  private let blocks: [Float]
  private let counted: Known

  init(_ weights: FactorWeights) {
    let bits = Factor.allCases.map { weights[$0] > 0 ? Self.bits(of: $0) : 0 }
    counted = bits.reduce(0, |)
    let shares = (0..<256).map { known in
      let factors = Factor.allCases.filter {
        weights[$0] > 0 && UInt32(known) & Self.bits(of: $0) != 0
      }
      let total = factors.reduce(0) { $0 + weights[$1] }
      return Factor.allCases.map { factors.contains($0) ? weights[$0] / total : 0 }
    }
    self.shares = shares.flatMap { $0 }
    blocks = shares.enumerated().flatMap { known, shares in
      let (seeks, offers) = (
        UInt32(known) & Self.querySeeks != 0, UInt32(known) & Self.queryOffers != 0
      )
      let direction = Float(seeks && offers ? shares[2] / 2 : shares[2])
      return [Float(shares[1]), seeks ? direction : 0, offers ? direction : 0]
    }
  }

  /// A factor's part of the weights of those known.
  func share(_ factor: Int, _ known: Known) -> Double { shares[Int(known) * 7 + factor] }

  /// The weight of a block of vectors; both directions of complementarity have half
  /// of its weight each, one that is alone has all.
  func blockWeight(_ block: Int, _ known: Known) -> Float {
    blocks[Int(known) * PartnerPanels.blocks + block]
  }

  /// The known factors of positive weight.
  func known(ofQuery query: Knowledge, _ candidate: Knowledge) -> Known {
    let both = query.intersection(candidate)
    var known: UInt32 = 0
    func add(_ bit: UInt32, if isKnown: Bool) { if isKnown { known |= bit } }
    add(Self.sharedNetworks, if: both.contains(.memberships))
    add(Self.content, if: both.contains(.content))
    add(Self.querySeeks, if: query.contains(.seeks) && candidate.contains(.offers))
    add(Self.queryOffers, if: query.contains(.offers) && candidate.contains(.seeks))
    add(Self.scale, if: both.contains(.population))
    add(Self.language, if: both.contains(.languages))
    add(Self.mentoring, if: both.contains(.alumni) || both.contains(.gcom))
    add(Self.themes, if: both.contains(.themes))
    return known & counted
  }

  private static let sharedNetworks = UInt32(VK_SHARED_NETWORKS)
  private static let content = UInt32(VK_CONTENT)
  private static let querySeeks = UInt32(VK_QUERY_SEEKS)
  private static let queryOffers = UInt32(VK_QUERY_OFFERS)
  private static let scale = UInt32(VK_SCALE)
  private static let language = UInt32(VK_LANGUAGE)
  private static let mentoring = UInt32(VK_MENTORING)
  private static let themes = UInt32(VK_THEMES)

  private static func bits(of factor: Factor) -> Known {
    switch factor {
    case .sharedNetworks: sharedNetworks
    case .content: content
    case .complementarity: querySeeks | queryOffers
    case .scale: scale
    case .language: language
    case .mentoring: mentoring
    case .themes: themes
    }
  }
}
