package import Classification
import Foundation
package import Programme
package import Results

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
