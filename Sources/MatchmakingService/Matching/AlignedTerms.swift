import Foundation
import Programme
import Results

/// The terms of a plan that carry its networks, placed in the space of contents, so
/// that terms of plans in other languages can be laid beside them.
struct PlanTerms {
  struct Term {
    var text: String
    var vector: QuantisedVector
  }

  private(set) var terms: [Term] = []

  /// Terms that are compared; those that carry most.
  static let most = 24
  /// Below this similarity two terms do not mean the same.
  private static let least = 0.45

  /// Of what the strongest term carries.
  private static let leastShare = 0.12

  /// Short words of alphabets are articles and pronouns mostly.
  static func isTerm(_ word: String) -> Bool {
    word.count > 3 || word.utf8.count > word.count * 2
  }

  /// The terms that carry some networks together.
  init(_ networks: [NetworkTerms]) {
    let carrying = ClassificationView.WordView.carrying(
      networks.flatMap(\.words), limit: Self.most)
    // Words that carry next to nothing are the language's small change.
    let enough = (carrying.first?.contribution ?? 0) * Self.leastShare
    for word in carrying where word.contribution >= enough {
      if let vector = networks.lazy.compactMap({ $0.vectors[word.text] }).first {
        terms.append(Term(text: word.text, vector: vector))
      }
    }
  }

  /// The pairs of terms that are most alike, each term once, most alike first.
  func aligned(with other: PlanTerms, limit: Int) -> [AlignedTermView] {
    var pairs: [(Int, Int, Double)] = []
    for (i, own) in terms.enumerated() {
      for (j, partner) in other.terms.enumerated() {
        let similarity = own.vector.cosine(partner.vector)
        if similarity >= Self.least { pairs.append((i, j, similarity)) }
      }
    }
    // Equal similarities go by what carries more.
    pairs.sort { ($1.2, $0.0, $0.1) < ($0.2, $1.0, $1.1) }
    var used: (own: Set<Int>, partner: Set<Int>) = ([], [])
    var result: [AlignedTermView] = []
    for (i, j, similarity) in pairs where result.count < limit {
      guard !used.own.contains(i), !used.partner.contains(j) else { continue }
      used.own.insert(i)
      used.partner.insert(j)
      result.append(
        AlignedTermView(
          own: terms[i].text, partner: other.terms[j].text, similarity: min(1, similarity)))
    }
    return result
  }
}
