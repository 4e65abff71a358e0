import Foundation
import Testing

@testable import Programme

@Suite("Fusing signals")
struct SignalFusionTests {
  private let networks: [Network]
  private let first = Network.ID(1)
  private let second = Network.ID(2)

  init() throws { networks = try ProgrammeDefinition.bulletin.networks }

  private func memberships(_ logits: [Double]?, _ signals: Signals) -> [Double]? {
    SignalFusion.memberships(planLogits: logits, signals: signals, networks: networks)
  }

  private static func logOdds(_ membership: Double) -> Double {
    log(membership / (1 - membership))
  }

  @Test("no signal gives no memberships, which is not the same as 0")
  func nothing() {
    #expect(memberships(nil, Signals()) == nil)
    #expect(memberships(nil, Signals(survey: [:])) == nil)
    #expect(SignalFusion.parts(of: first, planLogit: nil, signals: Signals()).isEmpty)
  }

  @Test("whoever was at the event and did nothing there is known to")
  func silent() throws {
    let own = try #require(memberships(nil, Signals(event: [:])))
    #expect(Set(own).count == 1)
    #expect(own.allSatisfy { $0 > 0 && $0 < 0.5 })
  }

  @Test("weights of the signals that are there sum to 1")
  func shares() {
    let survey: [Network.ID: Double] = [first: 4]
    let event = [first: 3]
    let cases: [(Double?, Signals, [SignalFusion.Signal], [Double])] = [
      (1, Signals(), [.plan], [1]), (nil, Signals(survey: survey), [.survey], [1]),
      (nil, Signals(event: event), [.event], [1]),
      (1, Signals(survey: survey), [.plan, .survey], [0.625, 0.375]),
      (nil, Signals(survey: survey, event: event), [.survey, .event], [0.6, 0.4]),
      (1, Signals(survey: survey, event: event), [.plan, .survey, .event], [0.5, 0.3, 0.2]),
    ]
    for (logit, signals, names, shares) in cases {
      let parts = SignalFusion.parts(of: first, planLogit: logit, signals: signals)
      #expect(parts.map(\.signal) == names)
      for (part, share) in zip(parts, shares) { #expect(abs(part.share - share) < 1e-12) }
    }
  }

  @Test("the memberships' log-odds are the weighted mean of the signals'")
  func mean() throws {
    let logits = [2.0, -1, 0, 0, 0, 0, 0]
    let alone = try #require(memberships(logits, Signals()))
    #expect(abs(Self.logOdds(alone[0]) - 2) < 1e-9)
    #expect(abs(Self.logOdds(alone[1]) + 1) < 1e-9)
    let both = try #require(memberships(logits, Signals(survey: [first: 5])))
    #expect(abs(Self.logOdds(both[0]) - (0.625 * 2 + 0.375 * 3)) < 1e-9)
    #expect(both[1] == alone[1], "the survey says nothing of it")
  }

  @Test("a network left out of a survey is left to the other signals")
  func leftOut() throws {
    let alone = try #require(memberships(nil, Signals(survey: [first: 5])))
    #expect(alone[0] > 0.9)
    #expect(alone.dropFirst().allSatisfy { $0 == 0 })
    let parts = SignalFusion.parts(
      of: second, planLogit: 0.5, signals: Signals(survey: [first: 5], event: [first: 1]))
    #expect(parts.map(\.signal) == [.plan, .event])
  }

  @Test("more interest and more contributions never mean less")
  func monotone() throws {
    #expect(SignalFusion.logOdds(interest: 0) == -3 && SignalFusion.logOdds(interest: 5) == 3)
    #expect(SignalFusion.logOdds(interest: 2.5) == 0)
    var last = -1.0
    for interest in stride(from: 0.0, through: 5, by: 0.25) {
      let own = try #require(memberships(nil, Signals(survey: [first: interest])))
      #expect(own[0] > last)
      last = own[0]
    }
    last = -1
    for count in [0, 1, 2, 3, 7, 100, 1_000_000] {
      let own = try #require(memberships(nil, Signals(event: [first: count])))
      #expect(own[0] > last && own[0] < 1)
      last = own[0]
    }
  }

  @Test("extreme logits stay memberships", arguments: [1e308, -1e308, .infinity, -.infinity])
  func extreme(logit: Double) throws {
    let own = try #require(memberships(Array(repeating: logit, count: 7), Signals()))
    #expect(own.allSatisfy { $0 == (logit > 0 ? 1 : 0) })
  }
}
