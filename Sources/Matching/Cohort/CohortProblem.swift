/// A city, a region or a consortium that takes part as one.
public struct CohortParticipant: Codable, Hashable, Sendable, Identifiable {
  public var id: String
  /// The most pairs it can be in at once, from 0.
  public var capacity: Int
  /// The fewest pairs it must be in, 0…`capacity`.
  public var minimum: Int

  public init(id: String, capacity: Int = 1, minimum: Int = 0) {
    self.id = id
    self.capacity = capacity
    self.minimum = minimum
  }
}

/// A participant of the left side with one of the right side.
public struct CohortPair: Codable, Hashable, Sendable, Comparable {
  public var left: String
  public var right: String

  public init(left: String, right: String) {
    self.left = left
    self.right = right
  }

  public static func < (a: Self, b: Self) -> Bool { (a.left, a.right) < (b.left, b.right) }
}

/// A quota: how many pairs a group takes part in, such as a country, a region, those
/// of one primary network, or the alumni.
///
/// What counts is the ends of pairs at the group's members: a pair between two
/// members counts twice, a pair of one member once.
public struct CohortRule: Codable, Hashable, Sendable {
  /// How the rule is named to people; no two rules have the same.
  public var name: String
  /// Ids of participants on either side or both; nil for all of the left side, so
  /// that the rule counts the pairs.
  public var members: [String]?
  public var minimum: Int
  /// nil for no limit.
  public var maximum: Int?

  public init(name: String, members: [String]?, minimum: Int = 0, maximum: Int? = nil) {
    self.name = name
    self.members = members
    self.minimum = minimum
    self.maximum = maximum
  }
}

/// Who can be paired, and every rule that a pairing must keep. Each pair can be
/// formed once.
public struct CohortProblem: Codable, Hashable, Sendable {
  public var left: [CohortParticipant]
  public var right: [CohortParticipant]
  public var rules: [CohortRule]
  /// Pairs that must be formed, whatever they score.
  public var pinned: [CohortPair]
  /// Pairs that must not be formed.
  public var forbidden: [CohortPair]

  public init(
    left: [CohortParticipant], right: [CohortParticipant], rules: [CohortRule] = [],
    pinned: [CohortPair] = [], forbidden: [CohortPair] = []
  ) {
    self.left = left
    self.right = right
    self.rules = rules
    self.pinned = pinned
    self.forbidden = forbidden
  }
}

/// What the best pairing is.
public enum CohortObjective: String, Codable, Hashable, Sendable, CaseIterable {
  /// The largest sum of scores; among those of equal sum, the most pairs.
  case total
  /// The most pairs that the rules let be formed; among those pairings, the one
  /// whose lowest score is highest, pinned pairs left aside; among those, the
  /// largest sum of scores.
  case fairest
  /// No blocking pair: two that are not paired, could be without breaking a rule,
  /// and both gain: each has room, or scores strictly higher with the other than
  /// with the worst of its partners, whom it would leave, pinned ones aside.
  case stable
}
