package import Classification
import Foundation

/// How well a text fits one network.
package struct ScoreView: Codable, Sendable, Equatable {
  package var network: String
  package var logit: Double
  package var probability: Double

  init(_ score: NetworkScore) {
    network = score.network
    logit = score.logit
    probability = score.probability
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
  }

  package struct WordView: Codable, Sendable, Equatable {
    package var text: String
    package var start: Int
    package var contribution: Double
  }
}

/// A document that could not be classified.
package struct DocumentFailure: Codable, Sendable, Equatable {
  package var document: String
  package var error: String
}

extension Classifier {
  /// Classifies a document and explains its networks.
  ///
  /// - Parameter passages: how many passages to show for each network; 0 for no
  ///   evidence.
  package func view(
    of document: Document, named name: String, passages: Int, workspace: Workspace
  ) throws -> ClassificationView {
    let result = try classify(document.text, markup: document.markup, workspace: workspace)
    let assigned = (result.primary.map { [$0] } ?? []) + result.further
    let evidence =
      passages == 0
      ? []
      : assigned.compactMap { network in
        self.evidence(
          for: network, in: document.text, markup: document.markup, classification: result,
          limit: passages, workspace: workspace)
      }
    return ClassificationView(
      document: name, primary: result.primary, further: result.further,
      scores: result.scores.map(ScoreView.init), topic: result.topic,
      passages: result.passages.count, tokens: result.tokens,
      evidence: evidence.map { evidence in
        ClassificationView.EvidenceView(
          network: evidence.network, logit: evidence.logit, dilution: evidence.dilution,
          otherPassages: evidence.otherPassages,
          passages: evidence.passages.map { passage in
            ClassificationView.PassageView(
              start: passage.start, end: passage.end, share: passage.share, logit: passage.logit,
              constant: passage.constant, text: document.text[passage.start..<passage.end],
              words: passage.words.map {
                .init(
                  text: document.text[$0.start..<$0.end], start: $0.start,
                  contribution: $0.contribution)
              })
          })
      })
  }
}
