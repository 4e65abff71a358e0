import Classification
package import Foundation
package import Programme
package import Results

/// Everything about classification that a command or a handler asks for.
package struct ClassificationEngine: Sendable {
  let classifier: Classifier
  package let programme: ProgrammeDefinition

  /// Opens the model and the heads.
  ///
  /// - Parameters:
  ///   - model: the model file, or nil to look for it (`ModelLocation`).
  ///   - heads: a file that `train` wrote, or nil for the shipped ones.
  ///   - programme: whose networks the heads are for.
  /// - Throws: `ModelError`, `Heads.HeadsError`, or `EngineError` when the heads
  ///   are for other networks.
  package init(model: String?, heads: String?, programme: ProgrammeDefinition) throws {
    let trained =
      if let heads { try Heads(contentsOf: URL(filePath: heads)) } else { try Heads.shipped() }
    let labels = programme.networks.map(\.id.label)
    guard trained.labels == labels else {
      throw EngineError.otherNetworks(heads: trained.labels, programme: labels)
    }
    let path = try ModelLocation.find(explicit: model)
    classifier = Classifier(encoder: try Encoder(path: path), heads: trained)
    self.programme = programme
  }

  /// Classifies one document that is read from an open file or stream.
  ///
  /// - Parameter passages: how many passages of evidence to give per network.
  /// - Throws: `DocumentError`.
  package func classify(
    descriptor: Int32, named name: String, passages: Int, limit: Int
  ) throws -> ClassificationView {
    try classifier.view(
      of: Document(descriptor: descriptor, limit: limit), named: name, passages: passages,
      workspace: Classifier.Workspace())
  }

  /// Classifies files, several at a time; see `DocumentClassification`.
  package func classify(
    _ paths: [String], passages: Int, limit: Int,
    receive: (Result<ClassificationView, DocumentFailure>) throws -> Void
  ) async throws {
    var batch = DocumentClassification(classifier: classifier)
    batch.passages = passages
    batch.limit = limit
    try await batch.run(paths, receive: receive)
  }

  /// Classifies the plans of participants.
  package func classify(
    _ participants: [Participant], progress: (Int) -> Void
  ) throws -> ParticipantsView {
    try classifier.view(of: participants, programme: programme, progress: progress)
  }

  /// Compares with labelled texts.
  ///
  /// - Parameter progress: called with the number done and the number of all.
  /// - Throws: `InputError` with every wrong line.
  package func evaluate(
    jsonl data: Data, source: String, progress: (Int, Int) -> Void
  ) throws -> EvaluationView {
    do {
      let items = try LabelledText.read(
        jsonl: data, source: source, networks: programme.networks.map(\.id.label))
      return EvaluationView(try classifier.evaluate(items) { progress($0, items.count) })
    } catch let error as LabelledText.FileError {
      throw InputError(description: error.description)
    }
  }
}

/// Parts that do not belong together.
package enum EngineError: Error, Equatable, Sendable, CustomStringConvertible {
  case otherNetworks(heads: [String], programme: [String])

  package var description: String {
    switch self {
    case .otherNetworks(let heads, let programme):
      "the heads were trained for the networks \(heads.joined(separator: ", ")), the programme has "
        + "\(programme.joined(separator: ", ")); train heads for it with 'encuentro train'"
    }
  }
}

/// Tells failures of the installation from failures of the input.
package enum Failure {
  /// Whether a needed part (the model, the heads, the shipped data) is missing
  /// or damaged.
  package static func isUnavailable(_ error: any Error) -> Bool {
    switch error {
    case is ModelError, is Heads.HeadsError, is EngineError, DocumentError.pdfToolMissing,
      ProgrammeError.missingResource:
      true
    default: false
    }
  }
}
