/// Which pairs may be formed at all. A rule is never traded for score.
public struct Rules: Codable, Hashable, Sendable {
  /// The partners must come from two world regions.
  public var crossRegional: Bool
  /// One of the partners must be European.
  public var oneSideEuropean: Bool
  /// Two that were partners before may be paired again.
  public var allowPreviousPartners: Bool

  public init(crossRegional: Bool, oneSideEuropean: Bool, allowPreviousPartners: Bool) {
    self.crossRegional = crossRegional
    self.oneSideEuropean = oneSideEuropean
    self.allowPreviousPartners = allowPreviousPartners
  }
}
