package import Classification
import Foundation
package import Results

/// Classifies many documents, several at a time, and gives the results in the
/// order of the documents.
package struct DocumentClassification: Sendable {
  package var classifier: Classifier
  /// Passages of evidence for each network.
  package var passages = 2
  package var limit = PlainText.defaultLimit
  /// How many documents are worked on at once.
  package var workers = max(1, ProcessInfo.processInfo.activeProcessorCount)

  package init(classifier: Classifier) {
    self.classifier = classifier
  }

  package typealias Outcome = Result<ClassificationView, DocumentFailure>

  /// Calls `receive` with each document's outcome, in order; a document that
  /// fails stops no other.
  ///
  /// - Throws: `CancellationError`.
  package func run(
    _ paths: [String], receive: (Outcome) throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: (Int, Outcome).self) { group in
      var next = 0
      var waiting: [Int: Outcome] = [:]
      var delivered = 0
      func start() {
        guard next < paths.count else { return }
        let index = next
        next += 1
        group.addTask { (index, try outcome(of: paths[index])) }
      }
      for _ in 0..<workers { start() }
      while let (index, outcome) = try await group.next() {
        waiting[index] = outcome
        // Results that wait for a slow one are few: no more start than are done.
        while let ready = waiting.removeValue(forKey: delivered) {
          try receive(ready)
          delivered += 1
        }
        if next - delivered < workers * 8 { start() }
        while next < paths.count, next - delivered < workers { start() }
      }
    }
  }

  private func outcome(of path: String) throws -> Outcome {
    do {
      let document = try Document(path: path, limit: limit)
      return .success(
        try classifier.view(
          of: document, named: path, passages: passages, workspace: Classifier.Workspace()))
    } catch let error as DocumentError {
      return .failure(DocumentFailure(document: path, error: error.description))
    }
  }
}
