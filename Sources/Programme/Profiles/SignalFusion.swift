import Foundation

/// Fuses a participant's signals into network memberships, as in the bulletin's
/// first assignment: the plan, the interest stated in the survey, and the
/// contributions to the networking event.
///
/// Each signal gives log-odds for a network; the memberships' log-odds are their
/// weighted mean over the signals that are there, so that a missing signal drops
/// out instead of counting as no.
public enum SignalFusion {
  /// How much each signal counts: the plan most, because it is the longest, then
  /// what was stated, then what was done at one event.
  public static let planWeight = 1.0
  public static let surveyWeight = 0.6
  public static let eventWeight = 0.4

  /// Log-odds of an interest from 0 to 5: even in the middle, ±3 at the ends.
  public static func logOdds(interest: Double) -> Double { 1.2 * (interest - 2.5) }

  /// Log-odds of a number of contributions: none speaks mildly against, each
  /// doubling of one more adds 1.5.
  public static func logOdds(contributions: Int) -> Double {
    1.5 * log2(1 + Double(contributions)) - 1
  }

  /// One signal's say on one network.
  public struct Part: Hashable, Sendable {
    public var signal: Signal
    public var logOdds: Double
    /// The signal's part of the weights of those present; they sum to 1.
    public var share: Double
  }

  public enum Signal: String, Codable, Hashable, Sendable, CaseIterable {
    case plan, survey, event
  }

  /// What each signal says of a network; empty when none says anything.
  ///
  /// - Parameter planLogit: the classifier's log-odds for the network, if there is
  ///   a plan.
  public static func parts(
    of network: Network.ID, planLogit: Double?, signals: Signals
  ) -> [Part] {
    var parts: [Part] = []
    if let planLogit {
      parts.append(Part(signal: .plan, logOdds: planLogit, share: planWeight))
    }
    if let interest = signals.survey?[network] {
      parts.append(Part(signal: .survey, logOdds: logOdds(interest: interest), share: surveyWeight))
    }
    if let event = signals.event {
      let count = event[network] ?? 0
      parts.append(Part(signal: .event, logOdds: logOdds(contributions: count), share: eventWeight))
    }
    let total = parts.reduce(0) { $0 + $1.share }
    for index in parts.indices { parts[index].share /= total }
    return parts
  }

  /// The memberships of all networks; nil when no signal says anything of any. A
  /// network of which none says anything has a membership of 0.
  ///
  /// - Parameter planLogits: the classifier's log-odds in the order of the
  ///   networks, if there is a plan.
  public static func memberships(
    planLogits: [Double]?, signals: Signals, networks: [Network]
  ) -> [Double]? {
    let parts = networks.enumerated().map { index, network in
      self.parts(of: network.id, planLogit: planLogits?[index], signals: signals)
    }
    guard parts.contains(where: { !$0.isEmpty }) else { return nil }
    return parts.map { parts in
      guard !parts.isEmpty else { return 0 }
      let logOdds = parts.reduce(0) { $0 + $1.share * $1.logOdds }
      return 1 / (1 + exp(-logOdds))
    }
  }
}
