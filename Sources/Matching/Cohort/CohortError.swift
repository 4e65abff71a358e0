/// Why there is no pairing.
public enum CohortError: Error, Hashable, Sendable {
  /// Two participants, of either side, share an id.
  case duplicateParticipant(String)
  case duplicateRule(String)
  /// A rule, a pinned or a forbidden pair names an id that the side has not.
  case unknownParticipant(String)
  /// A capacity, minimum or maximum is below 0; of whom or of which rule.
  case negativeBound(String)
  /// Of a participant or a rule; no pairing could satisfy it.
  case minimumAboveMaximum(String, minimum: Int, maximum: Int)
  case pinnedAndForbidden(CohortPair)
  case pinnedIneligible(CohortPair)
  /// The scores are of other numbers of participants than the problem's.
  case scoresDoNotFit(left: Int, right: Int)
  /// A score that is neither in 0…1,000,000 nor ineligible.
  case scoreOutOfRange(CohortPair, Int32)
  /// More pairs could be formed than `CohortSolver.mostPairs`.
  case tooLarge(pairs: Int)
  /// The rules cannot all hold.
  case infeasible(CohortConflict)
  /// The rules can hold, but the stable pairing does not keep these minima.
  case stableBreaksMinima([CohortShortfall])
  /// The deadline or a cancellation came before any pairing that keeps all rules
  /// was found. Whether there is one is not known.
  case stopped
}

/// A minimum that is not reached.
public struct CohortShortfall: Codable, Hashable, Sendable {
  /// Of a participant or a rule.
  public var name: String
  public var minimum: Int
  public var reached: Int
}

/// One thing that a pairing must keep.
public enum CohortConstraint: Codable, Hashable, Sendable {
  case pinned(CohortPair)
  case forbidden(CohortPair)
  case participantMinimum(String, Int)
  case capacity(String, Int)
  case ruleMinimum(String, Int)
  case ruleMaximum(String, Int)
}

/// Constraints that cannot hold together. None could be left out: without any one of
/// them the others can hold.
public struct CohortConflict: Codable, Hashable, Sendable {
  public var constraints: [CohortConstraint]
  /// false when the search was stopped: the constraints cannot all hold, but some of
  /// them may have no part in it.
  public var isSmallest: Bool

  /// In English, in one or two sentences.
  public var words: String {
    var clauses: [String] = []
    var capacities: [Int: [String]] = [:]
    for constraint in constraints {
      switch constraint {
      case .pinned(let pair): clauses.append("\(pair.left) must be paired with \(pair.right)")
      case .forbidden(let pair):
        clauses.append("\(pair.left) must not be paired with \(pair.right)")
      case .participantMinimum(let id, let count):
        clauses.append("\(id) must have at least \(Self.pairs(count))")
      case .ruleMinimum(let name, let count):
        clauses.append("“\(name)” needs at least \(Self.pairs(count))")
      case .ruleMaximum(let name, let count):
        clauses.append("“\(name)” allows at most \(Self.pairs(count))")
      case .capacity(let id, let count): capacities[count, default: []].append(id)
      }
    }
    for (count, ids) in capacities.sorted(by: { $0.key < $1.key }) {
      clauses.append(
        ids.count == 1
          ? "\(ids[0]) can have at most \(Self.pairs(count))"
          : "each of \(ids.count) participants (\(Self.list(ids))) can have at most "
            + Self.pairs(count))
    }
    switch clauses.count {
    case 0: return "No pairing is possible."
    case 1: return "This cannot hold with the eligible pairs there are: \(clauses[0])."
    default:
      return "These cannot all hold with the eligible pairs there are: "
        + clauses.joined(separator: "; ")
        + (isSmallest
          ? ". Loosening any one of them resolves this conflict."
          : ". Some of them may have no part in it: the search was stopped.")
    }
  }

  private static func pairs(_ count: Int) -> String { count == 1 ? "1 pair" : "\(count) pairs" }

  private static func list(_ ids: [String]) -> String {
    ids.count <= 6
      ? ids.joined(separator: ", ") : ids.prefix(5).joined(separator: ", ") + ", …"
  }
}
