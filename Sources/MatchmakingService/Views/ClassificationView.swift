package import Classification
import Foundation
package import Results

extension Classifier {
  /// Classifies a text and explains its networks.
  ///
  /// - Parameter passages: how many passages to show for each network; 0 for no
  ///   evidence.
  package func view(
    of text: PlainText, markup: Markup, named name: String, passages: Int, workspace: Workspace
  ) throws -> ClassificationView {
    let result = try classify(text, markup: markup, workspace: workspace)
    let assigned = (result.primary.map { [$0] } ?? []) + result.further
    let evidence =
      passages == 0
      ? []
      : assigned.compactMap { network in
        self.evidence(
          for: network, in: text, markup: markup, classification: result,
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
              constant: passage.constant, text: text[passage.start..<passage.end],
              words: passage.words.map {
                .init(
                  text: text[$0.start..<$0.end], start: $0.start,
                  contribution: $0.contribution)
              })
          })
      })
  }
}

extension ScoreView {
  init(_ score: NetworkScore) {
    self.init(network: score.network, logit: score.logit, probability: score.probability)
  }
}
