public import Foundation

/// One linear function of the embedding for each network, with what it was
/// trained on: the part of the classifier that `encuentro train` makes.
///
/// A network's logit is weights·embedding + bias and is calibrated: its
/// logistic function is the probability that somebody in the programme would
/// tag the text with the network.
public struct Heads: Codable, Sendable, Equatable {
  /// Raised when the meaning of a stored field changes.
  public static let currentFormat = 1

  public var format = Heads.currentFormat
  /// The networks' labels ("N1"…), in the order of all arrays here.
  public var labels: [String]
  /// The encoder that the weights belong to.
  public var encoder: String
  public var bias: [Float]
  /// A network is among a text's networks from this probability on.
  public var thresholds: [Double]
  /// Below this probability of the best network a text is "none of these".
  public var noneThreshold: Double
  public var corpus: CorpusSummary
  /// Cross-validated figures on the corpus itself.
  public var metrics: Metrics
  /// 512 weights for each network.
  public private(set) var weights: [[Float]]

  /// What the heads were trained on.
  public struct CorpusSummary: Codable, Sendable, Equatable {
    public var passages: Int
    public var files: [String]
    /// Hexadecimal checksum over the files' bytes, in the order of their names.
    public var checksum: String
  }

  /// Figures of a cross-validation.
  public struct Metrics: Codable, Sendable, Equatable {
    public var folds: Int
    public var macroF1: Double
    public var microF1: Double
    public var primaryAccuracy: Double
    public var inLabels: Double
    public var lrap: Double
    public var ece: Double
    /// The share of "none of these" passages that were recognised.
    public var noneRecall: Double
  }

  /// Why a file does not hold heads for this program.
  public enum HeadsError: Error, Equatable, Sendable, CustomStringConvertible {
    case missing(path: String)
    case malformed(path: String, reason: String)

    public var description: String {
      switch self {
      case .missing(let path):
        "the classifier's heads are missing at \(path); run 'encuentro train' to make them"
      case .malformed(let path, let reason):
        "\(path) does not hold heads for this program: \(reason); "
          + "run 'encuentro train' to make them again"
      }
    }
  }

  public init(
    labels: [String], encoder: String, weights: [[Float]], bias: [Float], thresholds: [Double],
    noneThreshold: Double, corpus: CorpusSummary, metrics: Metrics
  ) {
    precondition(weights.count == labels.count && bias.count == labels.count)
    self.labels = labels
    self.encoder = encoder
    self.weights = weights
    self.bias = bias
    self.thresholds = thresholds
    self.noneThreshold = noneThreshold
    self.corpus = corpus
    self.metrics = metrics
  }

  /// Reads heads from a JSON file.
  public init(contentsOf url: URL) throws(HeadsError) {
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw .missing(path: url.path)
    }
    do {
      self = try JSONDecoder().decode(Heads.self, from: data)
    } catch {
      throw .malformed(path: url.path, reason: "\(error)")
    }
    let count = labels.count
    let shapesMatch =
      count > 0 && weights.count == count && bias.count == count && thresholds.count == count
      && weights.allSatisfy { $0.count == Encoder.embeddingLength && $0.allSatisfy(\.isFinite) }
      && bias.allSatisfy(\.isFinite)
    guard format == Self.currentFormat else {
      throw .malformed(path: url.path, reason: "format \(format), expected \(Self.currentFormat)")
    }
    guard shapesMatch else {
      throw .malformed(path: url.path, reason: "its arrays do not fit together")
    }
  }

  /// The heads that ship with the program.
  public static func shipped() throws(HeadsError) -> Heads {
    try Heads(contentsOf: shippedURL)
  }

  /// Where the shipped heads lie.
  public static var shippedURL: URL {
    Bundle.module.bundleURL.appending(path: "Resources/heads.json")
  }

  /// Writes the heads as JSON with sorted keys; the same heads give the same bytes.
  public func write(to url: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    var data = try encoder.encode(self)
    data.append(UInt8(ascii: "\n"))
    try data.write(to: url, options: .atomic)
  }

  private enum CodingKeys: String, CodingKey {
    case format, labels, encoder, bias, thresholds, noneThreshold, corpus, metrics, weights
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    format = try values.decode(Int.self, forKey: .format)
    labels = try values.decode([String].self, forKey: .labels)
    encoder = try values.decode(String.self, forKey: .encoder)
    bias = try values.decode([Float].self, forKey: .bias)
    thresholds = try values.decode([Double].self, forKey: .thresholds)
    noneThreshold = try values.decode(Double.self, forKey: .noneThreshold)
    corpus = try values.decode(CorpusSummary.self, forKey: .corpus)
    metrics = try values.decode(Metrics.self, forKey: .metrics)
    // Base64 of little-endian floats: compact, exact, and quick to read.
    weights = try values.decode([Data].self, forKey: .weights).map { data in
      data.withUnsafeBytes { bytes in
        (0..<bytes.count / 4).map {
          Float(
            bitPattern: UInt32(
              littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)))
        }
      }
    }
  }

  public func encode(to encoder: any Swift.Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(format, forKey: .format)
    try values.encode(labels, forKey: .labels)
    try values.encode(self.encoder, forKey: .encoder)
    try values.encode(bias, forKey: .bias)
    try values.encode(thresholds, forKey: .thresholds)
    try values.encode(noneThreshold, forKey: .noneThreshold)
    try values.encode(corpus, forKey: .corpus)
    try values.encode(metrics, forKey: .metrics)
    try values.encode(
      weights.map { row in
        row.reduce(into: Data()) { data, weight in
          withUnsafeBytes(of: weight.bitPattern.littleEndian) { data.append(contentsOf: $0) }
        }
      }, forKey: .weights)
  }
}
