import Classification
import Dispatch
import Foundation
import Programme
import Synchronization

/// Makes many profiles on all cores.
struct ParallelProfiles {
  let classifier: Classifier
  let programme: ProgrammeDefinition

  /// Profiles and term caches in the participants' order.
  ///
  /// - Parameters:
  ///   - earlier: whose profiles and terms are taken over where a participant is just
  ///     as it was.
  ///   - progress: called with the number done, from any thread.
  /// - Throws: the error of the first participant that has one.
  func make(
    _ participants: [Participant], reusing earlier: MatchingEngine?,
    progress: @escaping @Sendable (Int) -> Void
  ) throws -> ([Profile], [TermCache]) {
    let known = Dictionary(
      (earlier?.participants ?? []).enumerated().map { ($1.id, $0) }, uniquingKeysWith: { $1 })
    let results = Mutex<[Result<(Profile, TermCache), any Error>?]>(
      Array(repeating: nil, count: participants.count))
    let done = Atomic<Int>(0)
    let chunk = 16
    DispatchQueue.concurrentPerform(iterations: (participants.count + chunk - 1) / chunk) { part in
      let builder = ProfileBuilder(classifier: classifier, programme: programme)
      for row in part * chunk..<min((part + 1) * chunk, participants.count) {
        let participant = participants[row]
        let result: Result<(Profile, TermCache), any Error>
        if let earlier, let old = known[participant.id], earlier.participants[old] == participant {
          result = .success((earlier.profiles[old], earlier.terms[old]))
        } else {
          result = Result {
            (
              try builder.profile(of: participant),
              TermCache(participant, networks: programme.networks.count)
            )
          }
        }
        results.withLock { $0[row] = result }
        progress(done.add(1, ordering: .relaxed).newValue)
      }
    }
    var profiles: [Profile] = []
    var terms: [TermCache] = []
    profiles.reserveCapacity(participants.count)
    for result in results.withLock({ $0 }) {
      guard let (profile, cache) = try result?.get() else { continue }
      profiles.append(profile)
      terms.append(cache)
    }
    return (profiles, terms)
  }
}
