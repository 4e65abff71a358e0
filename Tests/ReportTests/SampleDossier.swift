import Foundation
import Programme
import Results

@testable import Matching
@testable import Report

/// Dossiers of made-up results, of any size and with any names.
struct SampleDossier {
  let programme: ProgrammeDefinition
  var language = Language.english
  var pairs = 3
  var alone = 2
  /// The name of each participant by its number.
  var name: @Sendable (Int) -> String = { "City \($0)" }
  var hasPlaces = true
  var hasPages = false

  init() throws { programme = try ProgrammeDefinition.bulletin }

  private func ref(_ number: Int) -> ParticipantRef {
    let isLeft = number.isMultiple(of: 2)
    return ParticipantRef(
      id: "city-\(number)", name: name(number), country: isLeft ? "ES" : "BR",
      region: isLeft ? "europe" : "latin-america")
  }

  static func score(_ pair: Int) -> Double { 0.25 + Double((pair * 7919) % 500) / 1000 }

  private static func factors(_ score: Double) -> [SuggestionView.FactorView] {
    [
      .init(factor: .sharedNetworks, value: 0.9, share: 0.4, contribution: score * 0.6),
      .init(factor: .content, value: 0.5, share: 0.6, contribution: score * 0.4),
    ]
  }

  private func person(_ number: Int) -> Dossier.Person {
    let ref = ref(number)
    let scores = programme.networks.map { network in
      ScoreView(
        network: network.id.label, logit: network.number == number % 7 + 1 ? 2 : -2,
        probability: network.number == number % 7 + 1 ? 0.876 : 0.124)
    }
    let primary = "N\(number % 7 + 1)"
    let plan = Plan(
      language: "es", title: "Plan <\(number)>",
      sections: [.init(role: .context, text: "Tranvías y parques.")])
    let view = ParticipantView(
      id: ref.id, name: ref.name, kind: "city", country: ref.country, region: "", primary: primary,
      further: [], scores: scores, words: [], passage: nil)
    var person = Dossier.Person(
      ref: ref, view: view,
      participant: Participant(
        id: ref.id, name: ref.name, kind: .city, country: ref.country,
        coordinates: hasPlaces
          ? Coordinates(latitude: Double(number % 90) - 45, longitude: Double(number % 180) - 90)
          : nil, population: 1_234_567, languages: ["es"], signals: Signals(plan: plan)))
    if hasPages { person.details = details(ref, scores, primary) }
    return person
  }

  private func details(
    _ ref: ParticipantRef, _ scores: [ScoreView], _ primary: String
  ) -> Dossier.Details {
    let text = "Tranvías & <parques> y más tranvías."
    let passage = ClassificationView.PassageView(
      start: 10, end: 10 + text.utf8.count, share: 1, logit: 2, constant: 0, text: text,
      words: [
        .init(text: "Tranvías", start: 10, contribution: 1.5),
        .init(text: "parques", start: 10 + "Tranvías & <".utf8.count, contribution: 0.5),
        .init(text: "nowhere", start: 40, contribution: 1),
      ])
    let classification = ClassificationView(
      document: ref.id, primary: primary, further: [], scores: scores, topic: 1, passages: 1,
      tokens: 9,
      evidence: [
        .init(network: primary, logit: 2, dilution: 0, otherPassages: 0, passages: [passage])
      ])
    let suggestions = (1...5).map { rank in
      SuggestionView(
        rank: rank, partner: self.ref(rank), score: 0.5 - Double(rank) / 50, margin: 0.0215,
        next: self.ref(rank + 1), factors: Self.factors(0.5 - Double(rank) / 50),
        unknown: [.themes], sharedNetworks: [.init(network: primary, own: 0.876, partner: 0.765)],
        terms: [.init(own: "tranvía", partner: "bonde", similarity: 0.912)])
    }
    return Dossier.Details(
      classification: classification,
      suggestions: SuggestionsView(
        participant: ref, candidates: 1_234, suggestions: suggestions,
        decided: [
          Decision(
            id: 1, participant: ref.id, partner: "city-3", verdict: .rejected,
            reason: "\"too far\" <b>", actor: "A & B", time: 1_795_651_200_000_000)
        ]))
  }

  var cohort: CohortView {
    let made = (0..<pairs).map { pair in
      CohortView.PairView(
        left: ref(2 * pair), right: ref(2 * pair + 1), score: Self.score(pair),
        isPinned: pair == 0, factors: Self.factors(Self.score(pair)),
        sharedNetworks: pair.isMultiple(of: 5)
          ? [] : [.init(network: "N\(pair % 7 + 1)", own: 0.8, partner: 0.7)])
    }
    let left = (0..<alone).map { place in
      CohortView.UnpairedView(
        participant: ref(2 * pairs + place), pairs: 0, capacity: 1, reason: "because",
        alternates: [])
    }
    let total = made.reduce(0) { $0 + $1.score }
    let figures = CohortObjectiveName.allCases.enumerated().map { place, objective in
      CohortView.FiguresView(
        objective: objective, pairs: pairs, total: total - Double(place) / 8,
        worst: made.map(\.score).min(), blockingPairs: place)
    }
    return CohortView(
      objective: .total, seed: 7, appliesQuotas: true, pairs: made, unpaired: left,
      rules: [
        .init(
          name: "quota of Latin America: at most 12 pairs", minimum: 0, maximum: 12,
          reached: pairs),
        .init(name: "country <PE>: at least 3", minimum: 3, maximum: nil, reached: 1),
      ], figures: figures, isOptimal: true, bound: total, gap: 0, isVerified: true, faults: [],
      proof: CohortProof(
        problem: CohortProblem(left: [], right: []),
        result: CohortResult(
          objective: .total, seed: 7, pairs: [],
          unpaired: left.map {
            .init(
              id: $0.participant.id, pairs: 0, capacity: 1,
              reason: .candidatesFull(best: ref(1).id, loss: 12_345), alternates: [])
          }, figures: .init(pairs: 0, total: 0, worst: nil, blockingPairs: 0), isOptimal: true,
          bound: nil, gap: nil, certificate: CohortCertificate(claims: []))))
  }

  var dossier: Dossier {
    var dossier = Dossier(
      programme: programme, language: language,
      provenance: .init(source: .sample, day: Day(year: 2026, month: 11, day: 26)),
      people: (0..<2 * pairs + alone).map(person))
    dossier.cohort = cohort
    return dossier
  }

  /// A reassignment of everybody, of which every third moves on by one network.
  var reassignment: ReassignmentView {
    let people = 0..<2 * pairs + alone
    func network(_ number: Int) -> String { "N\(number % 7 + 1)" }
    return ReassignmentView(
      isDryRun: true, moveCost: 1.25,
      rows: people.map { number in
        let isMoved = number.isMultiple(of: 3)
        let now = network(isMoved ? number + 1 : number)
        return ReassignmentRow(
          participant: ref(number), change: isMoved ? "moved" : "kept",
          previous: AssignedNetworks(primary: network(number)), now: AssignedNetworks(primary: now),
          evidence: isMoved
            ? [
              .init(
                network: now, membership: 0.654,
                signals: [.init(signal: "plan", logOdds: 1.234, share: 1)], words: ["<b>agua"])
            ] : [])
      },
      networks: programme.networks.map {
        .init(
          network: $0.id.label, name: $0.name, before: 4, now: 5, minimum: 2, maximum: 9, price: 0)
      }, total: 1_234.5678, isProvenOptimal: true)
  }

  var text: String { String(decoding: Document(dossier).bytes(), as: UTF8.self) }
}
