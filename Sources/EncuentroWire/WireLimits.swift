import Programme

/// How much one message may hold. Beyond the number of elements it is refused with
/// `WireError.tooMany`; what is not here is bounded by the memory for unpacking alone.
package enum WireLimits {
  /// Participants of one UpsertParticipantsRequest, and of a page.
  package static let participants = 10_000
  /// Aliases, members, languages, partners or themes of one participant, each.
  package static let listOfParticipant = 1_000
  /// Sections of a plan.
  package static let sections = 10_000
  /// Networks of a programme, and so of whatever has an entry for each.
  package static let networks = 1_000
  /// Factors of a score.
  package static let factors = Factor.allCases.count
  /// Regions of a programme, and countries of a region.
  package static let regions = 1_000
  /// Names that a SuggestPartnersRequest excludes.
  package static let excluded = 1_000
  /// Suggestions of an answer, passages of evidence for a network, elements of a page.
  package static let top = 1_000
  /// Pinned and forbidden pairs of a PairCohortRequest, each.
  package static let pairs = 10_000
  /// Bounds of a PairCohortRequest.
  package static let bounds = 1_000
  /// Assignments given with a ReassignNetworksRequest.
  package static let assignments = 100_000
  /// Characters of a decision's reason.
  package static let reason = 4096
  /// Characters of an idempotency key.
  package static let idempotencyKey = 128

  /// Bytes that unpacking a message of so many bytes may take. Short texts in repeated
  /// fields take about 25 times their bytes in C's structures; empty messages could take
  /// a hundred times, and are refused.
  package static func arena(for messageBytes: Int) -> Int {
    min(64 << 20, 32 * messageBytes + (64 << 10))
  }
}
