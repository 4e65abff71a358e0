package import Programme

/// The networks of one participant before and after, and why.
package struct ReassignmentRow: Codable, Sendable, Equatable {
  package var participant: ParticipantRef
  /// "kept", "moved", "new" or "unassigned" (without any signal).
  package var change: String
  @OrNull package var previous: AssignedNetworks?
  @OrNull package var now: AssignedNetworks?
  /// What each signal says of the network now, and of the previous one if it moved.
  package var evidence: [EvidenceView]

  package struct EvidenceView: Codable, Sendable, Equatable {
    package var network: String
    package var membership: Double
    package var signals: [SignalView]
    /// The words of the plan that carry the network.
    package var words: [String]

    package init(network: String, membership: Double, signals: [SignalView], words: [String]) {
      self.network = network
      self.membership = membership
      self.signals = signals
      self.words = words
    }
  }

  package struct SignalView: Codable, Sendable, Equatable {
    /// "plan", "survey" or "event".
    package var signal: String
    package var logOdds: Double
    package var share: Double

    package init(signal: String, logOdds: Double, share: Double) {
      self.signal = signal
      self.logOdds = logOdds
      self.share = share
    }
  }

  package init(
    participant: ParticipantRef, change: String, previous: AssignedNetworks?,
    now: AssignedNetworks?, evidence: [EvidenceView]
  ) {
    self.participant = participant
    self.change = change
    self.previous = previous
    self.now = now
    self.evidence = evidence
  }
}

/// A reassignment, as `encuentro reassign --json` prints it.
package struct ReassignmentView: Codable, Sendable, Equatable {
  package static let currentFormat = 1

  /// "reassignment", and the version of this form.
  package var kind = "reassignment"
  package var format = ReassignmentView.currentFormat
  package var isDryRun: Bool
  package var moveCost: Double
  package var rows: [ReassignmentRow]
  package var networks: [NetworkView]
  /// The sum of log-odds less the cost of moves, and whether the independent check
  /// found it optimal.
  package var total: Double
  package var isProvenOptimal: Bool

  package struct NetworkView: Codable, Sendable, Equatable {
    package var network: String
    package var name: String
    package var before: Int
    package var now: Int
    @OrNull package var minimum: Int?
    @OrNull package var maximum: Int?
    /// What a place in it costs, in log-odds: above 0 where it is full, below 0
    /// where it has no more than it must.
    package var price: Double

    package init(
      network: String, name: String, before: Int, now: Int, minimum: Int?, maximum: Int?,
      price: Double
    ) {
      self.network = network
      self.name = name
      self.before = before
      self.now = now
      self.minimum = minimum
      self.maximum = maximum
      self.price = price
    }
  }

  package init(
    isDryRun: Bool, moveCost: Double, rows: [ReassignmentRow], networks: [NetworkView],
    total: Double, isProvenOptimal: Bool
  ) {
    self.isDryRun = isDryRun
    self.moveCost = moveCost
    self.rows = rows
    self.networks = networks
    self.total = total
    self.isProvenOptimal = isProvenOptimal
  }
}
