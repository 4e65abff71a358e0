import Matching
import Programme
import Results

/// Why somebody has no partner, in the reader's language.
struct ReasonWords {
  let context: Context

  func text(_ reason: CohortResult.Reason, name: (String) -> String) -> String {
    let words = context.words
    func short(_ id: String) -> String {
      let name = name(id)
      return name.cut(Context.longestName) ?? name
    }
    switch reason {
    case .noCapacity: return words(ReasonKey.noCapacity)
    case .noCandidate: return words(ReasonKey.noCandidate)
    case .ruleMaximum(let rules):
      return words(ReasonKey.ruleMaximum, rules.map(rule).joined(separator: "; "))
    case .candidatesFull(let best, let loss):
      switch loss {
      // Less is not visible with three decimals.
      case let loss? where loss >= 500:
        return words(
          ReasonKey.wouldLose, short(best), words.formats.score(Double(loss) / 1e6))
      case .some: return words(ReasonKey.wouldNotGrow, short(best))
      case nil: return words(ReasonKey.betterServed, short(best))
      }
    case .notChosen(let best): return words(ReasonKey.notChosen, short(best))
    }
  }

  /// A rule's name; that of a quota is made of the region's.
  private func rule(_ name: String) -> String {
    for quota in context.programme.quotas {
      guard let region = context.programme.region(id: quota.region),
        name == "quota of \(region.name): at most \(quota.regionalCities) pairs"
      else { continue }
      return context.words(
        ReasonKey.quota, context.names.region(region.id),
        context.words.count(.pairs, quota.regionalCities))
    }
    return name
  }
}
