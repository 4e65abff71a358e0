import Classification
import Foundation
package import Results

/// Classifies many documents, several at a time, and gives the results in the
/// order of the documents.
package struct DocumentClassification: Sendable {
  package var answers: any Answering
  /// Passages of evidence for each network.
  package var passages: Int
  /// The most bytes of text in one document.
  package var limit: Int
  /// How many documents are worked on at once.
  package var workers = max(1, ProcessInfo.processInfo.activeProcessorCount)

  package init(_ answers: any Answering, passages: Int, limit: Int) {
    self.answers = answers
    self.passages = passages
    self.limit = limit
  }

  package typealias Outcome = Result<ClassificationView, DocumentFailure>

  /// Classifies what is read from an open file or stream.
  ///
  /// - Throws: `DocumentError`, `InputError`.
  package func run(descriptor: Int32, named name: String) async throws -> ClassificationView {
    try await classify(Document(descriptor: descriptor, limit: limit), named: name)
  }

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
        group.addTask { (index, try await outcome(of: paths[index])) }
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

  private func outcome(of path: String) async throws -> Outcome {
    do {
      return .success(try await classify(Document(path: path, limit: limit), named: path))
    } catch let error as DocumentError {
      return .failure(DocumentFailure(document: path, error: error.description))
    } catch let error as InputError {
      return .failure(DocumentFailure(document: path, error: error.description))
    }
  }

  private func classify(
    _ document: Document, named name: String
  ) async throws -> ClassificationView {
    try await answers.classify(
      ClassificationRequest(
        document: name, text: String(decoding: document.text.utf8, as: UTF8.self),
        isMarkdown: document.markup == .markdown, passages: passages))
  }
}
