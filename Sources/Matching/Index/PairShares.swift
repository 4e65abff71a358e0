import CVectorKernels
import Programme

/// What each known factor counts for a pair, for every combination of known ones.
struct PairShares: Sendable {
  /// What a pair knows, in the bits of the C kernels.
  typealias Known = UInt32

  private let shares: [[Double]]
  private let counted: Known

  init(_ weights: FactorWeights) {
    let bits = Factor.allCases.map { weights[$0] > 0 ? Self.bits(of: $0) : 0 }
    counted = bits.reduce(0, |)
    shares = (0..<256).map { known in
      let factors = Factor.allCases.filter {
        weights[$0] > 0 && UInt32(known) & Self.bits(of: $0) != 0
      }
      let total = factors.reduce(0) { $0 + weights[$1] }
      return Factor.allCases.map { factors.contains($0) ? weights[$0] / total : 0 }
    }
  }

  /// In the order of the factors; 0 for those that are not known.
  subscript(known: Known) -> [Double] { shares[Int(known)] }

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

  /// The weights of the three vector products, the mean of two directions being
  /// half of each.
  func blockWeights(_ known: Known) -> [Double] {
    let shares = self[known]
    let (seeks, offers) = (known & Self.querySeeks != 0, known & Self.queryOffers != 0)
    let direction = seeks && offers ? shares[2] / 2 : shares[2]
    return [shares[1], seeks ? direction : 0, offers ? direction : 0]
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
