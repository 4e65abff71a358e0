package import Programme

/// A participant's networks, from its plan.
package struct ParticipantView: Codable, Sendable, Equatable {
  package var id: String
  package var name: String
  package var kind: String
  package var country: String
  /// The world region's name.
  package var region: String
  @OrNull package var primary: String?
  package var further: [String]
  package var scores: [ScoreView]
  /// The words of the plan that carried the primary network most, with what
  /// each adds to its logit.
  package var words: [ClassificationView.WordView]
  /// The passage of the plan with the largest share in the primary network.
  @OrNull package var passage: String?

  package init(
    id: String, name: String, kind: String, country: String, region: String, primary: String?,
    further: [String],
    scores: [ScoreView], words: [ClassificationView.WordView], passage: String?
  ) {
    self.id = id
    self.name = name
    self.kind = kind
    self.country = country
    self.region = region
    self.primary = primary
    self.further = further
    self.scores = scores
    self.words = words
    self.passage = passage
  }
}

/// A participant whose plan could not be classified.
package struct ParticipantFailure: Codable, Sendable, Equatable {
  package var id: String
  package var error: String

  package init(id: String, error: String) {
    self.id = id
    self.error = error
  }
}

/// Participants sorted into networks.
package struct ParticipantsView: Codable, Sendable, Equatable {
  package var participants: [ParticipantView]
  package var failures: [ParticipantFailure]

  package init(participants: [ParticipantView], failures: [ParticipantFailure]) {
    self.participants = participants
    self.failures = failures
  }
}
