/// A pairing that keeps every rule, how good it is, and the proof.
public struct CohortResult: Codable, Hashable, Sendable {
  public struct Pair: Codable, Hashable, Sendable {
    public var left: String
    public var right: String
    /// In millionths.
    public var score: Int32
    public var isPinned: Bool
  }

  /// What each objective looks at.
  public struct Figures: Codable, Hashable, Sendable {
    public var pairs: Int
    /// The sum of the scores, in millionths.
    public var total: Int64
    /// The lowest score, pinned pairs left aside; nil without any other.
    public var worst: Int32?
    /// As `CohortObjective.stable` defines them.
    public var blockingPairs: Int
  }

  /// A participant with fewer pairs than it could have.
  public struct Unpaired: Codable, Hashable, Sendable {
    public var id: String
    public var pairs: Int
    public var capacity: Int
    public var reason: Reason
    /// The best candidates that it is not paired with, those that would cost the
    /// total least first; at most three.
    public var alternates: [Alternate]
  }

  public enum Reason: Codable, Hashable, Sendable {
    /// It cannot have any pair.
    case noCapacity
    /// No pair with it is eligible, but for those it has.
    case noCandidate
    /// These rules have reached their maximum, and keep out every candidate with room.
    case ruleMaximum([String])
    /// Every candidate is full; its best, and what the sum of scores would at least
    /// lose if the pair were formed, in millionths, where the certificate tells it.
    case candidatesFull(best: String, loss: Int64?)
    /// A candidate has room; the search was stopped before it was used, or the
    /// objective is not served by it.
    case notChosen(best: String)
  }

  public struct Alternate: Codable, Hashable, Sendable {
    public var id: String
    /// In millionths.
    public var score: Int32
    /// What the sum of scores would at least lose with this pair in, in millionths;
    /// 0 or more; nil when the certificate is not of the total.
    public var loss: Int64?
  }

  public var objective: CohortObjective
  /// The seed that decided among pairings that are equally good.
  public var seed: UInt64
  /// By left id, then right, in the problem's order.
  public var pairs: [Pair]
  /// Left then right, in the problem's order.
  public var unpaired: [Unpaired]
  public var figures: Figures
  /// Whether the objective is proven to be reached. Otherwise the search was stopped
  /// and this is the best pairing found.
  public var isOptimal: Bool
  /// What the objective's figure is proven not to exceed: the total in millionths; for
  /// the fairest the worst score, once that is reached the total. nil for the stable.
  public var bound: Int64?
  /// `bound` less the figure; 0 when optimal.
  public var gap: Int64?
  public var certificate: CohortCertificate
}
