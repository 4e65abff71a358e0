import Classification
package import Foundation
package import Programme
package import Results

/// Everything about classification that a command or a handler asks for.
package struct ClassificationEngine: Sendable {
  let classifier: Classifier
  let workspaces = Workspaces()
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

  /// Classifies one text.
  ///
  /// - Throws: `InputError` for what is no text; `CancellationError`.
  package func classify(_ request: ClassificationRequest) throws -> ClassificationView {
    let text: PlainText
    do {
      text = try PlainText(request.text, limit: .max)
    } catch {
      throw InputError(description: error.description)
    }
    return try workspaces.borrow {
      try classifier.view(
        of: text, markup: request.isMarkdown ? .markdown : .plain, named: request.document,
        passages: request.passages, workspace: $0)
    }
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
