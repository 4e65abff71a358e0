package import Classification
import Foundation
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
}

/// A participant whose plan could not be classified.
package struct ParticipantFailure: Codable, Sendable, Equatable {
  package var id: String
  package var error: String
}

/// Participants sorted into networks.
package struct ParticipantsView: Codable, Sendable, Equatable {
  package var participants: [ParticipantView]
  package var failures: [ParticipantFailure]
}

extension Classifier {
  /// Classifies the plan of each participant.
  ///
  /// - Parameter progress: called with the number done.
  package func view(
    of participants: [Participant], programme: ProgrammeDefinition,
    progress: (Int) -> Void = { _ in }
  ) throws -> ParticipantsView {
    var result = ParticipantsView(participants: [], failures: [])
    let workspace = Workspace()
    for (done, participant) in participants.enumerated() {
      do {
        result.participants.append(
          try view(of: participant, programme: programme, workspace: workspace))
      } catch let error as TextError {
        result.failures.append(ParticipantFailure(id: participant.id, error: error.description))
      }
      progress(done + 1)
    }
    return result
  }

  private func view(
    of participant: Participant, programme: ProgrammeDefinition, workspace: Workspace
  ) throws -> ParticipantView {
    let text = try PlainText(participant.signals.plan?.text ?? "")
    let result = try classify(text, workspace: workspace)
    let best = result.primary.flatMap {
      evidence(
        for: $0, in: text, classification: result, limit: 1, workspace: workspace)?.passages.first
    }
    let words = (best?.words ?? []).map {
      ClassificationView.WordView(
        text: text[$0.start..<$0.end], start: $0.start, contribution: $0.contribution)
    }
    return ParticipantView(
      id: participant.id, name: participant.name, kind: participant.kind.rawValue,
      country: participant.country,
      region: participant.worldRegion(in: programme)?.name ?? "",
      primary: result.primary, further: result.further, scores: result.scores.map(ScoreView.init),
      words: ClassificationView.WordView.carrying(words, limit: 6),
      passage: best.map { text[$0.start..<$0.end] })
  }
}

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
