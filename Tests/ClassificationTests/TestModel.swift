import Foundation
import TestSupport

@testable import Classification

/// The encoder that the tests share.
enum TestModel {
  /// ENCUENTRO_MODEL, or Model/encoder.bin in the checkout.
  static let path: String = {
    if let path = ProcessInfo.processInfo.environment["ENCUENTRO_MODEL"], !path.isEmpty {
      return path
    }
    return Repository.root.appending(path: "Model/encoder.bin").path
  }()

  /// Stops the tests with what to do when the model file is not there.
  static let encoder: Encoder = {
    do {
      return try Encoder(path: path)
    } catch {
      fatalError(
        "these tests need the encoder: run `make model`, or set ENCUENTRO_MODEL (\(error))")
    }
  }()

  /// The encoder with the heads that ship with the program.
  static let classifier: Classifier = {
    do {
      return Classifier(encoder: encoder, heads: try Heads.shipped())
    } catch {
      fatalError("these tests need the shipped heads: \(error)")
    }
  }()
}
