import Matching
package import Programme
import Results

/// Weights learnt from past pairings, as `encuentro fit weights --json` prints them.
package struct FittedWeightsView: Codable, Sendable, Equatable {
  package var weights: FactorWeights
  package var pairs: Int
  package var folds: Int
  package var seed: UInt64
  /// Figures of even weights, of the programme's, and of fitted ones on pairings
  /// that they were not fitted on.
  package var even: PartnersReportView
  package var programme: PartnersReportView
  package var crossValidated: PartnersReportView
}

extension ClassificationEngine {
  /// Learns the factors' weights from the participants' partners of the earlier
  /// programme.
  ///
  /// - Parameter progress: called with the number of profiles made.
  /// - Throws: `InputError` when fewer than two pairings are known.
  package func fitWeights(
    _ participants: [Participant], seed: UInt64?, progress: (Int) -> Void
  ) throws -> FittedWeightsView {
    let builder = profileBuilder
    var profiles: [Profile] = []
    for participant in participants {
      profiles.append(try builder.profile(of: participant).profile)
      progress(profiles.count)
    }
    let index = Dictionary(
      profiles.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    var pairings: [(Int, Int)] = []
    for (place, profile) in profiles.enumerated() {
      for partner in profile.facts.previousPartners.sorted() {
        guard let other = index[partner] else { continue }
        // Both sides name each other; one of them is enough.
        let isNamedBack = profiles[other].facts.previousPartners.contains(profile.id)
        if place < other || !isNamedBack { pairings.append((place, other)) }
      }
    }
    guard pairings.count >= 2 else {
      throw InputError(
        description: "only \(pairings.count) past pairings are known; fitting needs two or more "
          + "('partners' of participants that are both in the file)")
    }
    var options = WeightFitting.Options()
    if let seed { options.seed = seed }
    let past = PastPairings(
      profiles, pairings: pairings, eligibility: Eligibility(rules: programme.rules))
    let result = WeightFitting(past, options: options).fit(current: programme.weights)
    return FittedWeightsView(
      weights: result.weights, pairs: past.count, folds: min(options.folds, past.count),
      seed: options.seed, even: PartnersReportView(result.even),
      programme: PartnersReportView(result.current),
      crossValidated: PartnersReportView(result.crossValidated))
  }
}
