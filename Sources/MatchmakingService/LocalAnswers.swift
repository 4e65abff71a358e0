import Classification
package import Foundation
package import Programme
package import Results
import Synchronization

/// Answers from this process: the model, the heads, and participants of a file.
package final class LocalAnswers: Answering {
  private let classification: ClassificationEngine
  private let participants: @Sendable () throws -> [Participant]
  /// Made when it is first needed, since texts are classified without it.
  private let matching = Mutex<MatchingEngine?>(nil)

  /// - Parameter participants: read when they are first needed, and answered about in the
  ///   order of their ids, as a server does.
  package init(
    _ classification: ClassificationEngine,
    participants: @escaping @Sendable () throws -> [Participant]
  ) {
    self.classification = classification
    self.participants = {
      try participants().sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    }
  }

  package func programme() -> ProgrammeDefinition { classification.programme }

  package func classify(_ request: ClassificationRequest) throws -> ClassificationView {
    try classification.classify(request)
  }

  package func classifyParticipants(progress: @escaping Report) throws -> ParticipantsView {
    let participants = try participants()
    return try classification.classify(participants) {
      progress(JobProgress(phase: "plans", done: $0, total: participants.count))
    }
  }

  package func suggest(
    _ request: SuggestionRequest, progress: @escaping Report
  ) throws -> SuggestionsView {
    try engine(progress).suggest(request)
  }

  package func explain(
    _ name: String, _ partner: String, progress: @escaping Report
  ) throws -> ExplanationView {
    try engine(progress).explain(name, partner)
  }

  package func pair(
    _ request: CohortRequest, isCancelled: @escaping @Sendable () -> Bool,
    progress: @escaping Report
  ) throws -> CohortView {
    try engine(progress).pair(request, isCancelled: isCancelled, progress: progress)
  }

  package func verify(
    _ data: Data, named name: String, progress: @escaping Report
  ) throws -> VerificationView {
    try engine(progress).verify(data, named: name)
  }

  package func reassign(
    _ request: ReassignmentRequest, progress: @escaping Report
  ) throws -> ReassignmentView {
    try engine(progress).reassign(request, progress: progress)
  }

  private func engine(_ progress: @escaping Report) throws -> MatchingEngine {
    try matching.withLock { engine in
      if let engine { return engine }
      let participants = try participants()
      let made = try classification.matching(participants) {
        progress(JobProgress(phase: "profiles", done: $0, total: participants.count))
      }
      engine = made
      return made
    }
  }
}
