/// The proof that no pairing is better: duals, from which anyone can compute a bound
/// by looking at every pair once, without trusting how they were found.
///
/// A pair of score s weighs w = s · `pairUnit` + 1 when the total is measured, 1 when
/// the pairs are; pairs below `floor` that are not pinned do not count. Given a price
/// for each participant and rule, of any sign, no pairing is worth more than
///
///     Σ over participants and rules of (price · maximum, or · minimum if below 0)
///     + Σ over pairs of max(0, w − prices of its ends and of every rule that counts
///       them, once for each end)
///
/// by weak duality of the linear program (A. Schrijver, Combinatorial Optimization,
/// 2003, §5.4). Pinned pairs count with whatever sign. When rules cross, numbers of
/// pairs of some groups had to be tried below and above; every leaf of that tree has
/// prices of its own, those of the groups among them, and the bound is the largest of
/// theirs.
public struct CohortCertificate: Codable, Hashable, Sendable {
  public enum Measure: String, Codable, Hashable, Sendable {
    /// The sum of the scores, then the number of pairs.
    case total
    /// The number of pairs.
    case pairs
  }

  /// One thing that is proven.
  public struct Claim: Codable, Hashable, Sendable {
    public var measure: Measure
    /// In millionths.
    public var floor: Int32
    /// What the pairing must have besides the problem's rules.
    public var minimumPairs: Int
    /// 0 when pairs are measured; above any number of pairs when the total is.
    public var pairUnit: Int64
    /// Prices are in parts of so many of the weights' unit.
    public var scale: Int64
    /// What no pairing under these conditions is worth more than, in the weights'
    /// unit; below 0 when there is none.
    public var bound: Int64
    /// Ids of one side each: participants whom the same rules count.
    public var groups: [[String]]
    public var leaves: [Leaf]
  }

  /// Prices under which, with decisions on numbers of pairs, the bound holds.
  public struct Leaf: Codable, Hashable, Sendable {
    public var decisions: [Decision]
    /// By id and by rule; those that are not 0.
    public var participants: [String: Int64]
    public var rules: [String: Int64]
    /// One for each group of the claim.
    public var groups: [Int64]
    /// The price of the minimum number of pairs.
    public var pairs: Int64
  }

  /// A group has at most, or at least, so many pairs; one of the two is stated.
  public struct Decision: Codable, Hashable, Sendable {
    public var group: Int
    public var atMost: Int?
    public var atLeast: Int?
  }

  /// For the total: one claim on it. For the fairest: that there are no more pairs,
  /// that not as many reach a higher floor, and that their total is not larger.
  /// Empty for the stable pairing, which the blocking pairs tell by themselves.
  public var claims: [Claim]
}
