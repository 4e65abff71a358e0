import Classification
package import Foundation
package import Programme
import Results

/// Trains heads on a folder of labelled passages.
package struct TrainingJob: Sendable {
  package var corpus: URL
  package var output: URL
  package var seed: UInt64?
  package var programme: ProgrammeDefinition
  package var model: String?

  package init(corpus: URL, output: URL, programme: ProgrammeDefinition) {
    self.corpus = corpus
    self.output = output
    self.programme = programme
  }

  /// What training came to.
  package struct Summary: Codable, Sendable, Equatable {
    package var output: String
    package var passages: Int
    package var corpusChecksum: String
    package var folds: Int
    package var macroF1: Double
    package var primaryAccuracy: Double
    package var inLabels: Double
    package var lrap: Double
    package var ece: Double
    package var noneRecall: Double
    /// Passages that are too alike, as "first ~ second".
    package var nearDuplicates: [String]
  }

  /// - Parameter progress: called with what is being done, and how far it is
  ///   from 0 to 1.
  /// - Throws: `InputError` with every wrong line of the corpus, or for an output
  ///   that cannot be written; `ModelError`; `TrainingError`.
  package func run(progress: (String, Double) -> Void) throws -> Summary {
    // Said before the minutes of training, not after them.
    let target = output.deletingLastPathComponent().path
    guard FileManager.default.isWritableFile(atPath: target) else {
      throw InputError(
        description: "\(output.path) cannot be written: there is no folder \(target), or it is "
          + "read-only")
    }
    let networks = programme.networks.map(\.id.label)
    let passages: Corpus
    do {
      passages = try Corpus(folder: corpus, networks: networks)
    } catch let error as LabelledText.FileError {
      throw InputError(description: error.description)
    } catch let error as CocoaError {
      throw InputError(
        description: "\(corpus.path) is not a folder that can be read: "
          + error.localizedDescription)
    }
    var options = Trainer.Options.defaults
    if let seed { options.seed = seed }
    let encoder = try Encoder(path: ModelLocation.find(explicit: model))
    let heads = try Trainer(encoder: encoder, networks: networks, options: options).train(passages)
    {
      switch $0 {
      case .encoding(let done, let count):
        progress("encoding passages", 0.2 * Double(done) / Double(count))
      case .validating(let fold, let count):
        progress("validating, fold \(fold)", 0.2 + 0.65 * Double(fold - 1) / Double(count))
      case .fitting: progress("fitting", 0.85)
      }
    }
    try heads.write(to: output)
    return Summary(
      output: output.path, passages: heads.corpus.passages, corpusChecksum: heads.corpus.checksum,
      folds: heads.metrics.folds, macroF1: heads.metrics.macroF1,
      primaryAccuracy: heads.metrics.primaryAccuracy, inLabels: heads.metrics.inLabels,
      lrap: heads.metrics.lrap, ece: heads.metrics.ece, noneRecall: heads.metrics.noneRecall,
      nearDuplicates: passages.nearDuplicates().map { "\($0.first) ~ \($0.second)" })
  }
}

/// Builds or checks the encoder's model file.
package enum ModelJob {
  /// Converts unpacked weights; see `ModelBuilder`.
  package static func build(from folder: String, to path: String, source: String) throws {
    do {
      try ModelBuilder.build(from: URL(filePath: folder), to: path, source: source)
    } catch let error as ModelBuilder.SourceError {
      throw InputError(description: "\(folder): \(error.description)")
    } catch let error as CocoaError {
      throw InputError(description: "\(folder): \(error.localizedDescription)")
    }
  }

  /// Opens the model file, which verifies every checksum; gives its place.
  package static func check(explicit: String?) throws -> String {
    let path = try ModelLocation.find(explicit: explicit)
    _ = try Encoder(path: path)
    return path
  }
}
