package import Foundation
package import Programme

/// Whoever answers what a command asks: this process, or a server. Both give the same
/// answers, to the last digit.
///
/// All throw `InputError` for what cannot be answered, in words for the person who
/// asked.
package protocol Answering: Sendable {
  /// The programme that the answers are about.
  func programme() async throws -> ProgrammeDefinition

  /// One text into the networks.
  func classify(_ request: ClassificationRequest) async throws -> ClassificationView

  /// Everybody into the networks.
  func classifyParticipants(progress: @escaping Report) async throws -> ParticipantsView

  func suggest(
    _ request: SuggestionRequest, progress: @escaping Report
  ) async throws -> SuggestionsView

  /// Why two participants are, or are not, a pair.
  func explain(
    _ name: String, _ partner: String, progress: @escaping Report
  ) async throws -> ExplanationView

  /// - Parameter isCancelled: asked every few milliseconds; then the best pairing so
  ///   far is given, or, by a server, `CancellationError`.
  func pair(
    _ request: CohortRequest, isCancelled: @escaping @Sendable () -> Bool,
    progress: @escaping Report
  ) async throws -> CohortView

  /// Verifies a result that `pair --json` printed.
  func verify(
    _ data: Data, named name: String, progress: @escaping Report
  ) async throws -> VerificationView

  func reassign(
    _ request: ReassignmentRequest, progress: @escaping Report
  ) async throws -> ReassignmentView
}

/// Told how far a job is; from any thread, often.
package typealias Report = @Sendable (JobProgress) -> Void

/// A text that is to be sorted into the networks.
package struct ClassificationRequest: Hashable, Sendable {
  /// What the answer calls it.
  package var document: String
  package var text: String
  package var isMarkdown: Bool
  /// Passages of evidence for each network.
  package var passages: Int

  package init(document: String, text: String, isMarkdown: Bool, passages: Int) {
    self.document = document
    self.text = text
    self.isMarkdown = isMarkdown
    self.passages = passages
  }
}
