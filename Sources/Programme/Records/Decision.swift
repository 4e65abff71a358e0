/// What a committee has decided on a suggested pair.
public enum Verdict: String, CaseIterable, Codable, Hashable, Sendable {
  /// They are partners: not suggested any more, and pinned in a cohort.
  case accepted
  /// Not suggested any more, and forbidden in a cohort.
  case rejected
  /// To be decided later; still suggested.
  case deferred
}

/// A decision on a pair; the latest on a pair is the one that holds.
public struct Decision: Codable, Hashable, Sendable, Identifiable {
  /// Given by the store, ascending.
  public var id: Int64
  /// Ids of participants; the order of the two means nothing.
  public var participant: String
  public var partner: String
  public var verdict: Verdict
  /// Why, in the committee's words; never empty.
  public var reason: String
  /// Who decided.
  public var actor: String
  /// Microseconds since 1970 UTC.
  public var time: Int64

  public init(
    id: Int64, participant: String, partner: String, verdict: Verdict, reason: String,
    actor: String, time: Int64
  ) {
    self.id = id
    self.participant = participant
    self.partner = partner
    self.verdict = verdict
    self.reason = reason
    self.actor = actor
    self.time = time
  }
}
