public import Programme

/// A partner that the index suggests.
public struct Suggestion: Hashable, Sendable {
  /// The candidate's row in the index.
  public var row: Int
  /// The candidate's id.
  public var id: String
  /// What `PairScore` gives for the pair, in millionths.
  public var micros: Int32
}

/// Which candidates are asked for, besides those that the rules allow.
public struct PartnerFilter: Hashable, Sendable {
  /// Both must belong to this network.
  public var network: Membership?
  /// The candidate's country must be one of these; nil for any.
  public var countries: Set<String>?
  /// Participants that are not to be suggested.
  public var excludedIDs: Set<String>

  public struct Membership: Hashable, Sendable {
    /// The network's place in the programme's order.
    public var network: Int
    /// The least membership that counts, in 0…1.
    public var atLeast: Double

    public init(network: Int, atLeast: Double) {
      self.network = network
      self.atLeast = atLeast
    }
  }

  public init(
    network: Membership? = nil, countries: Set<String>? = nil, excludedIDs: Set<String> = []
  ) {
    self.network = network
    self.countries = countries
    self.excludedIDs = excludedIDs
  }
}

/// Asks an index for the best partners of one participant.
public struct PartnerRequest: Sendable {
  public var participant: Participant
  /// How many, from 0.
  public var count: Int
  public var filter: PartnerFilter

  public enum Participant: Sendable {
    /// A profile, of the index or not.
    case profile(Profile)
    /// A row of the index.
    case row(Int)
  }

  public init(_ participant: Participant, count: Int, filter: PartnerFilter = PartnerFilter()) {
    self.participant = participant
    self.count = count
    self.filter = filter
  }
}
