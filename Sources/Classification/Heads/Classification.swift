import Foundation
public import Programme

/// How well a text fits one network.
public struct NetworkScore: Codable, Sendable, Equatable {
  /// The network's label, "N1"….
  public var network: String
  /// Log-odds that the network is among the text's networks.
  public var logit: Double
  /// Calibrated probability, the logistic function of the logit.
  public var probability: Double
}

/// One passage's part in a classification.
public struct PassageScore: Codable, Sendable, Equatable {
  /// Where the passage lies, in bytes of the text's UTF-8.
  public var start: Int
  public var end: Int
  /// Logits in the order of the heads' labels.
  public var logits: [Double]
  /// Log-odds that the passage is about any network.
  public var topic: Double
  /// The passage's say in the pooled logits; all passages' sum to 1.
  public var weight: Double
}

/// The networks of a text.
public struct Classification: Codable, Sendable, Equatable {
  /// The network that fits best, or nil for "none of these".
  @OrNull public var primary: String?
  /// Other networks above their thresholds, best first.
  public var further: [String]
  /// All networks, in the order of the heads' labels.
  public var scores: [NetworkScore]
  /// Calibrated probability that the text is about any network at all.
  public var topic: Double
  public var passages: [PassageScore]
  /// How many tokens were read.
  public var tokens: Int

  /// The score of a network.
  public func score(of network: String) -> NetworkScore? {
    scores.first { $0.network == network }
  }
}

/// How passages make a document.
///
/// A network's odds in a document are the weighted mean of its odds in the
/// passages, a passage counting by its length and by how much it is about any
/// network at all. So a chapter on mobility shows in a plan of forty pages, and
/// boilerplate, which is about no network, drowns nothing. One passage alone
/// keeps its logits.
enum Pooling {
  /// Even boilerplate counts this much.
  static let leastTopicality = 0.02

  /// A passage's weight before all are made to sum to 1.
  static func say(topic: Double, length: Int) -> Double {
    Double(max(length, 1)) * max(leastTopicality, logistic(topic))
  }

  /// The weights of passages with these log-odds of the topic, summing to 1.
  static func weights(topics: [Double], lengths: [Int]) -> [Double] {
    let raw = zip(topics, lengths).map { say(topic: $0, length: $1) }
    let sum = raw.reduce(0, +)
    return raw.map { $0 / sum }
  }

  /// log(sum of weight · exp(logit)) for one network.
  static func logit(weights: [Double], logits: [Double]) -> Double {
    let top = logits.max() ?? 0
    let sum = zip(weights, logits).reduce(0) { $0 + $1.0 * exp($1.1 - top) }
    return top + log(sum)
  }

  /// The share of each passage in a network's pooled odds, summing to 1.
  static func shares(weights: [Double], logits: [Double]) -> [Double] {
    let pooled = logit(weights: weights, logits: logits)
    return zip(weights, logits).map { $0 * exp($1 - pooled) }
  }

  /// What pooling takes away: pooled logit = sum of share · logit + dilution.
  /// It is the negated Kullback–Leibler divergence of the shares from the
  /// weights, never positive, and 0 when all passages agree.
  static func dilution(weights: [Double], shares: [Double]) -> Double {
    zip(weights, shares).reduce(0) { sum, pair in
      pair.1 > 0 ? sum - pair.1 * log(pair.1 / pair.0) : sum
    }
  }
}

/// 1 / (1 + e^-x).
func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
