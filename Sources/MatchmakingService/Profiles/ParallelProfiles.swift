import Classification
import Foundation
import Programme

/// Makes many profiles on all cores.
struct ParallelProfiles {
  let classifier: Classifier
  let programme: ProgrammeDefinition

  /// Profiles and what was read of the plans, in the participants' order.
  ///
  /// - Parameters:
  ///   - earlier: whose profiles and plans are taken over where a participant is just
  ///     as it was.
  ///   - progress: called with the number done, from any thread.
  /// - Throws: the error of the first participant that has one.
  func make(
    _ participants: [Participant], reusing earlier: MatchingEngine?,
    progress: @escaping @Sendable (Int) -> Void
  ) throws -> ([Profile], [PlanReading]) {
    let known = Dictionary(
      (earlier?.participants ?? []).enumerated().map { ($1.id, $0) }, uniquingKeysWith: { $1 })
    let made = try Parallel.map(count: participants.count, progress: progress) {
      ProfileBuilder(classifier: classifier, programme: programme)
    } element: { row, builder -> (Profile, PlanReading) in
      let participant = participants[row]
      if let earlier, let old = known[participant.id], earlier.participants[old] == participant {
        return (earlier.profiles[old], earlier.plans[old])
      }
      let (profile, plan) = try builder.profile(of: participant)
      return (profile, PlanReading(participant, plan, networks: programme.networks.count))
    }
    return (made.map(\.0), made.map(\.1))
  }
}
