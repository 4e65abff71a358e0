package import Programme

/// How well a text fits one network.
package struct ScoreView: Codable, Sendable, Equatable {
  package var network: String
  package var logit: Double
  package var probability: Double

  package init(network: String, logit: Double, probability: Double) {
    self.network = network
    self.logit = logit
    self.probability = probability
  }
}

/// A document's classification as `--json` prints it and tables show it.
package struct ClassificationView: Codable, Sendable, Equatable {
  package var document: String
  /// "N1"…, or nil for "none of these".
  @OrNull package var primary: String?
  package var further: [String]
  package var scores: [ScoreView]
  /// Probability that the text is about any network at all.
  package var topic: Double
  package var passages: Int
  package var tokens: Int
  /// For the primary and the further networks, what carried them.
  package var evidence: [EvidenceView]

  package struct EvidenceView: Codable, Sendable, Equatable {
    package var network: String
    package var logit: Double
    package var dilution: Double
    package var otherPassages: Double
    package var passages: [PassageView]

    package init(
      network: String, logit: Double, dilution: Double, otherPassages: Double,
      passages: [PassageView]
    ) {
      self.network = network
      self.logit = logit
      self.dilution = dilution
      self.otherPassages = otherPassages
      self.passages = passages
    }
  }

  package struct PassageView: Codable, Sendable, Equatable {
    /// Bytes of the document's text.
    package var start: Int
    package var end: Int
    package var share: Double
    package var logit: Double
    package var constant: Double
    package var text: String
    package var words: [WordView]

    package init(
      start: Int, end: Int, share: Double, logit: Double, constant: Double, text: String,
      words: [WordView]
    ) {
      self.start = start
      self.end = end
      self.share = share
      self.logit = logit
      self.constant = constant
      self.text = text
      self.words = words
    }
  }

  package struct WordView: Codable, Sendable, Equatable {
    package var text: String
    package var start: Int
    package var contribution: Double

    package init(text: String, start: Int, contribution: Double) {
      self.text = text
      self.start = start
      self.contribution = contribution
    }
  }

  package init(
    document: String, primary: String?, further: [String], scores: [ScoreView], topic: Double,
    passages: Int, tokens: Int, evidence: [EvidenceView]
  ) {
    self.document = document
    self.primary = primary
    self.further = further
    self.scores = scores
    self.topic = topic
    self.passages = passages
    self.tokens = tokens
    self.evidence = evidence
  }
}

/// A document that could not be classified.
package struct DocumentFailure: Codable, Sendable, Equatable {
  package var document: String
  package var error: String

  package init(document: String, error: String) {
    self.document = document
    self.error = error
  }
}

extension DocumentFailure: Error {}

extension ClassificationView.WordView {
  /// The words that add most, each once, strongest first; numbers, marks and
  /// words of two letters are left out, but not where a letter is a syllable or
  /// more, which takes three bytes.
  package static func carrying(
    _ words: [ClassificationView.WordView], limit: Int
  ) -> [ClassificationView.WordView] {
    var sums: [String: ClassificationView.WordView] = [:]
    for word in words
    where word.text.contains(where: \.isLetter)
      && (word.text.count > 2 || word.text.utf8.count >= 6)
    {
      let key = word.text.lowercased()
      sums[key, default: .init(text: word.text, start: word.start, contribution: 0)]
        .contribution += word.contribution
    }
    return Array(
      sums.values.filter { $0.contribution > 0 }
        .sorted { ($1.contribution, $0.start) < ($0.contribution, $1.start) }.prefix(limit))
  }
}
