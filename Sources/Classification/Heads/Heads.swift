public import Foundation
import Programme

/// What the classifier learnt about each network: the part of it that
/// `encuentro train` makes.
///
/// A passage's logit for a network adds two views of it:
///
///     pooled(tokenWeights·f − tokenOffset) + embeddingWeights·e + bias
///
/// The first looks at each token's features f in turn and pools what they score
/// (`TokenPooling` has the formula); the second looks at the embedding e of the
/// whole. Logits are calibrated: their logistic function is the probability that
/// somebody in the programme would tag the text with the network. Behind the
/// networks' stands one more output, the topic: whether the text is about any
/// network at all.
public struct Heads: Codable, Sendable, Equatable {
  /// Raised when the meaning of a stored field changes.
  public static let currentFormat = 2

  /// Heads of thousands of networks have fewer bytes.
  private static let largestFile = 64 << 20

  /// A window wider than a passage would mean nothing.
  private static let widestWindow = 1000

  public var format = Heads.currentFormat
  /// The networks' labels ("N1"…), in the order of all arrays here; those that
  /// hold a value for each output end with the topic's.
  public var labels: [String]
  /// The encoder that the weights belong to.
  public var encoder: String
  public var bias: [Float]
  /// How much an output's strongest tokens outweigh the others.
  public var sharpness: [Float]
  /// The most that a phrase can score, either way.
  public var bounds: [Float]
  /// Tokens to either side that a token's score is averaged over.
  public var window: Int
  /// What the average token of the corpus scores for each output.
  public var tokenOffsets: [Float]
  /// A network is among a text's networks from this probability on.
  public var thresholds: [Double]
  /// Below this probability of the topic a text is "none of these".
  public var topicThreshold: Double
  /// Where texts are compared by their contents.
  public private(set) var content: ContentSpace
  public var corpus: CorpusSummary
  /// Cross-validated figures on the corpus itself.
  public var metrics: Metrics
  /// 1,280 weights of token features for each output, one after another.
  public private(set) var tokenWeights: [Float]
  /// 512 weights of the embedding for each output, one after another.
  public private(set) var embeddingWeights: [Float]

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
    labels: [String], encoder: String, tokenWeights: [Float], tokenOffsets: [Float],
    sharpness: [Float], bounds: [Float], window: Int, embeddingWeights: [Float], bias: [Float],
    thresholds: [Double], topicThreshold: Double, content: ContentSpace, corpus: CorpusSummary,
    metrics: Metrics
  ) {
    self.labels = labels
    self.encoder = encoder
    self.tokenWeights = tokenWeights
    self.tokenOffsets = tokenOffsets
    self.sharpness = sharpness
    self.bounds = bounds
    self.window = window
    self.embeddingWeights = embeddingWeights
    self.bias = bias
    self.thresholds = thresholds
    self.topicThreshold = topicThreshold
    self.content = content
    self.corpus = corpus
    self.metrics = metrics
    precondition(isConsistent, "the arrays of heads must fit together")
    precondition(areThresholdsProbabilities, "thresholds are probabilities")
  }

  /// How token scores make a passage's.
  var pooling: TokenPooling {
    TokenPooling(window: window, bounds: bounds, sharpness: sharpness)
  }

  /// The networks and the topic.
  var outputs: Int { labels.count + 1 }

  private var isConsistent: Bool {
    !labels.isEmpty && Set(labels).count == labels.count && thresholds.count == labels.count
      && tokenWeights.count == outputs * Encoder.featureCount
      && embeddingWeights.count == outputs * Encoder.embeddingLength
      && [bias, sharpness, bounds, tokenOffsets].allSatisfy { $0.count == outputs }
      && [tokenWeights, embeddingWeights, bias, sharpness, bounds, tokenOffsets].joined()
        .allSatisfy(\.isFinite)
      && (sharpness + bounds).allSatisfy { $0 > 0 }
      && content.isConsistent && (0...Self.widestWindow).contains(window)
  }

  private var areThresholdsProbabilities: Bool {
    (thresholds + [topicThreshold]).allSatisfy { (0...1).contains($0) }
  }

  /// Reads heads from a JSON file.
  public init(contentsOf url: URL) throws(HeadsError) {
    let data: Data
    do {
      data = try BoundedBytes.read(path: url.path, limit: Self.largestFile)
    } catch .notFound {
      throw .missing(path: url.path)
    } catch {
      throw .malformed(path: url.path, reason: error.description)
    }
    do {
      self = try JSONDecoder().decode(Heads.self, from: data)
    } catch {
      throw .malformed(path: url.path, reason: "\(error)")
    }
    guard format == Self.currentFormat else {
      throw .malformed(path: url.path, reason: "format \(format), expected \(Self.currentFormat)")
    }
    guard encoder == Encoder.name else {
      throw .malformed(path: url.path, reason: "it belongs to the encoder \(encoder)")
    }
    guard isConsistent else {
      throw .malformed(path: url.path, reason: "its arrays do not fit together")
    }
    guard areThresholdsProbabilities else {
      throw .malformed(path: url.path, reason: "a threshold does not lie between 0 and 1")
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
    case format, labels, encoder, bias, sharpness, bounds, window, tokenOffsets, thresholds,
      topicThreshold
    case content, corpus, metrics, tokenWeights, embeddingWeights
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    format = try values.decode(Int.self, forKey: .format)
    labels = try values.decode([String].self, forKey: .labels)
    encoder = try values.decode(String.self, forKey: .encoder)
    bias = try values.decode([Float].self, forKey: .bias)
    sharpness = try values.decode([Float].self, forKey: .sharpness)
    bounds = try values.decode([Float].self, forKey: .bounds)
    window = try values.decode(Int.self, forKey: .window)
    tokenOffsets = try values.decode([Float].self, forKey: .tokenOffsets)
    thresholds = try values.decode([Double].self, forKey: .thresholds)
    topicThreshold = try values.decode(Double.self, forKey: .topicThreshold)
    content = try values.decode(ContentSpace.self, forKey: .content)
    corpus = try values.decode(CorpusSummary.self, forKey: .corpus)
    metrics = try values.decode(Metrics.self, forKey: .metrics)
    func floats(_ key: CodingKeys) throws -> [Float] {
      let data = try values.decode(Data.self, forKey: key)
      guard data.count % 4 == 0 else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: values, debugDescription: "\(data.count) bytes are no whole floats")
      }
      return Self.floats(data)
    }
    tokenWeights = try floats(.tokenWeights)
    embeddingWeights = try floats(.embeddingWeights)
  }

  public func encode(to encoder: any Swift.Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(format, forKey: .format)
    try values.encode(labels, forKey: .labels)
    try values.encode(self.encoder, forKey: .encoder)
    try values.encode(bias, forKey: .bias)
    try values.encode(sharpness, forKey: .sharpness)
    try values.encode(bounds, forKey: .bounds)
    try values.encode(window, forKey: .window)
    try values.encode(tokenOffsets, forKey: .tokenOffsets)
    try values.encode(thresholds, forKey: .thresholds)
    try values.encode(topicThreshold, forKey: .topicThreshold)
    try values.encode(content, forKey: .content)
    try values.encode(corpus, forKey: .corpus)
    try values.encode(metrics, forKey: .metrics)
    try values.encode(Self.data(tokenWeights), forKey: .tokenWeights)
    try values.encode(Self.data(embeddingWeights), forKey: .embeddingWeights)
  }

  // Base64 of little-endian floats: compact, exact, and quick to read.

  private static func floats(_ data: Data) -> [Float] {
    data.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map {
        let bits = bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)
        return Float(bitPattern: UInt32(littleEndian: bits))
      }
    }
  }

  private static func data(_ floats: [Float]) -> Data {
    floats.reduce(into: Data()) { data, value in
      withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
    }
  }
}
