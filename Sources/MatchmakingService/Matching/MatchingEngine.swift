import Classification
import Foundation
import Matching
package import Programme
import Results

/// Everything about partners that a command or a handler asks for: participants
/// with their profiles, an index over them, and the classifier that explains.
package struct MatchingEngine: Sendable {
  package let participants: [Participant]
  let profiles: [Profile]
  /// What was read of each participant's plan.
  let plans: [PlanReading]
  let index: PartnerIndex
  let eligibility: Eligibility
  let lookup: NameLookup
  /// The latest decision of each pair, by either id.
  let decisions: [String: [Decision]]
  let classifier: Classifier
  let workspaces: Workspaces
  package let programme: ProgrammeDefinition

  /// Makes the participants' profiles, several at a time.
  ///
  /// - Parameters:
  ///   - decisions: the latest of each pair. Rejected pairs are never formed, accepted
  ///     ones are pinned in a cohort, and neither is suggested; those on unknown
  ///     participants mean nothing.
  ///   - earlier: an engine whose profiles are taken over where a participant is just
  ///     as it was.
  ///   - progress: called with the number of profiles made, from any thread.
  /// - Throws: `InputError` when two participants have one id, `TextError` for a plan
  ///   that is no text.
  init(
    _ participants: [Participant], decisions: [Decision] = [], classifier: Classifier,
    workspaces: Workspaces, programme: ProgrammeDefinition, reusing earlier: MatchingEngine? = nil,
    progress: @escaping @Sendable (Int) -> Void
  ) throws {
    var rows: [String: Int] = [:]
    for (row, participant) in participants.enumerated() {
      if let first = rows.updateValue(row, forKey: participant.id) {
        throw InputError(
          description: "the id '\(participant.id)' belongs to two participants, number "
            + "\(first + 1) and number \(row + 1); give each its own")
      }
    }
    let builder = ParallelProfiles(classifier: classifier, programme: programme)
    (profiles, plans) = try builder.make(participants, reusing: earlier, progress: progress)
    self.participants = participants
    eligibility = Eligibility(
      rules: programme.rules,
      exclusions: Set(
        decisions.filter { $0.verdict == .rejected }.map {
          Eligibility.Exclusion($0.participant, $0.partner)
        }))
    index = PartnerIndex(profiles: profiles, weights: programme.weights, eligibility: eligibility)
    lookup = NameLookup(participants)
    self.decisions = decisions.reduce(into: [:]) { byID, decision in
      guard rows[decision.participant] != nil, rows[decision.partner] != nil else { return }
      byID[decision.participant, default: []].append(decision)
      byID[decision.partner, default: []].append(decision)
    }
    self.classifier = classifier
    self.workspaces = workspaces
    self.programme = programme
  }

  /// The row of the participant that a loosely written name means.
  ///
  /// - Throws: `InputError` with the candidates, or with the nearest names.
  func row(named name: String) throws -> Int {
    func list(_ rows: [Int]) -> String {
      rows.prefix(10).map {
        "\(participants[$0].name) \(participants[$0].country) (\(participants[$0].id))"
      }.joined(separator: ", ") + (rows.count > 10 ? ", …" : "")
    }
    switch lookup.find(name) {
    case .found(let row): return row
    case .ambiguous(let rows):
      throw InputError(
        description: "'\(name)' may mean \(list(rows)); write the whole name with its country, "
          + "or the id in brackets")
    case .unknown(let nearest):
      throw InputError(
        description: "nobody is called '\(name)'"
          + (nearest.isEmpty ? "; there are no participants" : "; the nearest are \(list(nearest))")
      )
    }
  }

  func person(_ row: Int) -> ParticipantRef {
    let participant = participants[row]
    return ParticipantRef(
      id: participant.id, name: participant.name, country: participant.country,
      region: profiles[row].facts.region)
  }
}

extension ClassificationEngine {
  /// An engine for partners among these participants.
  ///
  /// - Parameters:
  ///   - decisions: the latest of each pair.
  ///   - earlier: an engine whose profiles are taken over where nothing has changed.
  ///   - progress: called with the number of profiles made, from any thread.
  /// - Throws: `InputError` when two participants have one id.
  package func matching(
    _ participants: [Participant], decisions: [Decision] = [],
    reusing earlier: MatchingEngine? = nil, progress: @escaping @Sendable (Int) -> Void
  ) throws -> MatchingEngine {
    try MatchingEngine(
      participants, decisions: decisions, classifier: classifier, workspaces: workspaces,
      programme: programme, reusing: earlier, progress: progress)
  }
}
