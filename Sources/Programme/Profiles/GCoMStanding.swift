/// What a local government has reached in the Global Covenant of Mayors: the
/// stage of each of its three badges, none of which may be there.
public struct GCoMStanding: Codable, Hashable, Sendable {
  public var mitigation: Stage?
  public var adaptation: Stage?
  public var compliance: Stage?

  /// The stages of a badge, in their order.
  public enum Stage: String, CaseIterable, Codable, Hashable, Sendable, Comparable {
    /// An inventory, or an assessment.
    case assessment
    /// A target, or goals.
    case target
    case plan

    public static func < (first: Self, second: Self) -> Bool { first.rank < second.rank }

    /// From 1 to 3.
    public var rank: Int {
      switch self {
      case .assessment: 1
      case .target: 2
      case .plan: 3
      }
    }
  }

  public init(mitigation: Stage? = nil, adaptation: Stage? = nil, compliance: Stage? = nil) {
    self.mitigation = mitigation
    self.adaptation = adaptation
    self.compliance = compliance
  }

  /// The ranks of the three badges, 0 for one that is not there.
  public var ranks: [Int] { [mitigation, adaptation, compliance].map { $0?.rank ?? 0 } }
}
