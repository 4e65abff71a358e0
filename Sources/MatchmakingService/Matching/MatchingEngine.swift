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
  let index: PartnerIndex
  let lookup: NameLookup
  let classifier: Classifier
  package let programme: ProgrammeDefinition

  /// Makes the participants' profiles.
  ///
  /// - Parameter progress: called with the number of profiles made.
  /// - Throws: `InputError` when two participants have one id.
  init(
    _ participants: [Participant], classifier: Classifier, programme: ProgrammeDefinition,
    progress: (Int) -> Void
  ) throws {
    var rows: [String: Int] = [:]
    for (row, participant) in participants.enumerated() {
      if let earlier = rows.updateValue(row, forKey: participant.id) {
        throw InputError(
          description: "the id '\(participant.id)' belongs to two participants, number "
            + "\(earlier + 1) and number \(row + 1); give each its own")
      }
    }
    let builder = ProfileBuilder(classifier: classifier, programme: programme)
    var profiles: [Profile] = []
    for participant in participants {
      profiles.append(try builder.profile(of: participant))
      progress(profiles.count)
    }
    self.participants = participants
    self.profiles = profiles
    index = PartnerIndex(
      profiles: profiles, weights: programme.weights,
      eligibility: Eligibility(rules: programme.rules))
    lookup = NameLookup(participants)
    self.classifier = classifier
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
  /// - Parameter progress: called with the number of profiles made.
  /// - Throws: `InputError` when two participants have one id.
  package func matching(
    _ participants: [Participant], progress: (Int) -> Void
  ) throws -> MatchingEngine {
    try MatchingEngine(
      participants, classifier: classifier, programme: programme, progress: progress)
  }
}
