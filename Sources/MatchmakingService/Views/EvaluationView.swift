import Classification
import Foundation

/// How well the classifier agrees with labelled texts, as
/// `encuentro evaluate classification --json` prints it.
package struct EvaluationView: Codable, Sendable, Equatable {
  package var items: Int
  package var macroF1: Double
  package var microF1: Double
  package var primaryAccuracy: Double
  package var inLabels: Double
  package var lrap: Double
  package var ece: Double
  package var perNetwork: [NetworkRow]
  package var perLanguage: [LanguageRow]
  package var confusion: Confusion

  package struct NetworkRow: Codable, Sendable, Equatable {
    package var network: String
    package var items: Int
    package var precision: Double
    package var recall: Double
    package var f1: Double
  }

  package struct LanguageRow: Codable, Sendable, Equatable {
    package var language: String
    package var items: Int
    package var primaryAccuracy: Double
    package var inLabels: Double
    package var lrap: Double
  }

  /// Rows are labelled primaries, columns what was assigned; "none" comes last.
  package struct Confusion: Codable, Sendable, Equatable {
    package var labels: [String]
    package var counts: [[Int]]
  }

  init(_ report: ClassificationReport) {
    items = report.items
    macroF1 = report.macroF1
    microF1 = report.microF1
    primaryAccuracy = report.primaryAccuracy
    inLabels = report.inLabels
    lrap = report.lrap
    ece = report.ece
    perNetwork = report.perNetwork.map {
      NetworkRow(
        network: $0.network, items: $0.items, precision: $0.precision, recall: $0.recall,
        f1: $0.f1)
    }
    perLanguage = report.perLanguage.map {
      LanguageRow(
        language: $0.language, items: $0.items, primaryAccuracy: $0.primaryAccuracy,
        inLabels: $0.inLabels, lrap: $0.lrap)
    }
    confusion = Confusion(labels: report.confusionLabels, counts: report.confusion)
  }
}
